import { createHmac } from 'node:crypto';
import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { clientAddress } from '../http/client_address.ts';
import type { Request } from '../http/request.ts';
import { OAuthError } from '../oauth/error.ts';
import { countFailure, listThrottles } from '../store/throttles.ts';
import { write } from '../store/write.ts';
import type { DeviceRequest } from './flow.ts';

/**
 * RFC 8628 section 5.1: a user code is short, so nobody may try many. Wrong ones are counted for the visit to the device
 * page and for the address of its browser, never for a device: whoever has the right code gets in from elsewhere.
 */
type Counter = { readonly key: Buffer; readonly limit: number };

function countersOf(server: AuthorizationServer, { flow_id, address }: DeviceRequest): Counter[] {
  const { attempts, attempts_per_address } = server.config.gatehouse.throttle.user_codes;
  const visit = { key: keyOf(server, 'visit', flow_id), limit: attempts };
  const counters =
    address === undefined ? [visit] : [visit, { key: Buffer.from(address, 'base64url'), limit: attempts_per_address }];
  return counters.filter(({ limit }) => limit > 0);
}

/** What a device challenge carries of the browser that it is for: enough to count with, and no address to read. */
export function addressKey(server: AuthorizationServer, request: Request): { readonly address?: string } {
  const address = clientAddress(request, server.config.gatehouse.trusted_proxies);
  return address === undefined ? {} : { address: keyOf(server, 'address', address).toString('base64url') };
}

/** Throws `too_many_requests`. What is on its way at the same moment is let through: a limit, not a turnstile. */
export async function checkGuesses(server: AuthorizationServer, flow: DeviceRequest): Promise<void> {
  const counters = countersOf(server, flow);
  if (counters.length === 0) return;
  const now = seconds(server);
  const keys = counters.map(({ key }) => key);
  const rows = await listThrottles(server.db.queries, keys, now);
  const waits = rows
    .filter(({ key_hash, failures }) => counters.some(({ key, limit }) => key.equals(key_hash) && failures >= limit))
    .map(({ expires_at }) => expires_at - now);
  if (waits.length === 0) return;
  const wait = Math.max(...waits);
  throw new OAuthError('too_many_requests', `Too many wrong user codes: try again in ${wait} seconds.`, {
    headers: { 'retry-after': String(wait) },
  });
}

export async function countGuess(server: AuthorizationServer, flow: DeviceRequest): Promise<void> {
  const keys = countersOf(server, flow).map(({ key }) => key);
  if (keys.length === 0) return;
  const now = seconds(server);
  const end = Math.ceil(now + server.config.gatehouse.throttle.user_codes.window);
  await write(server, (tx) => countFailure(tx, keys, now, end));
}

/** Under a key: there are few addresses, and who reads the database could try them all. */
const keyOf = ({ config }: AuthorizationServer, kind: 'visit' | 'address', value: string): Buffer =>
  createHmac('sha256', `gatehouse/throttle/${config.secrets.system[0]}`).update(`user_code ${kind} ${value}`).digest();
