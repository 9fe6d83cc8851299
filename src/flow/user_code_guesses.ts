import type { AuthorizationServer } from '../authorization_server.ts';
import { clientAddress } from '../http/client_address.ts';
import type { Request } from '../http/request.ts';
import { type Counter, countFailures, isLimited, readCounters, throttleKey, tooMany } from '../throttle.ts';
import type { DeviceRequest } from './flow.ts';

/**
 * RFC 8628 section 5.1: a user code is short, so nobody may try many. Wrong ones are counted for the visit to the device
 * page and for the address of its browser, never for a device: whoever has the right code gets in from elsewhere.
 */
function countersOf(server: AuthorizationServer, { flow_id, address }: DeviceRequest): Counter[] {
  const { attempts, attempts_per_address } = server.config.gatehouse.throttle.user_codes;
  const visit = { key: throttleKey(server, 'user_code', 'visit', flow_id), limit: attempts };
  const counters =
    address === undefined ? [visit] : [visit, { key: Buffer.from(address, 'base64url'), limit: attempts_per_address }];
  return counters.filter(isLimited);
}

/** What a device challenge carries of the browser that it is for: enough to count with, and no address to read. */
export function addressKey(server: AuthorizationServer, request: Request): { readonly address?: string } {
  const address = clientAddress(request, server.config.gatehouse.trusted_proxies);
  return address === undefined
    ? {}
    : { address: throttleKey(server, 'user_code', 'address', address).toString('base64url') };
}

/** Throws `too_many_requests`. What is on its way at the same moment is let through: a limit, not a turnstile. */
export async function checkGuesses(server: AuthorizationServer, flow: DeviceRequest): Promise<void> {
  const seen = await readCounters(server, countersOf(server, flow));
  const ends = seen.filter(({ failures, limit }) => failures >= limit).map(({ expires_at }) => expires_at);
  if (ends.length > 0) throw tooMany(server, 'user codes', Math.max(...ends));
}

export const countGuess = (server: AuthorizationServer, flow: DeviceRequest): Promise<void> =>
  countFailures(server, countersOf(server, flow), server.config.gatehouse.throttle.user_codes.window);
