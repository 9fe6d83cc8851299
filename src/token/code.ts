import type { AuthorizationServer } from '../authorization_server.ts';
import type { Session } from './authorization.ts';
import { openSession } from './session.ts';

/** What an authorization code remembers of the request that led to it. */
export type CodeSession = Session & {
  /** Only if the request carried one: RFC 6749 section 4.1.3 asks for it again in that case alone. */
  readonly redirect_uri?: string;
  /** RFC 7636 section 4.4. */
  readonly code_challenge?: string;
};

export const openCodeSession = (server: AuthorizationServer, sealed: Uint8Array): CodeSession =>
  openSession(server, sealed);
