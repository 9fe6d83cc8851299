import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { type Counter, countFailures, isLimited, readCounters, throttleKey } from '../throttle.ts';

/** Of a person who is logged in: only from their own session can it be used up. */
export function sessionCounters(server: AuthorizationServer, subject: string): Counter[] {
  const { attempts } = server.config.gatehouse.throttle.passwords;
  return [{ key: throttleKey(server, 'password', 'session', subject), limit: attempts }].filter(isLimited);
}

/** What was found with a password that was right and in time. Seconds, 0 where another may be tried at once. */
export type Guessed<Found> = { readonly found?: Found | undefined; readonly retry_after: number };

export async function guess<Found>(
  server: AuthorizationServer,
  counters: readonly Counter[],
  find: () => Promise<Found | undefined>,
): Promise<Guessed<Found>> {
  const before = await secondsToWait(server, counters);
  if (before > 0) return { retry_after: before };
  const found = await find();
  // Of those who came at once, some have reached the limit meanwhile: they do not learn whether they were right.
  const retry_after = await secondsToWait(server, counters);
  if (retry_after > 0) return { retry_after };
  if (found === undefined) await countFailures(server, counters, server.config.gatehouse.throttle.passwords.window);
  return { found, retry_after: 0 };
}

async function secondsToWait(server: AuthorizationServer, counters: readonly Counter[]): Promise<number> {
  const seen = await readCounters(server, counters);
  const ends = seen.filter(({ failures, limit }) => failures >= limit).map(({ expires_at }) => expires_at);
  return ends.length === 0 ? 0 : Math.max(1, Math.max(...ends) - seconds(server));
}
