import { decodeJwt, type JWTPayload } from 'jose';
import Type from 'typebox';
import type { AuthorizationServer } from '../../authorization_server.ts';
import { type Client, clientOf } from '../../client/client.ts';
import { CLIENT } from '../../client/schema.ts';
import { type Flow, parametersOf, type Refusal } from '../../flow/flow.ts';
import { queryOf, type Request } from '../../http/request.ts';
import { CLAIMS, INTEGER, nullable, RAW_JSON, TEXTS } from '../../lib/schema.ts';
import { audienceOf } from '../../oauth/audience.ts';
import { OAuthError } from '../../oauth/error.ts';
import { spaceList } from '../../oauth/parameters.ts';
import { findClient } from '../../store/clients.ts';

/** The challenge of the query. Hydra: the short name will do. */
export function challengeOf(request: Request, name: 'login_challenge' | 'consent_challenge'): string {
  const parameters = queryOf(request);
  const challenge = parameters.get(name) || parameters.get('challenge');
  if (challenge === '') throw new OAuthError('invalid_request', `The query parameter '${name}' is missing.`);
  return challenge;
}

export async function flowClient(server: AuthorizationServer, flow: Flow): Promise<Client> {
  const row = await findClient(server.db.queries, parametersOf(flow).get('client_id'));
  if (!row) throw new OAuthError('row_not_found');
  return clientOf(row);
}

/** What login and consent requests have in common. */
export const QUESTION = {
  challenge: Type.String(),
  requested_scope: TEXTS,
  requested_access_token_audience: TEXTS,
  skip: Type.Boolean(),
  subject: Type.String(),
  oidc_context: nullable(
    Type.Object(
      {
        acr_values: Type.Optional(TEXTS),
        ui_locales: Type.Optional(TEXTS),
        display: Type.Optional(Type.String()),
        id_token_hint_claims: Type.Optional(CLAIMS),
        login_hint: Type.Optional(Type.String()),
      },
      { $id: 'oAuth2ConsentRequestOpenIDConnectContext' },
    ),
  ),
  client: CLIENT,
  request_url: Type.String(),
};

/** What the consent app gets, and what a listing of consents shows again. */
export const CONSENT_REQUEST = Type.Object(
  {
    ...QUESTION,
    consent_request_id: Type.String(),
    login_challenge: Type.String(),
    login_session_id: Type.String(),
    acr: Type.String(),
    amr: TEXTS,
    context: RAW_JSON,
  },
  { $id: 'oAuth2ConsentRequest' },
);

/** What the consent app adds to the tokens. */
export const CONSENT_SESSION_CLAIMS = Type.Object(
  { access_token: Type.Optional(nullable(CLAIMS)), id_token: Type.Optional(nullable(CLAIMS)) },
  { $id: 'acceptOAuth2ConsentRequestSession' },
);

/** Where the app sends the browser next. */
export const REDIRECT_TO = Type.Object({ redirect_to: Type.String() }, { $id: 'oAuth2RedirectTo' });

/** The members of `QUESTION` that the flow tells. */
export function questionOf(flow: Flow) {
  const parameters = parametersOf(flow);
  return {
    requested_scope: spaceList(parameters.get('scope')),
    requested_access_token_audience: audienceOf(parameters),
    // Hydra: a device has none.
    oidc_context: flow.device ? null : oidcContext(parameters),
  };
}

type OidcContext = {
  readonly acr_values?: string[];
  readonly ui_locales?: string[];
  readonly display?: string;
  readonly id_token_hint_claims?: JWTPayload;
  readonly login_hint?: string;
};

/** OpenID Connect Core section 3.1.2.1: what the client says for the eyes of the apps. Empty members are left out. */
function oidcContext(parameters: ReturnType<typeof parametersOf>): OidcContext {
  const list = (name: string) => (parameters.get(name) === '' ? {} : { [name]: parameters.get(name).split(' ') });
  const text = (name: string) => (parameters.get(name) === '' ? {} : { [name]: parameters.get(name) });
  const hint = parameters.get('id_token_hint');
  return {
    ...list('acr_values'),
    ...list('ui_locales'),
    ...text('display'),
    ...(hint === '' ? {} : { id_token_hint_claims: decodeJwt(hint) }),
    ...text('login_hint'),
  };
}

/** The body of both rejections. */
export const REFUSAL = Type.Object(
  {
    error: Type.Optional(Type.String()),
    error_description: Type.Optional(Type.String()),
    error_hint: Type.Optional(Type.String()),
    error_debug: Type.Optional(Type.String()),
    status_code: Type.Optional(INTEGER),
  },
  { $id: 'rejectOAuth2Request' },
);

export const refusalOf = (body: Type.Static<typeof REFUSAL>, error: string): Refusal => ({
  error: body.error || error,
  error_description: body.error_description ?? '',
  error_hint: body.error_hint ?? '',
  error_debug: body.error_debug ?? '',
  status_code: statusOf(body.status_code ?? 0),
});

/** Where no redirect is possible, the status of the answer: an error, whatever the app says. */
const statusOf = (status_code: number): number => (status_code >= 400 && status_code <= 599 ? status_code : 400);
