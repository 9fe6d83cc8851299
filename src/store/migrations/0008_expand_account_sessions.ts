import type { Kysely } from 'kysely';
import type { Dialect } from '../dialects/dialect.ts';
import { tableMaker } from './table.ts';

/** Whoever is signed in on our own pages is so until the account is gone. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { name, hash } = dialect.columns;
  await tableMaker(
    db,
    dialect,
  )('account_sessions')
    .addColumn('hash', hash, (column) => column.primaryKey())
    .addColumn('subject', name(40), (column) => column.notNull().references('accounts.subject').onDelete('cascade'))
    .addColumn('password_version', name(64), (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('account_sessions_subject').on('account_sessions').column('subject').execute();
  await db.schema.createIndex('account_sessions_expiry').on('account_sessions').column('expires_at').execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('account_sessions').execute();
}
