import type { AuthorizationServer } from '../authorization_server.ts';
import type { CodeTerms, Session } from './authorization.ts';
import { openSession } from './session.ts';

/** What stands in the row of an authorization code. */
export type CodeSession = Session & CodeTerms & { readonly c_hash?: string };

export const openCodeSession = (server: AuthorizationServer, sealed: Uint8Array): CodeSession =>
  openSession(server, sealed);
