import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { AuthorizationRequest } from '../authorize/request.ts';
import type { Client } from '../client/client.ts';
import type { Request } from '../http/request.ts';
import { isSameText } from '../lib/same_text.ts';
import { OAuthError } from '../oauth/error.ts';
import { checkPrompt } from '../oauth/prompt.ts';
import { hasEnded } from '../store/ended_logins.ts';
import { deleteSession } from '../store/login_sessions.ts';
import { write } from '../store/write.ts';
import { openState } from './challenge.ts';
import { type CsrfName, readCsrf, readSessionCookie, sessionCookie } from './cookies.ts';
import {
  checkAge,
  type Flow,
  type LoginAnswer,
  type LoginVerifier,
  parametersOf,
  rejection,
  timeAfter,
} from './flow.ts';
import { hintedSubject, mapSubject } from './hint.ts';

/** A login that the app vouches for and this browser asked for. */
export type AcceptedLogin = {
  readonly flow: LoginVerifier;
  readonly answer: LoginAnswer;
  /** The subject as the client may know it. */
  readonly mapped_subject: string;
};

/** OpenID Connect Core section 3.1.2.3, second visit: the browser brings what the login app said. */
export async function takeLogin(
  server: AuthorizationServer,
  request: Request,
  authorization: AuthorizationRequest,
  verifier: string,
): Promise<AcceptedLogin> {
  const flow = await openState(server, 'login_verifier', verifier);
  if (!flow) throw new OAuthError('access_denied', 'The login verifier is not valid.');
  checkAge(server, flow);
  if (flow.rejected) throw rejection(flow.rejected);
  checkCsrf(server, request, 'login_csrf', authorization.client, flow);
  checkOrigin(flow, authorization);
  const answer = flow.accepted;
  await checkNotEnded(server, flow, answer);
  const mapped_subject = await mapSubject(
    server,
    authorization.client,
    answer.subject,
    answer.force_subject_identifier,
  );
  try {
    checkPrompt(authorization.prompt);
    await checkHint(server, authorization, mapped_subject);
  } catch (error) {
    throw await forgetLogin(server, request, error);
  }
  return { flow, answer, mapped_subject };
}

/** Nobody comes back by an old address after a logout, or after all logins of a person have ended. Throws `login_required`. */
async function checkNotEnded(
  server: AuthorizationServer,
  { sid }: LoginVerifier,
  { subject, auth_time }: LoginAnswer,
): Promise<void> {
  if (await hasEnded(server.db.queries, { sid, subject, authenticated_at: auth_time })) {
    throw new OAuthError('login_required', 'The login has ended since.');
  }
}

/** RFC 6749 section 10.12: the browser that finishes is the one that started. Throws `request_forbidden`. */
export function checkCsrf(
  server: AuthorizationServer,
  request: Request,
  name: CsrfName,
  client: Client | undefined,
  { csrf }: { readonly csrf: string },
): void {
  const value = readCsrf(server, request, name, client);
  if (value === undefined) {
    throw new OAuthError('request_forbidden', 'This browser did not start the request, or it refuses our cookies.');
  }
  if (!isSameText(csrf, value)) {
    throw new OAuthError('request_forbidden', 'The cookie of this browser belongs to another request.');
  }
}

/** What a browser cannot take back between the visits: it would redeem, or skip, what nobody agreed to. */
const BOUND = [
  'response_type',
  'response_mode',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'max_age',
  'acr_values',
  'id_token_hint',
];

/**
 * A flow ends where it began, with the same client and the same request (RFC 9700 section 4.8: with the same challenge).
 * Throws `access_denied`, `invalid_client` and `invalid_request`.
 */
export function checkOrigin(flow: Flow, { client, isDevice, parameters }: AuthorizationRequest): void {
  if ((flow.device !== undefined) !== isDevice) {
    throw new OAuthError('access_denied', 'The request was started at another endpoint.');
  }
  const first = parametersOf(flow);
  if (first.get('client_id') !== client.client_id) {
    throw new OAuthError('invalid_client', 'The request was started by another client.');
  }
  const changed = isDevice ? undefined : BOUND.find((name) => first.get(name) !== parameters.get(name));
  if (changed !== undefined) {
    throw new OAuthError('invalid_request', `The parameter '${changed}' is not the one that the request began with.`);
  }
}

/** OpenID Connect Core section 3.1.2.1: the person who logged in is the one whom the client expects. */
async function checkHint(
  server: AuthorizationServer,
  { parameters }: AuthorizationRequest,
  mapped_subject: string,
): Promise<void> {
  const expected = await hintedSubject(server, parameters);
  if (expected !== undefined && expected !== mapped_subject) {
    throw new OAuthError('login_required', "The login is not that of the 'id_token_hint'.");
  }
}

/** Hydra: a login that does not satisfy the request is forgotten, so that the next attempt asks. */
async function forgetLogin(server: AuthorizationServer, request: Request, error: unknown): Promise<unknown> {
  if (!(error instanceof OAuthError) || error.error !== 'login_required') return error;
  const sid = readSessionCookie(server, request);
  if (sid) await write(server, (tx) => deleteSession(tx, sid));
  return new OAuthError('login_required', error.hint, { headers: { 'set-cookie': sessionCookie(server, '', 0) } });
}

/** Seconds that a remembered login lasts. */
export const rememberedFor = (server: AuthorizationServer, { remember_for }: LoginAnswer): number =>
  remember_for > 0 ? remember_for : server.config.ttl.authentication_session;

export const loginExpiry = (server: AuthorizationServer, answer: LoginAnswer): number =>
  timeAfter(
    seconds(server),
    answer.remember ? rememberedFor(server, answer) : server.config.ttl.authentication_session,
  );
