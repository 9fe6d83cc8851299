import type { Kysely } from 'kysely';
import type { Migration as KyselyMigration } from 'kysely/migration';
import type { Database } from './db.ts';
import type { Migration } from './migrations/index.ts';
import type { Queries } from './tables.ts';

type Migrations = Readonly<Record<string, Migration>>;

/**
 * Migrations as the migrator takes them. An engine that changes tables in transactions does each as a whole. Another one may
 * leave a part of it, so there a row says that it has begun, and what it finds done when it begins again is no error.
 */
export const resumable = (db: Database, migrations: Migrations): Record<string, KyselyMigration> =>
  Object.fromEntries(
    Object.entries(migrations).map(([name, migration]) => [
      name,
      db.dialect.hasTransactionalDdl ? whole(db, migration) : inParts(db, name, migration),
    ]),
  );

const whole = ({ dialect }: Database, { up, down }: Migration): KyselyMigration => ({
  up: (schema) => up(schema, dialect),
  down: (schema) => down(schema, dialect),
});

const inParts = (db: Database, name: string, { up, down }: Migration): KyselyMigration => ({
  async up() {
    const isFirst = await begins(db, name);
    try {
      await up(schemaOf(isFirst ? db.schema : db.repeatable), db.dialect);
    } catch (error) {
      // What is there before the first time is somebody else's.
      if (isFirst && db.dialect.isRepeated(error)) await forget(db, name);
      throw error;
    }
  },
  async down() {
    await down(schemaOf(db.repeatable), db.dialect);
    await forget(db, name);
  },
});

/** A migration knows no tables but those that it makes. */
const schemaOf = (queries: Queries) => queries as unknown as Kysely<unknown>;

const rowOf = (migration: string) => ({ name: `begun: ${migration}`, holder: '', expires_at: 0 });

/** True where it has not begun before. The row stays: nobody knows whether the end will be recorded. */
async function begins({ schema }: Database, migration: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await schema
    .insertInto('leases')
    .values(rowOf(migration))
    .onConflict((conflict) => conflict.column('name').doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

async function forget({ schema }: Database, migration: string): Promise<void> {
  await schema.deleteFrom('leases').where('name', '=', rowOf(migration).name).execute();
}
