import Type, { type Static } from 'typebox';
import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { type Client, grantTypesOf, scopesOf } from '../client/client.ts';
import { authenticateClient } from '../client_auth/authenticate.ts';
import { publicUrl } from '../flow/flow.ts';
import { mintUserCode, userCodeHashes } from '../flow/user_code.ts';
import type { Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import type { RouteSchema } from '../http/route.ts';
import { INTEGER } from '../lib/schema.ts';
import { audienceOf, checkAudience } from '../oauth/audience.ts';
import { OAuthError } from '../oauth/error.ts';
import { type Parameters, spaceList, withQuery } from '../oauth/parameters.ts';
import { checkScope } from '../oauth/scope.ts';
import { type DeviceCodeRow, insertDeviceCode } from '../store/device_codes.ts';
import { write } from '../store/write.ts';
import { oauthError, oauthJson } from './oauth_reply.ts';
import { postedForm } from './posted_form.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

/** RFC 8628 section 3.1. */
export async function oAuth2DeviceFlow(server: AuthorizationServer, request: Request): Promise<Reply> {
  try {
    const parameters = postedForm(request);
    const client = await authenticateClient(server, request, parameters);
    checkRequest(server, client, parameters);
    return oauthJson(200, await issueCodes(server, client, parameters));
  } catch (error) {
    return oauthError(server, error);
  }
}

function checkRequest(server: AuthorizationServer, client: Client, parameters: Parameters): void {
  if (parameters.get('client_id') !== client.client_id) {
    throw new OAuthError('invalid_request', "The parameter 'client_id' is not that of the authenticated client.");
  }
  // Hydra: not `unauthorized_client`.
  if (!grantTypesOf(client).includes(GRANT_TYPE)) {
    throw new OAuthError('invalid_grant', `The client is not registered for the grant type '${GRANT_TYPE}'.`);
  }
  checkScope(server.config.strategies.scope, spaceList(parameters.get('scope')), scopesOf(client));
  checkAudience(audienceOf(parameters), client.audience);
}

/** Two devices at once may draw the same short code. */
const ATTEMPTS = 5;

/** RFC 8628 section 3.2. */
async function issueCodes(server: AuthorizationServer, client: Client, parameters: Parameters) {
  const { token, hash } = server.keys.opaque.mint('device_code');
  const lifetime = server.config.ttl.device_user_code;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const user_code = mintUserCode(server);
    const [user_code_hash] = userCodeHashes(server, user_code);
    if (!user_code_hash) break;
    const row: DeviceCodeRow = {
      hash,
      user_code_hash,
      client_id: client.client_id,
      scope: spaceList(parameters.get('scope')).join(' '),
      audience: JSON.stringify(audienceOf(parameters)),
      expires_at: Math.round(seconds(server) + lifetime),
      request_id: null,
      subject: '',
      session: null,
    };
    if (await write(server, (tx) => insertDeviceCode(tx, row))) return answer(server, token, user_code, row.expires_at);
  }
  throw new OAuthError('server_error', 'No user code is free; try again.');
}

const DEVICE_AUTHORIZATION = Type.Object(
  {
    device_code: Type.String(),
    user_code: Type.String(),
    verification_uri: Type.String(),
    verification_uri_complete: Type.String(),
    expires_in: INTEGER,
    interval: Type.Optional(INTEGER),
  },
  { $id: 'deviceAuthorization' },
);

function answer(
  server: AuthorizationServer,
  device_code: string,
  user_code: string,
  expires_at: number,
): Static<typeof DEVICE_AUTHORIZATION> {
  const verification_uri = publicUrl(server, 'oauth2/device/verify');
  const interval = Math.floor(server.config.oauth2.device_authorization.token_polling_interval);
  return {
    device_code,
    user_code,
    verification_uri,
    verification_uri_complete: withQuery(verification_uri, { user_code }),
    expires_in: Math.max(0, Math.floor(expires_at - server.now() / 1000)),
    ...(interval > 0 ? { interval } : {}),
  };
}

export const schemas = {
  oAuth2DeviceFlow: {
    summary: 'Get codes for a device without a browser.',
    form: Type.Object({
      client_id: Type.String(),
      client_secret: Type.Optional(Type.String()),
      scope: Type.Optional(Type.String()),
      audience: Type.Optional(Type.String()),
    }),
    responses: { 200: DEVICE_AUTHORIZATION },
  },
} satisfies Record<string, RouteSchema>;
