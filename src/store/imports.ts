import type { Kysely } from 'kysely';
import type { Queries, Tables } from './tables.ts';

/** Where imported rows go, and what tells them apart. */
export type Destination = { readonly table: keyof Tables; readonly key: readonly string[] };

/** A row of any table. */
export type Row = Readonly<Record<string, unknown>>;

/** Every table is written in the same way, and TypeScript cannot follow that. */
const anyTable = (db: Queries) => db as unknown as Kysely<Record<string, Record<string, unknown>>>;

/** Leaves those alone that are there already. Returns how many were not. */
export async function insertMissing(tx: Queries, { table, key }: Destination, rows: readonly Row[]): Promise<number> {
  const result = await anyTable(tx)
    .insertInto(table)
    .values([...rows])
    .onConflict((conflict) => conflict.columns(key).doNothing())
    .executeTakeFirstOrThrow();
  return Number(result.numInsertedOrUpdatedRows);
}

/** The identities of those that are there. */
export async function listPresent(
  db: Queries,
  { table, key }: Destination,
  rows: readonly Row[],
): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  const [only = '', ...others] = key;
  const found = await anyTable(db)
    .selectFrom(table)
    .select([...key])
    .where((is) =>
      others.length === 0
        ? is(
            only,
            'in',
            rows.map((row) => row[only]),
          )
        : is.or(rows.map((row) => is.and(key.map((column) => is(column, '=', row[column]))))),
    )
    .execute();
  return new Set(found.map((row) => identityOf(key, row)));
}

export const identityOf = (key: readonly string[], row: Row): string =>
  JSON.stringify(key.map((column) => textOf(row[column])));

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);

export async function isImportFinished(db: Queries, source: string): Promise<boolean> {
  const row = await db.selectFrom('imports').select('source').where('source', '=', source).executeTakeFirst();
  return row !== undefined;
}

export async function finishImport(tx: Queries, source: string, finished_at: number): Promise<void> {
  await tx
    .insertInto('imports')
    .values({ source, finished_at })
    .onConflict((conflict) => conflict.column('source').doUpdateSet({ finished_at }))
    .execute();
}
