import type { Kysely } from 'kysely';
import type { Dialect } from '../dialects/dialect.ts';
import { tableMaker } from './table.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { name, text, hash } = dialect.columns;
  await tableMaker(
    db,
    dialect,
  )('api_keys')
    .addColumn('id', name(40), (column) => column.primaryKey())
    .addColumn('name', name(255), (column) => column.notNull())
    .addColumn('hash', hash, (column) => column.notNull())
    .addColumn('scope', text, (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .execute();
  await db.schema.createIndex('api_keys_hash').on('api_keys').column('hash').unique().execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('api_keys').execute();
}
