import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Migration as KyselyMigration } from 'kysely/migration';
import { Migrator } from 'kysely/migration';
import type { Database } from './db.ts';
import { acquireLease, createLeases, releaseLease } from './leases.ts';
import { migrations } from './migrations/index.ts';

const TABLE = 'gatehouse_migrations';
/** What migrating itself needs. */
const OWN_TABLES = ['leases', TABLE, `${TABLE}_lock`];

export type MigrationStatus = {
  /** Known to this version and applied, oldest first. */
  readonly applied: readonly string[];
  /** Known to this version and not applied yet. */
  readonly pending: readonly string[];
  /** Applied by a later version. */
  readonly unknown: readonly string[];
};

function migratorOf(db: Database): Migrator {
  const provided = Object.entries(migrations).map(([name, { up, down }]): [string, KyselyMigration] => [
    name,
    { up: (schema) => up(schema, db.dialect), down: (schema) => down(schema, db.dialect) },
  ]);
  return new Migrator({
    db: db.schema,
    provider: { getMigrations: async () => Object.fromEntries(provided) },
    migrationTableName: TABLE,
    migrationLockTableName: `${TABLE}_lock`,
  });
}

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
  return migrate(db, (migrator) => migrator.migrateToLatest());
}

/** Takes the latest migration back and returns its name, with what it had added. */
export const migrateDown = (db: Database): Promise<string[]> => migrate(db, (migrator) => migrator.migrateDown());

const LEASE_NAME = 'migration';
/** A server that dies while it migrates is followed by another after this time, in milliseconds. */
const LEASE_TIME = 30_000;
const RENEWAL = 10_000;
const POLL = 250;
/** How long a change of tables may stand in the way of those who write, in seconds, and how often it is tried. */
const LOCK_TIMEOUT = 5;
const TRIES = 12;

type Run = (migrator: Migrator) => ReturnType<Migrator['migrateToLatest']>;

/** One server at a time: the others wait until it is done, and find nothing left to do. */
async function migrate(db: Database, run: Run): Promise<string[]> {
  await createLeases(db);
  const lease = { name: LEASE_NAME, holder: randomUUID() };
  const renew = () => acquireLease(db, lease, Date.now(), Date.now() + LEASE_TIME);
  while (!(await renew())) await sleep(POLL);
  const timer = setInterval(() => void renew().catch(() => {}), RENEWAL);
  try {
    await db.dialect.lockTimeout(LOCK_TIMEOUT)?.execute(db.schema);
    return await attempt(db, run, TRIES);
  } finally {
    clearInterval(timer);
    await releaseLease(db, lease);
  }
}

/** A table that is in use may not come free in time; the engine takes the whole migration back, or stops before its step. */
async function attempt(db: Database, run: Run, tries: number): Promise<string[]> {
  const { error, results = [] } = await run(migratorOf(db));
  const done = results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName);
  if (!error) return done;
  if (tries <= 1 || !/lock timeout|lock wait timeout/i.test(String(error))) throw error;
  await sleep(POLL * (1 + Math.random()));
  return [...done, ...(await attempt(db, run, tries - 1))];
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
    return `The database lacks ${pending.length === 1 ? 'the migration' : 'the migrations'} ${pending.join(', ')}: run 'gatehouse migrate sql up -e --yes' with the same DSN, or start with --migrate.`;
  }
  return undefined;
}

/** Nothing in it yet, or somebody is about to put the first tables there: it may migrate itself. */
export async function isFreshDatabase(db: Database): Promise<boolean> {
  const tables = await db.schema.introspection.getTables({ withInternalKyselyTables: true });
  const names = tables.map(({ name }) => name);
  if (names.every((name) => OWN_TABLES.includes(name))) return true;
  return names.includes('leases') && !(await recordedMigrations(db)).length;
}
