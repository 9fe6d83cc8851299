import { type RawBuilder, sql } from 'kysely';
import type { Queries, Tables } from './tables.ts';

/** A column of sealed values, and the one that names its row. */
export type SealedColumn = {
  readonly table: keyof Tables;
  readonly key: string;
  readonly column: string;
  /** A column that the purpose of a value depends on. */
  readonly context?: string;
};

export type SealedRow = {
  readonly id: string | number | Uint8Array;
  readonly sealed: Uint8Array;
  readonly context: string | null;
};

/** Where keys/seal.ts has the id of the secret, and that of the one before a value was sealed again. */
const keyId = (column: RawBuilder<unknown>) => sql`substr(${column}, 2, 4)`;
const firstKeyId = (column: RawBuilder<unknown>) =>
  sql`case when substr(${column}, 1, 1) = ${Buffer.of(2)} then substr(${column}, 6, 4) else substr(${column}, 2, 4) end`;

type Range = { readonly after: SealedRow['id'] | undefined; readonly limit: number };

/** Those that are sealed under another secret than the one with this id, in the order of their keys. */
export async function listSealedOtherwise(
  db: Queries,
  { table, key, column, context }: SealedColumn,
  key_id: Uint8Array,
  { after, limit }: Range,
): Promise<readonly SealedRow[]> {
  const { rows } = await sql<SealedRow>`
    select ${sql.ref(key)} as id, ${sql.ref(column)} as sealed, ${context ? sql.ref(context) : sql`null`} as context
    from ${sql.table(table)}
    where ${keyId(sql.ref(column))} <> ${key_id} ${after === undefined ? sql`` : sql`and ${sql.ref(key)} > ${after}`}
    order by ${sql.ref(key)} limit ${sql.lit(limit)}`.execute(db);
  return rows;
}

/** Only while it is still what was read. */
export async function replaceSealed(
  tx: Queries,
  { table, key, column }: SealedColumn,
  { id, sealed }: SealedRow,
  resealed: Uint8Array,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update ${sql.table(table)} set ${sql.ref(column)} = ${resealed}
    where ${sql.ref(key)} = ${id} and ${sql.ref(column)} = ${sealed}`.execute(tx);
  return numAffectedRows === 1n;
}

export type SealedCount = { readonly key_id: Uint8Array; readonly count: number };

/** How many there are by secret. Reads them all. */
export async function countSealed(db: Queries, { table, column }: SealedColumn): Promise<readonly SealedCount[]> {
  const { rows } = await sql<{ key_id: Uint8Array; count: number | string }>`
    select ${keyId(sql.ref(column))} as key_id, count(*) as count from ${sql.table(table)}
    where ${sql.ref(column)} is not null group by 1`.execute(db);
  return rows.map(({ key_id, count }) => ({ key_id, count: Number(count) }));
}

export type Issued = {
  /** Of the secret that was the first one then. */
  readonly key_id: Uint8Array;
  readonly count: number;
  /** Seconds since 1970. */
  readonly last_issued_at: number;
  /** When the last of those expires that do. */
  readonly expires_at: number;
  /** How many never do. */
  readonly endless: number;
};

type Raw<Row> = { readonly [Name in keyof Row]: Row[Name] | string | null };

/** What is alive of the tokens that were issued under each secret. One that was used is alive until `used_since`. */
export async function countIssued(db: Queries, now: number, used_since: number): Promise<readonly Issued[]> {
  const { rows } = await sql<Raw<Issued> & { key_id: Uint8Array }>`
    select ${firstKeyId(sql.ref('session'))} as key_id, count(*) as count, max(issued_at) as last_issued_at,
      max(expires_at) as expires_at, sum(case when expires_at is null then 1 else 0 end) as endless
    from tokens
    where (expires_at is null or expires_at > ${now}) and (used_at is null or used_at > ${used_since})
    group by 1`.execute(db);
  return rows.map(({ key_id, count, last_issued_at, expires_at, endless }) => ({
    key_id,
    count: Number(count),
    last_issued_at: Number(last_issued_at),
    expires_at: Number(expires_at),
    endless: Number(endless),
  }));
}

/** When a consent was last asked for under each secret: the logins of that time have their cookies from it. */
export async function lastConsents(
  db: Queries,
): Promise<readonly { readonly key_id: Uint8Array; readonly requested_at: number }[]> {
  const { rows } = await sql<{ key_id: Uint8Array; requested_at: number | string }>`
    select ${firstKeyId(sql.ref('details'))} as key_id, max(requested_at) as requested_at
    from consents group by 1`.execute(db);
  return rows.map(({ key_id, requested_at }) => ({ key_id, requested_at: Number(requested_at) }));
}

/** The logins that began until then and last: how many, and until when. */
export async function countLoginsUntil(
  db: Queries,
  authenticated_until: number,
  now: number,
): Promise<{ readonly count: number; readonly expires_at: number }> {
  const { count, expires_at } = await db
    .selectFrom('login_sessions')
    .select(({ fn }) => [fn.countAll<string>().as('count'), fn.max('expires_at').as('expires_at')])
    .where('authenticated_at', '<=', authenticated_until)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
  return { count: Number(count), expires_at: Number(expires_at) };
}
