import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MigrationResultSet, Migrator, NO_MIGRATIONS } from 'kysely/migration';
import type { Database } from './db.ts';
import { acquireLease, createLeases, releaseLease } from './leases.ts';
import { migrations } from './migrations/index.ts';
import { resumable } from './resumable.ts';

const TABLE = 'gatehouse_migrations';
/** What migrating itself needs. */
const OWN_TABLES = ['leases', TABLE, `${TABLE}_lock`];

/** Why the tables were not changed: one sentence. */
export class MigrationError extends Error {}

export type MigrationStatus = {
  /** Known to this version and applied, oldest first. */
  readonly applied: readonly string[];
  /** Known to this version and not applied yet. */
  readonly pending: readonly string[];
  /** Applied by a later version. */
  readonly unknown: readonly string[];
  /** When each was applied: RFC 3339. */
  readonly times: ReadonlyMap<string, string>;
};

export async function migrationStatus(db: Database): Promise<MigrationStatus> {
  const times = await recordedMigrations(db);
  const known = Object.keys(migrations);
  return {
    applied: known.filter((name) => times.has(name)),
    pending: known.filter((name) => !times.has(name)),
    unknown: [...times.keys()].filter((name) => !known.includes(name)).sort(),
    times,
  };
}

async function recordedMigrations(db: Database): Promise<Map<string, string>> {
  const tables = await db.schema.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === TABLE)) return new Map();
  // The table is Kysely's own, not one of ours.
  const own = db.schema.withTables<{ [TABLE]: { name: string; timestamp: string } }>();
  const rows = await own.selectFrom(TABLE).select(['name', 'timestamp']).execute();
  return new Map(rows.map(({ name, timestamp }) => [name, timestamp]));
}

/** How long tables that others use are waited for, in seconds: by one statement, and by all attempts. */
export type Patience = { readonly statement: number; readonly total: number };

/** A statement that waits keeps those who come after it waiting too. */
const PATIENCE: Patience = { statement: 5, total: 60 };

/** What whoever waits is told: a sentence now and then. */
export type Migrating = { readonly patience?: Patience; readonly tell?: (sentence: string) => void };

/** Applies what is pending and returns the names. Throws MigrationError where it cannot be, and may be tried again. */
export async function migrateUp(db: Database, migrating: Migrating = {}): Promise<readonly string[]> {
  if ((await migrationStatus(db)).pending.length === 0) return [];
  return alone(db, migrating, async () => {
    const { pending, unknown } = await migrationStatus(db);
    if (pending.length === 0) return [];
    refuseLater(unknown);
    await attempts(db, migrating, (migrator) => migrator.migrateToLatest());
    return pending;
  });
}

/** What `migrateDown` takes back, the last one first. */
export const planDown = ({ applied }: MigrationStatus, steps: number): readonly string[] =>
  applied.toReversed().slice(0, steps);

/** Takes back what was planned, with all that is stored in it. Throws MigrationError like `migrateUp`. */
export function migrateDown(
  db: Database,
  plan: readonly string[],
  migrating: Migrating = {},
): Promise<readonly string[]> {
  return alone(db, migrating, async () => {
    const status = await migrationStatus(db);
    refuseLater(status.unknown);
    if (planDown(status, plan.length).join() !== plan.join()) {
      throw new MigrationError('Somebody else has changed the database meanwhile: look at its status and try again.');
    }
    const rest = status.applied.at(-plan.length - 1) ?? NO_MIGRATIONS;
    await attempts(db, migrating, (migrator) => migrator.migrateTo(rest));
    return plan;
  });
}

function refuseLater(unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new MigrationError(
    `The database was changed by a later version of Gatehouse (${unknown.join(', ')}): only that version can change it.`,
  );
}

const LEASE_NAME = 'migration';
/** A server that dies while it migrates is followed by another after this time, in milliseconds. */
const LEASE_TIME = 30_000;
const RENEWAL = 10_000;
const POLL = 250;
const REMINDER = 10_000;

/** One server at a time: the others wait until it is done. */
async function alone<T>(db: Database, migrating: Migrating, work: () => Promise<T>): Promise<T> {
  await unhindered(db, migrating, () => createLeases(db));
  const lease = { name: LEASE_NAME, holder: randomUUID() };
  const renew = () => acquireLease(db, lease, Date.now(), Date.now() + LEASE_TIME);
  const waiting = reminder(migrating, 'Another process is changing the tables: waiting until it is done.');
  while (!(await renew())) {
    waiting();
    await sleep(POLL);
  }
  const timer = setInterval(() => void renew().catch(() => {}), RENEWAL);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    // It ends by itself, and what went wrong before matters more.
    await releaseLease(db, lease).catch(() => {});
  }
}

/** Tells it the first time, and each ten seconds from then on. */
function reminder({ tell }: Migrating, sentence: string): () => void {
  let next = 0;
  return () => {
    if (performance.now() < next) return;
    next = performance.now() + REMINDER;
    tell?.(sentence);
  };
}

function attempts(db: Database, migrating: Migrating, run: (migrator: Migrator) => Promise<MigrationResultSet>) {
  const { statement } = migrating.patience ?? PATIENCE;
  return unhindered(db, migrating, async () => {
    await db.dialect.lockTimeout(statement)?.execute(db.schema);
    const { error } = await run(migratorOf(db));
    if (error) throw error;
  });
}

const migratorOf = (db: Database): Migrator =>
  new Migrator({
    db: db.schema,
    provider: { getMigrations: async () => resumable(db, migrations) },
    migrationTableName: TABLE,
    migrationLockTableName: `${TABLE}_lock`,
  });

/** Tries until nobody holds what `work` needs, and gives up in the end. What was tried may be tried again. */
async function unhindered(db: Database, migrating: Migrating, work: () => Promise<void>): Promise<void> {
  const { total } = migrating.patience ?? PATIENCE;
  const deadline = performance.now() + total * 1000;
  const waiting = reminder(migrating, `Something else keeps the tables locked: trying for up to ${total} seconds.`);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!db.dialect.isHeld(error)) throw understood(error);
      if (performance.now() > deadline) throw new MigrationError(HELD, { cause: error });
    }
    waiting();
    await sleep(POLL * (1 + Math.random()));
  }
}

const HELD =
  'The tables could not be changed because something else keeps them locked, such as a long transaction or a backup: try again when it has ended.';

/** The one failure that an operator mends. */
const understood = (error: unknown): unknown =>
  error instanceof Error && /already exists/i.test(error.message)
    ? new MigrationError(
        `The database has something of this name that is not of Gatehouse (${error.message}): give Gatehouse a database, or a schema, of its own.`,
        { cause: error },
      )
    : error;

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
  return names.includes('leases') && (await recordedMigrations(db)).size === 0;
}
