import type { Kysely } from 'kysely';
import type { Dialect } from '../dialects/dialect.ts';

/** What expires is found by an index. A consent without a time, as the previous version writes it, is kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('consents').addColumn('expires_at', 'bigint').execute();
  for (const table of TABLES) {
    await db.schema.createIndex(`${table}_expiry`).on(table).column('expires_at').execute();
  }
}

export async function down(db: Kysely<unknown>, { engine }: Dialect): Promise<void> {
  for (const table of TABLES) {
    const drop = db.schema.dropIndex(`${table}_expiry`);
    await (engine === 'mysql' ? drop.on(table) : drop).execute();
  }
  await db.schema.alterTable('consents').dropColumn('expires_at').execute();
}

const TABLES = ['consents', 'logout_notifications', 'api_keys'] as const;
