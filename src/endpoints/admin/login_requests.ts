import Type from 'typebox';
import { type AuthorizationServer, seconds } from '../../authorization_server.ts';
import { presentClient } from '../../client/present.ts';
import { openState, sealState } from '../../flow/challenge.ts';
import { checkAge, type LoginRequest, requestUrl } from '../../flow/flow.ts';
import { jsonBody } from '../../http/body.ts';
import { json, type Reply } from '../../http/reply.ts';
import type { Request } from '../../http/request.ts';
import type { RouteSchema } from '../../http/route.ts';
import type { Json } from '../../lib/json.ts';
import { RAW_JSON, SECONDS, TEXTS } from '../../lib/schema.ts';
import { OAuthError } from '../../oauth/error.ts';
import { withQuery } from '../../oauth/parameters.ts';
import { challengeOf, flowClient, QUESTION, questionOf, REDIRECT_TO, REFUSAL, refusalOf } from './requests.ts';

/** What the login app has to know to ask. */
export async function getOAuth2LoginRequest(server: AuthorizationServer, request: Request): Promise<Reply> {
  const question = await loginQuestion(server, challengeOf(request, 'login_challenge'));
  return json(200, { ...question, client: presentClient(question.client) });
}

/** The answer, with the client as it is stored. */
export async function loginQuestion(server: AuthorizationServer, challenge: string) {
  const flow = await openLogin(server, challenge);
  return {
    challenge,
    ...questionOf(flow),
    skip: flow.remembered !== undefined,
    subject: flow.remembered?.subject ?? '',
    client: await flowClient(server, flow),
    request_url: requestUrl(server, flow),
    session_id: flow.sid,
  };
}

/** Characters of an identifier that every database keeps whole. */
const LONGEST = 255;

const ACCEPT_LOGIN = Type.Object(
  {
    subject: Type.String({ maxLength: LONGEST }),
    remember: Type.Optional(Type.Boolean()),
    remember_for: Type.Optional(SECONDS),
    extend_session_lifespan: Type.Optional(Type.Boolean()),
    acr: Type.Optional(Type.String()),
    amr: Type.Optional(TEXTS),
    identity_provider_session_id: Type.Optional(Type.String({ maxLength: LONGEST })),
    force_subject_identifier: Type.Optional(Type.String({ maxLength: LONGEST })),
    context: Type.Optional(RAW_JSON),
  },
  { $id: 'acceptOAuth2LoginRequest' },
);

export async function acceptOAuth2LoginRequest(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = challengeOf(request, 'login_challenge');
  const body = loginBody(request, ACCEPT_LOGIN);
  if (body.subject === '') throw new OAuthError('invalid_request', "The member 'subject' must not be empty.");
  const flow = await openLogin(server, challenge);
  const { remembered } = flow;
  // Hydra: whoever is somebody else than remembered has to log in for real.
  if (remembered && remembered.subject !== body.subject) {
    return redirectTo(withQuery(requestUrl(server, flow), { prompt: 'login' }));
  }
  const login_verifier = await sealState(server, 'login_verifier', {
    ...flow,
    accepted: {
      subject: body.subject,
      auth_time: remembered?.auth_time ?? seconds(server),
      remember: remembered !== undefined || (body.remember ?? false),
      remember_for: body.remember_for ?? 0,
      extend_session_lifespan: body.extend_session_lifespan ?? false,
      acr: body.acr ?? '',
      amr: body.amr ?? [],
      identity_provider_session_id: body.identity_provider_session_id ?? '',
      force_subject_identifier: body.force_subject_identifier ?? '',
      ...(body.context === undefined ? {} : { context: body.context as Json }),
    },
  });
  return redirectTo(withQuery(requestUrl(server, flow), { login_verifier }));
}

export async function rejectOAuth2LoginRequest(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = challengeOf(request, 'login_challenge');
  const rejected = refusalOf(loginBody(request, REFUSAL), 'login request denied');
  const flow = await openLogin(server, challenge);
  const login_verifier = await sealState(server, 'login_verifier', { ...flow, rejected });
  return redirectTo(withQuery(requestUrl(server, flow), { login_verifier }));
}

async function openLogin(server: AuthorizationServer, challenge: string): Promise<LoginRequest> {
  const flow = await openState(server, 'login_challenge', challenge);
  if (!flow) throw new OAuthError('challenge_not_found', 'There is no login request with this challenge.');
  checkAge(server, flow);
  return flow;
}

const redirectTo = (redirect_to: string): Reply => json(200, { redirect_to });

function loginBody<Schema extends Type.TSchema>(request: Request, schema: Schema): Type.Static<Schema> {
  try {
    return jsonBody(request, schema);
  } catch (error) {
    throw new OAuthError('invalid_request', `Unable to decode the body: ${(error as SyntaxError).message}.`);
  }
}

const query = Type.Object({ login_challenge: Type.String() });

export const schemas = {
  getOAuth2LoginRequest: {
    summary: 'Show the login app who wants a login, and whom the browser is known to be.',
    query,
    responses: { 200: Type.Object({ ...QUESTION, session_id: Type.String() }, { $id: 'oAuth2LoginRequest' }) },
  },
  acceptOAuth2LoginRequest: {
    summary: 'Say who logged in.',
    query,
    body: ACCEPT_LOGIN,
    responses: { 200: REDIRECT_TO },
  },
  rejectOAuth2LoginRequest: {
    summary: 'Turn the login down; the client is told why.',
    query,
    body: REFUSAL,
    responses: { 200: REDIRECT_TO },
  },
} satisfies Record<string, RouteSchema>;
