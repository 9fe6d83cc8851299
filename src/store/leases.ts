import type { Database } from './db.ts';
import { tableMaker } from './migrations/table.ts';
import type { Queries } from './tables.ts';
import { write } from './write.ts';

/**
 * What one server does at a time, for as long as it says so: a row, because not every engine has other locks that all
 * servers see. Its time is that of the servers' clocks, which may differ by a few seconds.
 */
export type Lease = {
  readonly name: string;
  /** Whoever asks, the same for every renewal. */
  readonly holder: string;
};

/** True for the one who has it until `until`; asked again, it is renewed. Milliseconds. */
export function acquireLease(db: Database, lease: Lease, now: number, until: number): Promise<boolean> {
  return write({ db }, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('leases')
      .set({ holder: lease.holder, expires_at: until })
      .where('name', '=', lease.name)
      .where((is) => is.or([is('expires_at', '<=', now), is('holder', '=', lease.holder)]))
      .executeTakeFirst();
    return numUpdatedRows === 1n || insertLease(tx, lease, until);
  });
}

async function insertLease(tx: Queries, { name, holder }: Lease, expires_at: number): Promise<boolean> {
  const result = await tx
    .insertInto('leases')
    .values({ name, holder, expires_at })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .executeTakeFirstOrThrow();
  return result.numInsertedOrUpdatedRows === 1n;
}

export function releaseLease(db: Database, { name, holder }: Lease): Promise<void> {
  return write({ db }, async (tx) => {
    await tx.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute();
  });
}

/** Keeps every other write that takes the same name waiting until this one is over. */
export async function takeTurn(tx: Queries, name: string): Promise<void> {
  const row = { name: `turn: ${name}`, holder: '', expires_at: 0 };
  await tx
    .insertInto('leases')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ expires_at: 0 }))
    .execute();
}

/** Migrations need it before the first of them. Of servers that create it at once, PostgreSQL fails all but one. */
export async function createLeases(db: Database): Promise<void> {
  await createTable(db).catch(() => createTable(db));
}

async function createTable({ schema, dialect }: Database): Promise<void> {
  const { name } = dialect.columns;
  await tableMaker(
    schema,
    dialect,
  )('leases')
    .ifNotExists()
    .addColumn('name', name(255), (column) => column.primaryKey())
    .addColumn('holder', name(64), (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
}
