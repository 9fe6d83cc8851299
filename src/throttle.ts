import { createHmac } from 'node:crypto';
import { type AuthorizationServer, seconds } from './authorization_server.ts';
import { OAuthError } from './oauth/error.ts';
import { countFailure, listThrottles } from './store/throttles.ts';
import { write } from './store/write.ts';

/** What is counted under `key`, and from how many failures on nothing more is tried. 0 is no limit. */
export type Counter = { readonly key: Buffer; readonly limit: number };

/** Under a key: there are few addresses, and who reads the database could try them all. */
export const throttleKey = ({ config }: AuthorizationServer, ...name: readonly string[]): Buffer =>
  createHmac('sha256', `gatehouse/throttle/${config.secrets.system[0]}`).update(name.join(' ')).digest();

export const isLimited = ({ limit }: Counter): boolean => limit > 0;

/** What one counter has seen in the window that is open, and when that ends, in seconds since 1970. */
export type Seen = { readonly failures: number; readonly limit: number; readonly expires_at: number };

/** In one statement, in no particular order; nothing of a counter whose window is not open. */
export async function readCounters(server: AuthorizationServer, counters: readonly Counter[]): Promise<Seen[]> {
  if (counters.length === 0) return [];
  const keys = counters.map(({ key }) => key);
  const rows = await listThrottles(server.db.queries, keys, seconds(server));
  return rows.flatMap(({ key_hash, failures, expires_at }) =>
    counters.filter(({ key }) => key.equals(key_hash)).map(({ limit }) => ({ failures, limit, expires_at })),
  );
}

/** One failure more for each, in one statement. A window begins with the first of them and lasts so many seconds. */
export async function countFailures(
  server: AuthorizationServer,
  counters: readonly Counter[],
  window: number,
): Promise<void> {
  if (counters.length === 0) return;
  const now = seconds(server);
  const keys = counters.map(({ key }) => key);
  await write(server, (tx) => countFailure(tx, keys, now, endOf(server, window)));
}

/** When a window ends that begins now. */
export const endOf = (server: AuthorizationServer, window: number): number => Math.ceil(seconds(server) + window);

/** RFC 6585 section 4. `what` there was too much of. */
export function tooMany(server: AuthorizationServer, what: string, expires_at: number): OAuthError {
  const wait = Math.max(1, expires_at - seconds(server));
  return new OAuthError('too_many_requests', `Too many wrong ${what}: try again in ${wait} seconds.`, {
    headers: { 'retry-after': String(wait) },
  });
}
