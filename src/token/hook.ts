import { setTimeout as pauseFor } from 'node:timers/promises';
import type { AuthorizationServer } from '../authorization_server.ts';
import type { Config, Hook } from '../config/schema.ts';
import { type Incoming, send } from '../http/outgoing.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../lib/json.ts';
import { OAuthError } from '../oauth/error.ts';
import type { Parameters } from '../oauth/parameters.ts';
import type { Authorization, Repetition, Session } from './authorization.ts';
import { isGrantedLate, refreshHookBody, tokenHookBody } from './hook_body.ts';

/** Milliseconds for all attempts together: as long as the reference waits for one. */
const PATIENCE = 30_000;
/** Milliseconds before the second attempt, and before the third. */
const PAUSES = [250, 1000];
/** Bytes of an answer. What is in it stays with the tokens. */
const LIMIT = 256 * 1024;

type HookName = 'token_hook' | 'refresh_token_hook';
type Claims = Required<Pick<Session, 'access_token' | 'id_token'>>;

export const hasHook = ({ oauth2 }: Config): boolean =>
  oauth2.token_hook !== undefined || oauth2.refresh_token_hook !== undefined;

/**
 * What the operator's own programs have to say before tokens are minted from an authorization: more claims, other ones,
 * or no. Throws `access_denied`, and `server_error` where one cannot be asked.
 */
export async function consultHooks(
  server: AuthorizationServer,
  authorization: Authorization | Repetition,
  parameters: Parameters,
): Promise<Authorization | Repetition> {
  if (!hasHook(server.config) || 'again' in authorization) return authorization;
  const isRefresh = authorization.grant_type === 'refresh_token';
  const refreshed = isRefresh
    ? withClaims(authorization, await ask(server, 'refresh_token_hook', refreshHookBody(server, authorization)))
    : authorization;
  return withClaims(refreshed, await ask(server, 'token_hook', tokenHookBody(server, refreshed, parameters)));
}

/** Undefined: all stays as it is. */
async function ask(server: AuthorizationServer, name: HookName, body: unknown): Promise<Claims | undefined> {
  const hook = server.config.oauth2[name];
  if (!hook) return undefined;
  try {
    const answer = await post(server, hook, JSON.stringify(body), performance.now() + PATIENCE, PAUSES);
    if (answer.status === 204) return undefined;
    if (answer.status === 403) throw new OAuthError('access_denied', 'The token hook does not allow it.');
    if (answer.status !== 200) throw new Error(`it answered with status ${answer.status}`);
    return readAnswer(answer.body);
  } catch (error) {
    if (error instanceof OAuthError) throw error;
    const debug = error instanceof Error ? error.message : String(error);
    server.log.error({ hook: name, problem: debug }, 'a token hook failed');
    throw new OAuthError('server_error', 'The token hook failed.', { debug });
  }
}

/** Hydra: what may be better in a moment is tried three times. `deadline` is one of `performance.now()`. */
async function post(
  server: AuthorizationServer,
  hook: Hook,
  body: string,
  deadline: number,
  [pause, ...later]: readonly number[],
): Promise<Incoming> {
  const outgoing = { headers: headersOf(hook), body, limit: LIMIT, patience: Math.ceil(deadline - performance.now()) };
  const attempt = send(server.config.clients.http, hook.url, { method: 'POST', ...outgoing });
  const outcome = await attempt.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  if (pause !== undefined && isTransient(outcome) && performance.now() + pause < deadline) {
    await pauseFor(pause);
    return post(server, hook, body, deadline, later);
  }
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

/** An error of the connection has a code; those that say why an address or an answer is no good have none. */
const isTransient = (outcome: Incoming | Error): boolean =>
  outcome instanceof Error
    ? 'code' in outcome
    : outcome.status === 429 || (outcome.status >= 500 && outcome.status !== 501);

/** Hydra: credentials whose place is not told are not sent. */
function headersOf({ auth }: Hook): Record<string, string> {
  const type = { 'content-type': 'application/json; charset=UTF-8' };
  if (auth?.config.in === undefined) return type;
  const { in: place, name, value } = auth.config;
  return { ...(place === 'cookie' ? { cookie: `${name}=${value}` } : { [name.toLowerCase()]: value }), ...type };
}

/** Hydra: what is left out is empty. Throws an Error that says what is wrong. */
function readAnswer(body: Buffer): Claims {
  const answer = parseJson(body);
  const session = isObject(answer) ? (answer.session ?? {}) : answer;
  if (!isObject(session)) throw new Error("its answer is not an object with a 'session'");
  return { access_token: claimsOf(session.access_token), id_token: claimsOf(session.id_token) };
}

function claimsOf(value: Json | undefined): JsonObject {
  const claims = value ?? {};
  if (!isObject(claims)) throw new Error("'access_token' and 'id_token' of its answer are not objects");
  return claims;
}

/**
 * Hydra: of what is granted after the hook was asked, the consent has the last word; everywhere else the hook has the
 * only one, and a `sid` that it does not repeat is gone. No claim of ours can be replaced in either case.
 */
function withClaims(authorization: Authorization, told: Claims | undefined): Authorization {
  if (!told) return authorization;
  const { access_token = {}, id_token = {}, sid, ...rest } = authorization.session;
  if (isGrantedLate(authorization)) {
    const merged = {
      access_token: { ...told.access_token, ...access_token },
      id_token: { ...told.id_token, ...id_token },
    };
    return { ...authorization, session: { ...authorization.session, ...merged } };
  }
  const isRepeated = sid !== undefined && told.id_token.sid === sid;
  return { ...authorization, session: { ...rest, ...told, ...(isRepeated ? { sid } : {}) } };
}
