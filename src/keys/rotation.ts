import { randomUUID } from 'node:crypto';
import type { Database } from '../store/db.ts';
import { deleteKey, insertNextKey, type JsonWebKeyRow, listSet } from '../store/json_web_keys.ts';
import { write } from '../store/write.ts';
import { generateJwk } from './json_web_key.ts';
import type { Seal } from './seal.ts';
import { canSign, type Loaded, openRow, sealJwk, signerAmong } from './signing_keys.ts';

/**
 * `next` is published and does not sign yet, `active` signs, `retiring` has signed what may still be in use, and `passive`
 * is published and cannot sign. A key that is no longer needed is deleted.
 */
export type KeyState = 'next' | 'active' | 'retiring' | 'passive';

export type KeyStatus = {
  readonly set: string;
  readonly kid: string;
  readonly alg: string;
  readonly state: KeyState;
  readonly created_at: number;
  /** When it begins to sign; null for one that cannot. */
  readonly signs_from: number | null;
  /** Until when something that it signed may be in use; null while that is not known. */
  readonly needed_until: number | null;
};

export type KeyStore = {
  readonly db: Database;
  readonly seal: Seal;
  /** Seconds. */
  readonly now: () => number;
  readonly lead_time: number;
};

/** Seconds: clocks that differ, and servers that heard of a key late. */
const SLACK = 3600;

/** Newest first. `longestLife` is that of what the set signs, in seconds. */
export async function statusOfSet(store: KeyStore, set: string, longestLife: number): Promise<KeyStatus[]> {
  const keys = (await listSet(store.db.queries, set)).flatMap((row) => openRow(row, store.seal) ?? []);
  const signing: readonly Loaded[] = keys.filter(canSign);
  const active = signerAmong(signing, store.now() - store.lead_time);
  const signsFrom = (at: number) => (signing[at]?.created_at ?? 0) + store.lead_time;
  return keys.map((key) => {
    const { kid, alg, created_at } = key;
    const at = signing.indexOf(key);
    if (at < 0) return { set, kid, alg, state: 'passive', created_at, signs_from: null, needed_until: null };
    const isOver = active !== undefined && at > signing.indexOf(active);
    return {
      ...{ set, kid, alg, created_at },
      state: key === active ? 'active' : isOver ? 'retiring' : 'next',
      signs_from: signsFrom(at),
      needed_until: isOver ? signsFrom(at - 1) + longestLife + SLACK : null,
    };
  });
}

/** Adds a key, of the same algorithm as the newest one where none is named. Undefined when another server was faster. */
export async function addNextKey(store: KeyStore, set: string, alg?: string): Promise<string | undefined> {
  const rows = await listSet(store.db.queries, set);
  const kid = randomUUID();
  const jwk = await generateJwk(alg ?? algorithmOf(store, rows), 'sig', kid);
  const row = { set_name: set, kid, created_at: store.now(), jwk: sealJwk(store.seal, set, jwk) };
  const isNext = await write(store, (tx) => insertNextKey(tx, row, rows[0]?.id ?? 0));
  return isNext ? kid : undefined;
}

function algorithmOf({ seal }: KeyStore, rows: readonly JsonWebKeyRow[]): string {
  return rows.flatMap((row) => openRow(row, seal) ?? []).find(canSign)?.alg ?? 'RS256';
}

/** A new one is due when the newest is as old as `interval`, in seconds. */
export function isNextDue(keys: readonly KeyStatus[], interval: number, now: number): boolean {
  const newest = keys.find(({ state }) => state !== 'passive');
  return newest === undefined || newest.created_at + interval <= now;
}

export const isNeeded = ({ needed_until }: KeyStatus, now: number): boolean =>
  needed_until === null || needed_until > now;

export const retireKey = (store: KeyStore, { set, kid }: KeyStatus): Promise<void> =>
  write(store, (tx) => deleteKey(tx, set, kid));
