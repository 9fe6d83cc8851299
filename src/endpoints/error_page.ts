import type { AuthorizationServer } from '../authorization_server.ts';
import { toOAuthError } from '../http/error.ts';
import { type Reply, redirect } from '../http/reply.ts';
import { withQuery } from '../oauth/parameters.ts';

/** RFC 6749 section 4.1.2.1: without a client or redirect URI to trust, the person learns it, and nobody else. */
export function errorPage(server: AuthorizationServer, caught: unknown): Reply {
  const error = toOAuthError(caught, server.log);
  const error_description = error.description(server.config.oauth2.expose_internal_errors);
  return redirect(302, withQuery(server.config.urls.error, { error: error.error, error_description }));
}
