import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Database } from '../store/db.ts';
import type { MigrationStatus } from '../store/migrate.ts';
import { collect, group } from './group.ts';
import { lineOf, linesOf, tableOf } from './migration_table.ts';
import { openNamed } from './open_store.ts';

type DatabaseOptions = { readonly config?: readonly string[]; readonly readFromEnv?: true };
type UpOptions = DatabaseOptions & { readonly yes?: true };
type DownOptions = UpOptions & { readonly steps?: number };
type StatusOptions = DatabaseOptions & {
  readonly block?: true;
  readonly quiet?: true;
  readonly format: 'table' | 'json';
};

export const migrateCommand = (): Command =>
  group('migrate', 'Changes the database to the tables of this version.')
    .addCommand(
      upCommand('sql', 'Deprecated without `up`, which it means.')
        .enablePositionalOptions()
        .addCommand(upCommand('up', 'Applies the migrations that are pending.'))
        .addCommand(downCommand())
        .addCommand(statusCommand('Shows which migrations are applied, and since when.')),
    )
    .addCommand(statusCommand('Deprecated: `migrate sql status`.'));

const databaseCommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .argument('[database_url]', 'the DSN; else that of the configuration or of the environment')
    .option('-c, --config <file>', 'configuration file (YAML, JSON or TOML); may be repeated', collect)
    .option('-e, --read-from-env', 'take the DSN from the environment variable DSN');

const upCommand = (name: string, description: string): Command =>
  databaseCommand(name, description).option('-y, --yes', 'do not ask').action(up);

const downCommand = (): Command =>
  databaseCommand('down', 'Takes back the migrations that were applied last, with all that is stored in their tables.')
    .option('-y, --yes', 'do not ask')
    .option('--steps <number>', 'how many of them', positive)
    .action(down);

const statusCommand = (description: string): Command =>
  databaseCommand('status', description)
    .option('--block', 'wait until nothing is pending')
    .option('-q, --quiet', 'show the versions alone')
    .addOption(
      new Option('--format <format>', 'for people or for programs').choices(['table', 'json']).default('table'),
    )
    .action(status);

async function up(dsn: string | undefined, options: UpOptions, command: Command): Promise<void> {
  const { migrationStatus, migrateUp } = await import('../store/migrate.ts');
  await withDatabase(dsn, options, async (db) => {
    const found = await migrationStatus(db);
    console.log(tableOf(linesOf(found)));
    if (found.pending.length === 0) return console.log('\nNothing to do: the database is up to date.');
    if (!options.yes && !(await confirm(command, 'Apply the pending migrations?')))
      return console.log('Nothing was changed.');
    console.log(`\nApplied ${listOf(await migrateUp(db, { tell }))}.`);
  });
}

async function down(dsn: string | undefined, options: DownOptions, command: Command): Promise<void> {
  const { steps } = options;
  if (steps === undefined) command.error("error: say how many migrations to take back: '--steps 1' for the last one.");
  const { migrationStatus, migrateDown, planDown } = await import('../store/migrate.ts');
  await withDatabase(dsn, options, async (db) => {
    const found = await migrationStatus(db);
    const plan = planDown(found, steps);
    if (plan.length === 0) return console.log('Nothing to do: no migration is applied.');
    console.log(tableOf(plan.map((name) => lineOf(name, 'To be taken back', found.times))));
    const question = 'Take back these migrations, and lose what is stored in their tables and columns?';
    if (!options.yes && !(await confirm(command, question))) return console.log('Nothing was changed.');
    console.log(`\nTook back ${listOf(await migrateDown(db, plan, { tell }))}.`);
  });
}

const tell = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

/** Milliseconds between two looks. */
const POLL = 1_000;

async function status(dsn: string | undefined, options: StatusOptions): Promise<void> {
  const { migrationStatus } = await import('../store/migrate.ts');
  await withDatabase(dsn, options, async (db) => {
    let found = await migrationStatus(db);
    if (options.block) found = await untilApplied(found, () => migrationStatus(db));
    const lines = linesOf(found);
    if (options.quiet) for (const { version } of lines) console.log(version);
    else console.log(options.format === 'json' ? JSON.stringify(lines, null, 2) : tableOf(lines));
  });
}

async function untilApplied(first: MigrationStatus, look: () => Promise<MigrationStatus>): Promise<MigrationStatus> {
  if (first.pending.length > 0) console.error(`Waiting for ${listOf(first.pending)}.`);
  let found = first;
  while (found.pending.length > 0) {
    await sleep(POLL);
    found = await look();
  }
  return found;
}

async function withDatabase(
  dsn: string | undefined,
  { config = [] }: DatabaseOptions,
  work: (db: Database) => Promise<void>,
): Promise<void> {
  const db = await openNamed(dsn, config);
  try {
    await work(db);
  } finally {
    await db.close();
  }
}

const listOf = (names: readonly string[]): string => names.join(', ') || 'nothing: somebody else was faster';

/** A terminal or a pipe may answer. Whoever cannot be asked has to say `--yes`. */
async function confirm(command: Command, question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin });
  process.stdout.write(`\n${question} [y/N] `);
  const answer = await Promise.race([once(lines, 'line'), once(lines, 'close').then(() => [])]);
  lines.close();
  if (typeof answer[0] !== 'string') command.error('error: nobody answered: pass --yes to go on without a question');
  return /^y(es)?$/i.test(answer[0].trim());
}

function positive(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number, 1 or more.');
}
