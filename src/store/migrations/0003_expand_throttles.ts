import type { Kysely } from 'kysely';
import type { Dialect } from '../dialects/dialect.ts';
import { tableMaker } from './table.ts';

/** Failures are counted where every server sees them. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await tableMaker(
    db,
    dialect,
  )('throttles')
    .addColumn('key_hash', dialect.columns.hash, (column) => column.primaryKey())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('throttles_expiry').on('throttles').column('expires_at').execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('throttles').execute();
}
