import type { Kysely } from 'kysely';
import type { Dialect } from '../dialects/dialect.ts';
import { tableMaker } from './table.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await tableMaker(
    db,
    dialect,
  )('imports')
    .addColumn('source', dialect.columns.name(64), (column) => column.primaryKey())
    .addColumn('finished_at', 'bigint', (column) => column.notNull())
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('imports').execute();
}
