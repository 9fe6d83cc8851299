import type { Database } from './db.ts';
import type { Queries } from './tables.ts';

/**
 * The one way to write: `body` happens as a whole or not at all, and has happened for good when the promise resolves.
 * It must do no other I/O: what it waits for, every writer waits for. Mint and sign before.
 */
export function write<T>(server: { readonly db: Database }, body: (tx: Queries) => Promise<T>): Promise<T> {
  return server.db.writes.add(body);
}
