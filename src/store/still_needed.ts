import { type RawBuilder, sql } from 'kysely';
import type { Order } from './sweep.ts';
import type { Queries } from './tables.ts';

/** A row whose time is over. */
export type Expired = {
  readonly row_key: string | number | Uint8Array;
  readonly request_id?: string | null;
  readonly login_session_id?: string | null;
  readonly issuer?: string;
  readonly key_id?: string;
};

/**
 * Half an hour: servers whose clocks differ agree on what has expired, whoever comes too late still hears why, and what
 * was used is known for as long as the reference knows it.
 */
export const LEAST_KEEP = 30 * 60;
/** Where no end is known, we look again after this time. */
const LOOK_AGAIN = 30 * 24 * 3600;

type Times = ReadonlyMap<string, number>;

/** RFC 6749 section 4.1.2: a used code that comes again revokes what its chain still has. */
export async function codesNeededUntil(
  db: Queries,
  rows: readonly Expired[],
  order: Order,
): Promise<Map<Expired, number>> {
  const chains = await liveChains(db, chainsOf(rows), order);
  return latestOf(rows, ({ request_id }) => [chains.get(request_id ?? '')]);
}

/** A consent is how an administrator finds what it granted, and how a logout finds the clients of its session. */
export async function consentsNeededUntil(
  db: Queries,
  rows: readonly Expired[],
  order: Order,
): Promise<Map<Expired, number>> {
  const chains = await liveChains(db, chainsOf(rows), order);
  const devices = await approvedDevices(db, chainsOf(rows), order);
  const sessions = await sessionsOf(db, namesOf(rows.map(({ login_session_id }) => login_session_id)), order);
  return latestOf(rows, ({ request_id, login_session_id }) => [
    chains.get(request_id ?? ''),
    devices.get(request_id ?? ''),
    sessions.get(login_session_id ?? ''),
  ]);
}

function latestOf(
  rows: readonly Expired[],
  timesOf: (row: Expired) => readonly (number | undefined)[],
): Map<Expired, number> {
  const needed = new Map<Expired, number>();
  for (const row of rows) {
    const times = timesOf(row).filter((time) => time !== undefined);
    if (times.length > 0) needed.set(row, Math.max(...times));
  }
  return needed;
}

const chainsOf = (rows: readonly Expired[]): string[] => namesOf(rows.map(({ request_id }) => request_id));

const namesOf = (names: readonly (string | null | undefined)[]): string[] =>
  names.filter((name) => typeof name === 'string');

/** Those with a token, or with a code that was not used yet. */
async function liveChains(db: Queries, request_ids: string[], order: Order): Promise<Times> {
  if (request_ids.length === 0) return new Map();
  const { rows } = await sql<{
    name: string;
    until: number;
    endless: number;
  }>`select request_id as name, max(expires_at) as until, count(*) - count(expires_at) as endless from tokens
    where request_id in ${listOf(request_ids, order)} and (expires_at is null or expires_at > ${order.now - LEAST_KEEP})
    and (kind <> 'authorization_code' or used_at is null) group by request_id`.execute(db);
  const lookAgain = order.now + LOOK_AGAIN;
  return timesOf(rows.map(({ name, until, endless }) => ({ name, until: endless > 0 ? lookAgain : until })));
}

/** Those whose device has not fetched its tokens yet. */
async function approvedDevices(db: Queries, request_ids: string[], order: Order): Promise<Times> {
  if (request_ids.length === 0) return new Map();
  const { rows } = await sql<{
    name: string;
    until: number;
  }>`select request_id as name, max(expires_at) as until from device_codes
    where request_id in ${listOf(request_ids, order)} and expires_at > ${order.now - LEAST_KEEP}
    group by request_id`.execute(db);
  return timesOf(rows);
}

async function sessionsOf(db: Queries, sids: string[], order: Order): Promise<Times> {
  if (sids.length === 0) return new Map();
  const { rows } = await sql<{
    name: string;
    until: number;
  }>`select sid as name, expires_at as until from login_sessions where sid in ${listOf(sids, order)}`.execute(db);
  return timesOf(rows);
}

const timesOf = (rows: readonly { name: string; until: number }[]): Times =>
  new Map(rows.map(({ name, until }) => [name, until]));

/** Always of the same length, so that the engines know the statement: they keep a limited number prepared. */
export const listOf = (values: readonly unknown[], { limit }: Order): RawBuilder<unknown> =>
  sql`(${sql.join(Array.from({ length: limit }, (_, at) => values[Math.min(at, values.length - 1)]))})`;
