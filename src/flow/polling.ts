import type { AuthorizationServer } from '../authorization_server.ts';
import { BoundedMap } from '../lib/bounded_map.ts';
import { onceFor } from '../lib/once_for.ts';

/** Milliseconds by which a poll may come early: networks are no clocks. */
const LENIENCE = 1000;
/** RFC 8628 section 3.5: what every `slow_down` adds to the interval, in milliseconds. */
const PENALTY = 5000;
/** Devices that are remembered, some 100 bytes each. The one that was silent for longest is forgotten first. */
const MOST = 10_000;

type Poll = { readonly at: number; readonly interval: number };

/**
 * When each device polled last. In memory, not in the database: that would make every poll a durable write, for an
 * answer that only asks for patience. A server that does not know a device, because it has restarted or because another
 * one answered before, lets it poll once more; tokens are given out at whatever pace.
 */
const pollsOf = onceFor((_server: AuthorizationServer) => new BoundedMap<string, Poll>(MOST));

/** RFC 8628 section 3.5: whether a device that still has to wait asks more often than it was told to. */
export function isTooFast(server: AuthorizationServer, device_code_hash: Uint8Array): boolean {
  const told = server.config.oauth2.device_authorization.token_polling_interval * 1000;
  if (told <= 0) return false;
  const known = pollsOf(server);
  const key = Buffer.from(device_code_hash).toString('base64url');
  const last = known.get(key);
  const at = server.now();
  const isEarly = last !== undefined && at - last.at < last.interval - LENIENCE;
  const interval = (last?.interval ?? told) + (isEarly ? PENALTY : 0);
  known.set(key, { at, interval });
  return isEarly;
}
