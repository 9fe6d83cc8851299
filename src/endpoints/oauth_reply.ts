import type { AuthorizationServer } from '../authorization_server.ts';
import { toOAuthError } from '../http/error.ts';
import { json, type Reply } from '../http/reply.ts';

/** RFC 6749 section 5.1: answers with tokens are not for caches. */
const HEADERS = {
  'content-type': 'application/json;charset=UTF-8',
  'cache-control': 'no-store',
  pragma: 'no-cache',
};

export const oauthJson = (status: number, value: unknown): Reply => json(status, value, HEADERS);

/** RFC 6749 section 5.2. What is not an error of ours becomes a `server_error`, and its cause goes to the log alone. */
export function oauthError(server: AuthorizationServer, caught: unknown): Reply {
  const error = toOAuthError(caught, server.log);
  return json(
    error.status,
    { error: error.error, error_description: error.description(server.config.oauth2.expose_internal_errors) },
    { ...HEADERS, ...error.headers },
  );
}
