import { randomUUID } from 'node:crypto';
import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { longestLifespan } from '../client/lifespans.ts';
import type { Config } from '../config/schema.ts';
import {
  addNextKey,
  isNeeded,
  isNextDue,
  type KeyStatus,
  type KeyStore,
  retireKey,
  statusOfSet,
} from '../keys/rotation.ts';
import { ACCESS_TOKEN_SET, ID_TOKEN_SET } from '../keys/signing_keys.ts';
import { acquireLease, releaseLease } from '../store/leases.ts';

/** Milliseconds between two looks, and how long the server that found something to do may take. */
const INTERVAL = 60_000;
const LEASE_TIME = 60_000;

type Server = Pick<AuthorizationServer, 'config' | 'db' | 'keys' | 'now'>;

export const ROTATED_SETS: readonly string[] = [ID_TOKEN_SET, ACCESS_TOKEN_SET];

export const keyStore = (server: Server): KeyStore => ({
  db: server.db,
  seal: server.keys.rows,
  now: () => seconds(server),
  lead_time: server.config.gatehouse.keys.lead_time,
});

/**
 * Seconds that what a set signs is of use at least: clients may have longer lifespans. An ID token is a hint at logout
 * long after it has expired (OpenID Connect RP-Initiated Logout section 2), for as long as its login may last.
 */
function leastLife({ ttl, gatehouse: { keys } }: Config, set: string): number {
  const { retention } = keys.rotation;
  return set === ID_TOKEN_SET
    ? Math.max(retention, ttl.id_token, ttl.authentication_session)
    : Math.max(retention, ttl.access_token);
}

export async function keyStatus(server: Server, set: string): Promise<KeyStatus[]> {
  const { config, db } = server;
  const longest = await longestLifespan(config, db, set === ID_TOKEN_SET ? 'id_token' : 'access_token');
  return statusOfSet(keyStore(server), set, Math.max(leastLife(config, set), longest));
}

/** Rotates as configured, on one server at a time, until it is stopped. */
export function startRotation(server: AuthorizationServer): () => Promise<void> {
  if (server.config.gatehouse.keys.rotation.interval === undefined) return async () => {};
  let round = Promise.resolve();
  const look = () => {
    round = round
      .then(() => rotateKeys(server))
      .catch((error) => server.log.error({ err: error }, 'signing keys could not be rotated'));
  };
  look();
  const timer = setInterval(look, INTERVAL);
  return () => {
    clearInterval(timer);
    return round;
  };
}

/** What is due now: a key that signs later, and the end of keys that nobody needs. */
export async function rotateKeys(server: AuthorizationServer): Promise<void> {
  // The clients are asked for their lifespans only when it may matter.
  const roughly = (set: string) => statusOfSet(keyStore(server), set, leastLife(server.config, set));
  const sets = await Promise.all(ROTATED_SETS.map(roughly));
  if (sets.some((keys) => isDue(server, keys))) await rotateAlone(server);
}

/** One server at a time. */
async function rotateAlone(server: AuthorizationServer): Promise<void> {
  const lease = { name: 'key rotation', holder: randomUUID() };
  const now = server.now();
  if (!(await acquireLease(server.db, lease, now, now + LEASE_TIME))) return;
  try {
    for (const set of ROTATED_SETS) await rotateSet(server, set);
  } finally {
    await releaseLease(server.db, lease);
  }
  await server.keys.signing.reload();
}

function isDue(server: AuthorizationServer, keys: readonly KeyStatus[]): boolean {
  const { interval } = server.config.gatehouse.keys.rotation;
  const now = seconds(server);
  return (interval !== undefined && isNextDue(keys, interval, now)) || keys.some((key) => !isNeeded(key, now));
}

async function rotateSet(server: AuthorizationServer, set: string): Promise<void> {
  const { interval = Number.POSITIVE_INFINITY } = server.config.gatehouse.keys.rotation;
  const now = seconds(server);
  // Read under the lease: the server before us may have done it.
  const keys = await keyStatus(server, set);
  for (const key of keys.filter((key) => !isNeeded(key, now))) {
    await retireKey(keyStore(server), key);
    server.log.info({ set, kid: key.kid }, 'a signing key was retired');
  }
  if (!isNextDue(keys, interval, now)) return;
  const kid = await addNextKey(keyStore(server), set);
  if (kid !== undefined) server.log.info({ set, kid }, 'a signing key was published, and signs later');
}
