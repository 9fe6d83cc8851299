import type { AuthorizationServer } from '../authorization_server.ts';
import {
  acceptOAuth2ConsentRequest,
  consentQuestion,
  rejectOAuth2ConsentRequest,
} from '../endpoints/admin/consent_requests.ts';
import { revokeOAuth2ConsentSessions } from '../endpoints/admin/consent_sessions.ts';
import { acceptUserCodeRequest } from '../endpoints/admin/device_requests.ts';
import {
  acceptOAuth2LoginRequest,
  loginQuestion,
  rejectOAuth2LoginRequest,
} from '../endpoints/admin/login_requests.ts';
import {
  acceptOAuth2LogoutRequest,
  getOAuth2LogoutRequest,
  rejectOAuth2LogoutRequest,
} from '../endpoints/admin/logout_requests.ts';
import type { Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { OAuthError } from '../oauth/error.ts';
import { queryText } from '../oauth/parameters.ts';

/** The admin API as any login app uses it, without the network between: the same endpoints. */
type Endpoint = (server: AuthorizationServer, request: Request) => Promise<Reply>;

/** What the pages need to know of the client. */
export type FlowClient = {
  readonly client_id: string;
  readonly client_name?: string;
  readonly redirect_uris?: readonly string[] | null;
  readonly post_logout_redirect_uris?: readonly string[] | null;
  readonly skip_consent?: boolean;
  readonly logo_uri?: string;
  readonly policy_uri?: string;
  readonly tos_uri?: string;
  /** Whether it registered itself (RFC 7591), which no other app is told. */
  readonly is_dynamic?: boolean;
} & {
  readonly [Lifespan in `${'authorization_code' | 'device_authorization'}_grant_${'access' | 'refresh'}_token_lifespan`]?:
    | string
    | null;
};

/** What login and consent requests have in common. */
export type FlowRequest = {
  readonly challenge: string;
  readonly client: FlowClient;
  readonly request_url: string;
  readonly requested_scope: readonly string[];
  readonly requested_access_token_audience: readonly string[];
  readonly skip: boolean;
  readonly subject: string;
  readonly oidc_context: { readonly login_hint?: string; readonly ui_locales?: readonly string[] } | null;
};

export type LogoutRequest = {
  readonly challenge: string;
  readonly subject: string;
  /** Path and query. */
  readonly request_url: string;
  /** Null for one that does not expire. */
  readonly expires_at: string | null;
  /** Null when the person came by themselves. */
  readonly client: FlowClient | null;
};

export type LoginAcceptance = {
  readonly subject: string;
  readonly remember: boolean;
  readonly remember_for: number;
  readonly amr: string[];
  readonly acr: string;
};

export type ConsentAcceptance = {
  readonly grant_scope: string[];
  readonly grant_access_token_audience: string[];
  readonly remember: boolean;
  readonly remember_for: number;
  readonly session: { readonly id_token: JsonObject };
};

export type FlowRejection = {
  readonly error: string;
  readonly error_description: string;
  readonly status_code: number;
};

type Challenge = Readonly<Partial<Record<`${'login' | 'consent' | 'logout' | 'device'}_challenge`, string>>>;

/** What the endpoint would answer, before it is JSON: a page needs a tenth of it (docs/performance.md). */
export const findLogin: (server: AuthorizationServer, login_challenge: string) => Promise<FlowRequest> = loginQuestion;

export const findConsent: (server: AuthorizationServer, consent_challenge: string) => Promise<FlowRequest> =
  consentQuestion;

/** Each returns where the browser goes next. */
export const acceptLogin = (server: AuthorizationServer, login_challenge: string, body: LoginAcceptance) =>
  answer(server, acceptOAuth2LoginRequest, { login_challenge }, body);

export const rejectLogin = (server: AuthorizationServer, login_challenge: string, body: FlowRejection) =>
  answer(server, rejectOAuth2LoginRequest, { login_challenge }, body);

export const acceptConsent = (server: AuthorizationServer, consent_challenge: string, body: ConsentAcceptance) =>
  answer(server, acceptOAuth2ConsentRequest, { consent_challenge }, body);

export const rejectConsent = (server: AuthorizationServer, consent_challenge: string, body: FlowRejection) =>
  answer(server, rejectOAuth2ConsentRequest, { consent_challenge }, body);

/** Undefined for a logout that is over. */
export async function findLogout(
  server: AuthorizationServer,
  logout_challenge: string,
): Promise<LogoutRequest | undefined> {
  const reply = await send(server, getOAuth2LogoutRequest, 'GET', { logout_challenge });
  return reply.status === 410 ? undefined : (JSON.parse(reply.body) as LogoutRequest);
}

export const acceptLogout = (server: AuthorizationServer, logout_challenge: string): Promise<string> =>
  answer(server, acceptOAuth2LogoutRequest, { logout_challenge });

export async function rejectLogout(server: AuthorizationServer, logout_challenge: string): Promise<void> {
  await send(server, rejectOAuth2LogoutRequest, 'PUT', { logout_challenge });
}

/** Throws `invalid_request` for a code that is wrong, and `too_many_requests`. */
export const acceptUserCode = (server: AuthorizationServer, device_challenge: string, user_code: string) =>
  answer(server, acceptUserCodeRequest, { device_challenge }, { user_code });

/** With everything that was issued because of them. */
export async function revokeConsents(server: AuthorizationServer, subject: string, client: string): Promise<void> {
  await send(server, revokeOAuth2ConsentSessions, 'DELETE', { subject, client });
}

async function answer(
  server: AuthorizationServer,
  endpoint: Endpoint,
  challenge: Challenge,
  body?: Json,
): Promise<string> {
  const { redirect_to } = await call<{ redirect_to: string }>(server, endpoint, 'PUT', challenge, body);
  return redirect_to;
}

async function call<T>(
  server: AuthorizationServer,
  endpoint: Endpoint,
  method: 'PUT',
  challenge: Challenge,
  body?: Json,
): Promise<T> {
  const reply = await send(server, endpoint, method, challenge, body);
  // A request that was answered before is a link that does not work any more.
  if (reply.status !== 200) throw new OAuthError('challenge_not_found');
  return JSON.parse(reply.body) as T;
}

const send = (
  server: AuthorizationServer,
  endpoint: Endpoint,
  method: 'GET' | 'PUT' | 'DELETE',
  query: Readonly<Record<string, string>>,
  body?: Json,
): Promise<Reply> =>
  endpoint(server, {
    method,
    path: '',
    query: queryText(query),
    params: {},
    headers: {},
    remote_address: '',
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
  });
