import type { Kysely } from 'kysely';
import type { Dialect } from '../dialects/dialect.ts';
import { tableMaker } from './table.ts';

/** What has ended stays known for a while, so that nothing that is on its way brings it back. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await tableMaker(
    db,
    dialect,
  )('ended_logins')
    .addColumn('hash', dialect.columns.hash, (column) => column.primaryKey())
    .addColumn('ended_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('ended_logins_expiry').on('ended_logins').column('expires_at').execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('ended_logins').execute();
}
