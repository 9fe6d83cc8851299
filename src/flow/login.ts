import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { AuthorizationRequest } from '../authorize/request.ts';
import type { Client } from '../client/client.ts';
import { type Reply, redirect } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import { orderedHex, orderedUuid } from '../lib/ordered_id.ts';
import { OAuthError } from '../oauth/error.ts';
import { queryText } from '../oauth/parameters.ts';
import { findRememberedSession, type LoginSessionRow } from '../store/login_sessions.ts';
import { sealState } from './challenge.ts';
import { csrfCookies, csrfValue, readSessionCookie } from './cookies.ts';
import type { Flow, LoginRequest } from './flow.ts';
import { hintedSubject, mapSubject } from './hint.ts';

/** OpenID Connect Core section 3.1.2.3, first visit: who is it? The login app answers, also where it may skip. */
export async function askLogin(
  server: AuthorizationServer,
  request: Request,
  authorization: AuthorizationRequest,
  start: Pick<Flow, 'query' | 'merged' | 'device'>,
): Promise<Reply> {
  const expected = await hintedSubject(server, authorization.parameters);
  const session = await usableSession(server, request, authorization);
  if (session && expected !== undefined) await checkExpected(server, authorization.client, session, expected);
  if (!session && authorization.prompt.includes('none')) {
    throw new OAuthError('login_required', "The prompt is 'none', but no login is remembered that may be used.");
  }
  const csrf = csrfValue(server, request, 'login_csrf', authorization.client);
  const flow: LoginRequest = {
    flow_id: orderedHex(),
    ...start,
    requested_at: seconds(server),
    csrf,
    sid: session?.sid ?? orderedUuid(),
    ...(session ? { remembered: { subject: session.subject, auth_time: session.authenticated_at } } : {}),
  };
  const login_challenge = await sealState(server, 'login_challenge', flow);
  return redirect(302, loginUrl(server, authorization, login_challenge), {
    'set-cookie': csrfCookies(server, 'login_csrf', authorization.client, csrf),
  });
}

/** Hydra: somebody else's remembered login is not silently replaced, whatever the prompt. */
async function checkExpected(
  server: AuthorizationServer,
  client: Client,
  { subject }: LoginSessionRow,
  expected: string,
): Promise<void> {
  if (expected === subject || expected === (await mapSubject(server, client, subject))) return;
  throw new OAuthError('login_required', "The remembered login is not that of the 'id_token_hint'.");
}

/** Hydra: a query that is configured for the login page gives way to the challenge. */
function loginUrl(
  server: AuthorizationServer,
  { prompt, parameters }: AuthorizationRequest,
  login_challenge: string,
): string {
  const { login, registration } = server.config.urls;
  const url = prompt.includes('registration') ? registration : login;
  const identity_schema = parameters.get('identity_schema');
  const query = queryText({ login_challenge, ...(identity_schema === '' ? {} : { identity_schema }) });
  return `${url.replace(/[?#].*$/s, '')}?${query}`;
}

/** The login that this browser remembers, if the request may use it. */
async function usableSession(
  server: AuthorizationServer,
  request: Request,
  { prompt, parameters }: AuthorizationRequest,
): Promise<LoginSessionRow | undefined> {
  const sid = prompt.includes('login') ? undefined : readSessionCookie(server, request);
  const session = sid && (await findRememberedSession(server.db.queries, sid, seconds(server)));
  if (!session) return undefined;
  const max_age = parameters.get('max_age');
  // Hydra: what is no number is noticed only when there is a login whose age it limits, and has no better name.
  if (max_age !== '' && !/^[+-]?\d{1,18}$/.test(max_age)) throw new OAuthError('unclassified');
  const isTooOld =
    max_age !== '' && Number(max_age) >= 0 && session.authenticated_at + Number(max_age) < seconds(server);
  return isTooOld ? undefined : session;
}
