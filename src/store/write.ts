import { OAuthError } from '../oauth/error.ts';
import type { Database } from './db.ts';
import type { Queries } from './tables.ts';

/**
 * The one way to write: `body` happens as a whole or not at all, and has happened for good when the promise resolves.
 * It must do no other I/O: what it waits for, every writer waits for. Mint and sign before. Throws `invalid_client` where
 * it stores something for a client that was deleted meanwhile.
 */
export async function write<T>({ db }: { readonly db: Database }, body: (tx: Queries) => Promise<T>): Promise<T> {
  try {
    return await db.writes.add(body);
  } catch (error) {
    if (!db.dialect.isOrphan(error)) throw error;
    return db.writes.add(body).catch((again) => {
      // The second time a login session that ended is not named, so what is missing is the client.
      throw db.dialect.isOrphan(again) ? new OAuthError('invalid_client', 'The client was deleted meanwhile.') : again;
    });
  }
}
