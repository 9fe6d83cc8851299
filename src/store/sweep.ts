import { type RawBuilder, sql } from 'kysely';
import type { Database } from './db.ts';
import { deleteKey } from './json_web_keys.ts';
import { codesNeededUntil, consentsNeededUntil, type Expired, LEAST_KEEP, listOf } from './still_needed.ts';
import type { Queries, Tables } from './tables.ts';
import { isKeyTrusted } from './trusted_jwt_issuers.ts';
import { write } from './write.ts';

/** Which rows may go, and how many at once. Seconds. */
export type Order = {
  readonly now: number;
  /** What has expired is kept for so long, and never less than LEAST_KEEP. */
  readonly keep: number;
  readonly limit: number;
};

/** `found` below the limit of the order: nothing is left. */
export type Batch = { readonly found: number; readonly deleted: number };

/** A table whose rows expire. */
export type ExpiringTable = {
  readonly name: keyof Tables;
  readonly key: string;
  /** Seconds that its rows are kept at least. */
  readonly keep?: number;
  /** What `neededUntil` and `after` have to know of a row. */
  readonly columns?: RawBuilder<unknown>;
  /** Rows that something else needs, and until when. */
  neededUntil?(db: Queries, rows: readonly Expired[], order: Order): Promise<ReadonlyMap<Expired, number>>;
  after?(tx: Queries, rows: readonly Expired[]): Promise<void>;
};

/** For a while people may still ask which key it was that stopped working. */
const API_KEY_KEEP = 90 * 24 * 3600;
/** MariaDB makes a table of a longer list, and reads that. */
export const LARGEST_BATCH = 1000;

/** RFC 6749 section 4.1.2: a used code is known as long as there is something that it revokes when it comes again. */
const USED_CODE = sql`case when kind = 'authorization_code' and used_at is not null then request_id end as request_id`;

/** Consents come after what they wait for. A trust that expired can be listed, so only an operator takes it away. */
export const SWEPT = {
  requests: [
    { name: 'flow_states', key: 'hash' },
    { name: 'logout_requests', key: 'hash' },
    { name: 'logout_notifications', key: 'id' },
    { name: 'throttles', key: 'key_hash' },
    { name: 'account_sessions', key: 'hash' },
    { name: 'ended_logins', key: 'hash' },
  ],
  tokens: [
    { name: 'used_jtis', key: 'hash' },
    { name: 'device_codes', key: 'hash' },
    { name: 'tokens', key: 'id', columns: USED_CODE, neededUntil: codesNeededUntil },
    { name: 'api_keys', key: 'id', keep: API_KEY_KEEP },
  ],
  approvals: [
    { name: 'login_sessions', key: 'sid' },
    {
      name: 'consents',
      key: 'flow_id',
      columns: sql`consent_request_id as request_id, login_session_id`,
      neededUntil: consentsNeededUntil,
    },
  ],
  grants: [{ name: 'trusted_jwt_issuers', key: 'id', columns: sql`issuer, key_id`, after: deleteUntrustedKeys }],
} as const satisfies Record<string, readonly ExpiringTable[]>;

/** What the server sweeps by itself. */
export const EVERYTHING: readonly ExpiringTable[] = [...SWEPT.requests, ...SWEPT.tokens, ...SWEPT.approvals];

/** Deletes the rows of one batch that have expired longest ago. Those that are needed come up again when they are not. */
export async function sweepBatch(db: Database, table: ExpiringTable, order: Order): Promise<Batch> {
  const rows = await findExpired(db.queries, table, order);
  if (rows.length === 0) return { found: 0, deleted: 0 };
  const needed = await (table.neededUntil?.(db.queries, rows, order) ?? new Map<Expired, number>());
  const dead = rows.filter((row) => !needed.has(row));
  const deleted = await write({ db }, async (tx) => {
    await postpone(tx, table, needed, order);
    return deleteExpired(tx, table, dead, order);
  });
  return { found: rows.length, deleted };
}

/** How many rows such batches would delete, up to the limit of the order. */
export async function countExpired(db: Database, table: ExpiringTable, order: Order): Promise<number> {
  const rows = await findExpired(db.queries, table, order);
  let count = 0;
  for (let at = 0; at < rows.length; at += LARGEST_BATCH) {
    const some = rows.slice(at, at + LARGEST_BATCH);
    const needed = await table.neededUntil?.(db.queries, some, { ...order, limit: LARGEST_BATCH });
    count += some.length - (needed?.size ?? 0);
  }
  return count;
}

const cutoffOf = ({ keep = 0 }: ExpiringTable, order: Order): number =>
  order.now - Math.max(order.keep, keep, LEAST_KEEP);

async function findExpired(db: Queries, table: ExpiringTable, order: Order): Promise<Expired[]> {
  const { name, key, columns } = table;
  const { rows } =
    await sql<Expired>`select ${sql.ref(key)} as row_key${columns ? sql`, ${columns}` : sql``} from ${sql.table(name)}
    where expires_at <= ${cutoffOf(table, order)} order by expires_at limit ${order.limit}`.execute(db);
  return rows;
}

/** Only what still is as it was found: a session may have been extended, a window begun anew. */
async function deleteExpired(
  tx: Queries,
  table: ExpiringTable,
  rows: readonly Expired[],
  order: Order,
): Promise<number> {
  if (rows.length === 0) return 0;
  const keys = listOf(
    rows.map(({ row_key }) => row_key),
    order,
  );
  const { numAffectedRows = 0n } = await sql`delete from ${sql.table(table.name)} where ${sql.ref(table.key)} in ${keys}
    and expires_at <= ${cutoffOf(table, order)}`.execute(tx);
  await table.after?.(tx, rows);
  return Number(numAffectedRows);
}

/** All until the last of them is free: what expires together is mostly needed equally long. */
async function postpone(
  tx: Queries,
  { name, key }: ExpiringTable,
  needed: ReadonlyMap<Expired, number>,
  order: Order,
): Promise<void> {
  if (needed.size === 0) return;
  const keys = listOf(
    [...needed.keys()].map(({ row_key }) => row_key),
    order,
  );
  // Later than now in any case, or this row would come up for ever.
  const until = Math.max(order.now, ...needed.values());
  await sql`update ${sql.table(name)} set expires_at = ${until} where ${sql.ref(key)} in ${keys}`.execute(tx);
}

/** As when an administrator deletes the trust: its key goes with it, unless another one needs it. */
async function deleteUntrustedKeys(tx: Queries, rows: readonly Expired[]): Promise<void> {
  for (const { issuer = '', key_id = '' } of rows) {
    if (!(await isKeyTrusted(tx, issuer, key_id))) await deleteKey(tx, issuer, key_id);
  }
}
