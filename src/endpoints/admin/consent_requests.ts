import Type, { type Static } from 'typebox';
import { type AuthorizationServer, seconds } from '../../authorization_server.ts';
import { presentClient } from '../../client/present.ts';
import { openState, sealState } from '../../flow/challenge.ts';
import { type ConsentRequest, checkAge, requestUrl } from '../../flow/flow.ts';
import { jsonBody } from '../../http/body.ts';
import { json, type Reply } from '../../http/reply.ts';
import type { Request } from '../../http/request.ts';
import type { RouteSchema } from '../../http/route.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { nullable, RAW_JSON, SECONDS } from '../../lib/schema.ts';
import { OAuthError } from '../../oauth/error.ts';
import { withQuery } from '../../oauth/parameters.ts';
import {
  CONSENT_REQUEST,
  CONSENT_SESSION_CLAIMS,
  challengeOf,
  flowClient,
  questionOf,
  REDIRECT_TO,
  REFUSAL,
  refusalOf,
} from './requests.ts';

/** What the consent app has to know to ask. */
export async function getOAuth2ConsentRequest(server: AuthorizationServer, request: Request): Promise<Reply> {
  const question = await consentQuestion(server, challengeOf(request, 'consent_challenge'));
  return json(200, { ...question, client: presentClient(question.client) });
}

/** The answer, with the client as it is stored. */
export async function consentQuestion(server: AuthorizationServer, challenge: string) {
  const flow = await openConsent(server, challenge);
  return {
    challenge,
    consent_request_id: flow.consent_request_id,
    ...questionOf(flow),
    skip: flow.skip,
    subject: flow.subject,
    client: await flowClient(server, flow),
    request_url: requestUrl(server, flow),
    // Hydra: the id of the flow, not the challenge that the login app saw.
    login_challenge: flow.flow_id,
    login_session_id: flow.sid,
    acr: flow.acr,
    amr: flow.amr,
    context: flow.context ?? null,
  };
}

const GRANTED = Type.Array(nullable(Type.String()));

const ACCEPT_CONSENT = Type.Object(
  {
    grant_scope: Type.Optional(GRANTED),
    grant_access_token_audience: Type.Optional(GRANTED),
    session: Type.Optional(CONSENT_SESSION_CLAIMS),
    remember: Type.Optional(Type.Boolean()),
    remember_for: Type.Optional(SECONDS),
    context: Type.Optional(RAW_JSON),
  },
  { $id: 'acceptOAuth2ConsentRequest' },
);

/** Hydra: what the app grants need not be what was requested. */
export async function acceptOAuth2ConsentRequest(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = challengeOf(request, 'consent_challenge');
  const body = consentBody(request, ACCEPT_CONSENT);
  const flow = await openConsent(server, challenge);
  const consent_verifier = await sealState(server, 'consent_verifier', {
    ...flow,
    accepted: {
      grant_scope: grantedOf(body.grant_scope),
      grant_access_token_audience: grantedOf(body.grant_access_token_audience),
      session: {
        access_token: (body.session?.access_token ?? {}) as JsonObject,
        id_token: (body.session?.id_token ?? {}) as JsonObject,
      },
      remember: body.remember ?? false,
      remember_for: body.remember_for ?? 0,
      handled_at: seconds(server),
      ...(body.context === undefined ? {} : { context: body.context as Json }),
    },
  });
  return redirectTo(withQuery(requestUrl(server, flow), { consent_verifier }));
}

/** Hydra: `[null]` grants nothing. Login apps send it for a form in which nothing was ticked. */
const grantedOf = (granted: Static<typeof GRANTED> = []): readonly string[] =>
  granted.filter((value) => value !== null);

export async function rejectOAuth2ConsentRequest(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = challengeOf(request, 'consent_challenge');
  const rejected = refusalOf(consentBody(request, REFUSAL), 'consent request denied');
  const flow = await openConsent(server, challenge);
  const consent_verifier = await sealState(server, 'consent_verifier', { ...flow, rejected });
  return redirectTo(withQuery(requestUrl(server, flow), { consent_verifier }));
}

async function openConsent(server: AuthorizationServer, challenge: string): Promise<ConsentRequest> {
  const flow = await openState(server, 'consent_challenge', challenge);
  if (!flow) throw new OAuthError('challenge_not_found', 'There is no consent request with this challenge.');
  checkAge(server, flow);
  return flow;
}

const redirectTo = (redirect_to: string): Reply => json(200, { redirect_to });

/** Hydra: a body that does not decode has no better name here. */
function consentBody<Schema extends Type.TSchema>(request: Request, schema: Schema): Type.Static<Schema> {
  try {
    return jsonBody(request, schema);
  } catch (error) {
    throw new OAuthError('unclassified', `Unable to decode the body: ${(error as SyntaxError).message}.`);
  }
}

const query = Type.Object({ consent_challenge: Type.String() });

export const schemas = {
  getOAuth2ConsentRequest: {
    summary: 'Show the consent app which client asks for what.',
    query,
    responses: { 200: CONSENT_REQUEST },
  },
  acceptOAuth2ConsentRequest: {
    summary: 'Say what the person grants, and what the tokens tell about them.',
    query,
    body: ACCEPT_CONSENT,
    responses: { 200: REDIRECT_TO },
  },
  rejectOAuth2ConsentRequest: {
    summary: 'Turn the client down; it is told why.',
    query,
    body: REFUSAL,
    responses: { 200: REDIRECT_TO },
  },
} satisfies Record<string, RouteSchema>;
