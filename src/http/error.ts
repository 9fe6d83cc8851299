import Type from 'typebox';
import { OAuthError } from '../oauth/error.ts';
import { json, type Reply } from './reply.ts';

type ErrorLog = { error(details: { err: unknown }, message: string): void };

/** What is not an error of ours is a fault: the log gets it whole, the client a `server_error`. */
export function toOAuthError(caught: unknown, log: ErrorLog): OAuthError {
  if (caught instanceof OAuthError) return caught;
  log.error({ err: caught }, 'an endpoint failed');
  return new OAuthError('server_error', '', { debug: caught instanceof Error ? caught.message : String(caught) });
}

/** RFC 6749 section 5.2. */
export const OAUTH_ERROR = Type.Object(
  { error: Type.String(), error_description: Type.String() },
  { $id: 'errorOAuth2' },
);

/** How every endpoint answers an error that it does not deliver itself. */
export const errorReply = (error: OAuthError): Reply =>
  json(
    error.status,
    { error: error.error, error_description: error.description() },
    { 'content-type': 'application/json', ...error.headers },
  );
