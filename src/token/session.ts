import type { AuthorizationServer } from '../authorization_server.ts';
import type { Sealing } from '../keys/keys.ts';
import type { Session } from './authorization.ts';

export const PURPOSE = 'session';

/** RFC 9700 section 4: claims about people do not stand in the database in clear text. */
export const sealSession = (server: Sealing, session: Session): Buffer => server.keys.rows.sealJson(session, PURPOSE);

export const openSession = (server: AuthorizationServer, sealed: Uint8Array): Session =>
  server.keys.rows.openJson<Session>(sealed, PURPOSE);
