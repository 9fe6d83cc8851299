import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { clientAddress, isUnknownProxy } from '../http/client_address.ts';
import type { Request } from '../http/request.ts';
import { type Counter, countFailures, isLimited, readCounters, throttleKey } from '../throttle.ts';
import { knownBrowser } from './known_browser.ts';

/**
 * NIST SP 800-63B section 5.2.2: nobody may try many passwords. Wrong ones are counted for the account at the address that
 * they come from, for that address, and for the account wherever they come from; for an address of nobody as for one of
 * somebody. The last of these would let anybody lock a person out. So a browser in which the person has logged in before is
 * outside of all three: it has a count of its own, as "device cookies" of OWASP have. Elsewhere the person waits until the
 * window ends, which begins with a first wrong password and which no later one prolongs.
 */
export function loginCounters(server: AuthorizationServer, request: Request, email: string): Counter[] {
  const { attempts, attempts_per_address, attempts_per_account } = server.config.gatehouse.throttle.passwords;
  const counter = (limit: number, ...name: string[]) => ({ key: throttleKey(server, 'password', ...name), limit });
  const browser = knownBrowser(server, request, email);
  if (browser) return [counter(attempts, 'browser', browser, email)].filter(isLimited);
  const address = addressOf(server, request);
  const there = address
    ? [counter(attempts, 'place', address, email), counter(attempts_per_address, 'address', address)]
    : [];
  return [...there, counter(attempts_per_account, 'account', email)].filter(isLimited);
}

/** Undefined where all the world would have one. */
function addressOf({ config }: AuthorizationServer, request: Request): string | undefined {
  const { trusted_proxies } = config.gatehouse;
  return isUnknownProxy(request, trusted_proxies) ? undefined : clientAddress(request, trusted_proxies);
}

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
