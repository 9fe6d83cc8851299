import Type from 'typebox';
import { type AuthorizationServer, seconds } from '../../authorization_server.ts';
import { openState, sealState } from '../../flow/challenge.ts';
import { checkAge, type DeviceRequest, publicUrl } from '../../flow/flow.ts';
import { userCodeHashes } from '../../flow/user_code.ts';
import { checkGuesses, countGuess } from '../../flow/user_code_guesses.ts';
import { jsonBody } from '../../http/body.ts';
import { json, type Reply } from '../../http/reply.ts';
import { queryOf, type Request } from '../../http/request.ts';
import type { RouteSchema } from '../../http/route.ts';
import { OAuthError } from '../../oauth/error.ts';
import { Parameters } from '../../oauth/parameters.ts';
import { type DeviceCodeRow, findUserCode } from '../../store/device_codes.ts';
import { REDIRECT_TO } from './requests.ts';

const ACCEPT_USER_CODE = Type.Object(
  { user_code: Type.Optional(Type.String()) },
  { $id: 'acceptDeviceUserCodeRequest' },
);

/** RFC 8628 section 3.3: the device app says which code the person typed. */
export async function acceptUserCodeRequest(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = queryOf(request).get('device_challenge');
  if (challenge === '') throw new OAuthError('invalid_request', "The query parameter 'device_challenge' is missing.");
  const user_code = readUserCode(request);
  const flow = await openState(server, 'device_challenge', challenge);
  if (!flow) throw new OAuthError('challenge_not_found', 'There is no device request with this challenge.');
  checkAge(server, flow);
  await checkGuesses(server, flow);
  const { hash, client_id, scope, audience } = await findDevice(server, user_code, flow);
  const device = {
    hash: Buffer.from(hash).toString('base64url'),
    client_id,
    scope,
    audience: JSON.parse(audience) as string[],
  };
  const device_verifier = await sealState(server, 'device_verifier', { ...flow, device });
  const query = Parameters.parse(flow.query).merge(Parameters.of({ client_id, device_verifier }));
  return json(200, { redirect_to: `${publicUrl(server, 'oauth2/device/verify')}?${query}` });
}

function readUserCode(request: Request): string {
  let user_code: string;
  try {
    user_code = jsonBody(request, ACCEPT_USER_CODE).user_code ?? '';
  } catch (error) {
    throw new OAuthError('invalid_request', `Unable to decode the body: ${(error as SyntaxError).message}.`);
  }
  if (user_code === '') throw new OAuthError('invalid_request', "The member 'user_code' must not be empty.");
  return user_code;
}

async function findDevice(server: AuthorizationServer, user_code: string, flow: DeviceRequest): Promise<DeviceCodeRow> {
  for (const hash of userCodeHashes(server, user_code)) {
    const row = await findUserCode(server.db.queries, hash, seconds(server));
    if (row) return row;
  }
  await countGuess(server, flow);
  throw new OAuthError('invalid_request', 'The user code is unknown, was used, or has expired.');
}

export const schemas = {
  acceptUserCodeRequest: {
    summary: 'Say which user code the person typed.',
    query: Type.Object({ device_challenge: Type.String() }),
    body: ACCEPT_USER_CODE,
    responses: { 200: REDIRECT_TO },
  },
} satisfies Record<string, RouteSchema>;
