import type { AuthorizationServer } from '../authorization_server.ts';
import type { Sealing } from '../keys/keys.ts';
import type { Seal } from '../keys/seal.ts';
import type { Session } from './authorization.ts';

export const PURPOSE = 'session';

/** RFC 9700 section 4: claims about people do not stand in the database in clear text. */
export const sealSession = (server: Sealing, session: Session): Buffer =>
  Object.keys(session).length === 0 ? emptySession(server) : server.keys.rows.sealJson(session, PURPOSE);

export const openSession = (server: AuthorizationServer, sealed: Uint8Array): Session =>
  emptySession(server).equals(sealed) ? {} : server.keys.rows.openJson<Session>(sealed, PURPOSE);

const empty = new WeakMap<Seal, Buffer>();

/** What clients get for themselves has nothing to hide: it is sealed once, and recognized. */
function emptySession({ keys: { rows } }: Sealing): Buffer {
  const known = empty.get(rows);
  if (known) return known;
  const sealed = rows.sealJson({}, PURPOSE);
  empty.set(rows, sealed);
  return sealed;
}
