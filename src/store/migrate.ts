import { Migrator } from 'kysely/migration';
import type { Database } from './db.ts';
import { migrations } from './migrations/index.ts';

const TABLE = 'gatehouse_migrations';

export type MigrationStatus = {
  /** Known to this version and applied, oldest first. */
  readonly applied: readonly string[];
  /** Known to this version and not applied yet. */
  readonly pending: readonly string[];
  /** Applied by a later version. */
  readonly unknown: readonly string[];
};

const migratorOf = (db: Database): Migrator =>
  new Migrator({
    db: db.schema,
    provider: { getMigrations: async () => migrations },
    migrationTableName: TABLE,
    migrationLockTableName: `${TABLE}_lock`,
  });

export async function migrationStatus(db: Database): Promise<MigrationStatus> {
  const recorded = await recordedMigrations(db);
  const known = Object.keys(migrations);
  return {
    applied: known.filter((name) => recorded.includes(name)),
    pending: known.filter((name) => !recorded.includes(name)),
    unknown: recorded.filter((name) => !known.includes(name)),
  };
}

async function recordedMigrations(db: Database): Promise<string[]> {
  const tables = await db.schema.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === TABLE)) return [];
  // The table is Kysely's own, not one of ours.
  const rows = await db.schema.withTables<{ [TABLE]: { name: string } }>().selectFrom(TABLE).select('name').execute();
  return rows.map((row) => row.name);
}

/** Applies what is pending and returns the names. Throws the error of the migration that failed. */
export async function migrateUp(db: Database): Promise<string[]> {
  if ((await migrationStatus(db)).pending.length === 0) return [];
  const { error, results = [] } = await migratorOf(db).migrateToLatest();
  if (error) throw error;
  return results.map((result) => result.migrationName);
}

/**
 * Whether this version may serve: undefined, or one sentence that says what to run. A database from a later version is
 * fine as long as that version only added to it.
 */
export async function refusal(db: Database): Promise<string | undefined> {
  const { pending, unknown } = await migrationStatus(db);
  const contracted = unknown.filter((name) => name.includes('_contract_'));
  if (contracted.length > 0) {
    return `The database was changed by a later version of Gatehouse (${contracted.join(', ')}): start that version or a newer one.`;
  }
  if (pending.length > 0) {
    return `The database lacks ${pending.length === 1 ? 'the migration' : 'the migrations'} ${pending.join(', ')}: run 'gatehouse migrate sql up -e --yes' with the same DSN.`;
  }
  return undefined;
}

/** Nothing in it yet: it may migrate itself. */
export async function isEmptyDatabase(db: Database): Promise<boolean> {
  const tables = await db.schema.introspection.getTables({ withInternalKyselyTables: true });
  return tables.length === 0;
}
