import { Command, InvalidArgumentError, Option } from 'commander';
import { durationSeconds, parseDuration } from '../lib/duration.ts';
import type { Database } from '../store/db.ts';
import type { ExpiringTable } from '../store/sweep.ts';
import { collect } from './group.ts';
import { openNamed } from './open_store.ts';

type Options = {
  readonly tokens?: true;
  readonly requests?: true;
  readonly grants?: true;
  readonly limit: number;
  readonly batchSize: number;
  readonly keepIfYounger: number;
  readonly accessLifespan?: number;
  readonly refreshLifespan?: number;
  readonly consentRequestLifespan?: number;
  readonly dryRun?: true;
  readonly config?: readonly string[];
  readonly format: 'table' | 'json';
};

/** Hydra: the flags that said how long rows live. Each row says so itself, and is never deleted before. */
const LIFESPANS = [
  ['--access-lifespan', 'accessLifespan'],
  ['--refresh-lifespan', 'refreshLifespan'],
  ['--consent-request-lifespan', 'consentRequestLifespan'],
] as const;

/** What the server does by itself, once and by hand; and the trusts that expired, which it leaves alone. */
export function janitorCommand(): Command {
  const command = new Command('janitor')
    .description('Deletes what has expired from the database. A server that runs does so by itself.')
    .argument('[database_url]', 'the DSN; else that of the configuration or of the environment')
    .option('-c, --config <file>', 'configuration file (YAML, JSON or TOML); may be repeated', collect)
    .option('-e, --read-from-env', 'take the DSN from the environment variable DSN')
    .option('--tokens', 'codes, tokens, device codes, used assertions, and API keys that expired 90 days ago')
    .option('--requests', 'login, consent and logout requests, login sessions, and consents that nobody can ask for')
    .option('--grants', 'trusted issuers of JWT bearer assertions')
    .option('--limit <rows>', 'rows of a table at most', positive, 10_000)
    .option('--batch-size <rows>', 'rows in one statement, at most 1000', positive, 100)
    .option('--keep-if-younger <duration>', 'keep what expired less than this ago; half an hour at least', duration, 0)
    .option('--dry-run', 'count, and delete nothing')
    .addOption(
      new Option('--format <format>', 'for people or for programs').choices(['table', 'json']).default('table'),
    )
    .action(run);
  for (const [flag] of LIFESPANS) {
    command.option(`${flag} <duration>`, 'accepted for compatibility; each row says itself when it expires', duration);
  }
  return command;
}

async function run(dsn: string | undefined, options: Options, self: Command): Promise<void> {
  checkOptions(options, self);
  const [{ refusal }, { LARGEST_BATCH }] = await Promise.all([
    import('../store/migrate.ts'),
    import('../store/sweep.ts'),
  ]);
  const db = await openNamed(dsn, options.config ?? []);
  try {
    const reason = await refusal(db);
    if (reason) self.error(`error: ${reason}`);
    const batchSize = Math.min(options.batchSize, LARGEST_BATCH);
    show(await sweepTables(db, await tablesOf(options), { ...options, batchSize }), options);
  } finally {
    await db.close();
  }
}

function checkOptions(options: Options, self: Command): void {
  const { tokens, requests, grants, limit, batchSize } = options;
  if (!tokens && !requests && !grants) {
    self.error("error: say what to delete: at least one of '--tokens', '--requests' and '--grants'.");
  }
  if (limit < batchSize) self.error("error: '--limit' must not be smaller than '--batch-size'.");
  for (const [flag, name] of LIFESPANS) {
    if (options[name] === undefined) continue;
    console.error(`note: '${flag}' does nothing: each row says itself when it expires`);
  }
}

async function tablesOf({ tokens, requests, grants }: Options): Promise<ExpiringTable[]> {
  const { SWEPT } = await import('../store/sweep.ts');
  return [
    ...(tokens ? SWEPT.tokens : []),
    ...(requests ? [...SWEPT.requests, ...SWEPT.approvals] : []),
    ...(grants ? SWEPT.grants : []),
  ];
}

type Counts = Readonly<Record<string, number>>;

async function sweepTables(db: Database, tables: readonly ExpiringTable[], options: Options): Promise<Counts> {
  const { countExpired } = await import('../store/sweep.ts');
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const order = { now: Math.floor(Date.now() / 1000), keep: options.keepIfYounger, limit: options.limit };
    counts[table.name] = options.dryRun ? await countExpired(db, table, order) : await sweepTable(db, table, options);
    console.error(`${table.name}: ${counts[table.name]} ${options.dryRun ? 'could be deleted' : 'deleted'}`);
  }
  return counts;
}

/** Milliseconds between two words about a table that takes long. */
const SILENCE = 2_000;

async function sweepTable(db: Database, table: ExpiringTable, options: Options): Promise<number> {
  const { sweepBatch } = await import('../store/sweep.ts');
  let total = 0;
  let spoke = performance.now();
  for (;;) {
    const limit = Math.min(options.batchSize, options.limit - total);
    const order = { now: Math.floor(Date.now() / 1000), keep: options.keepIfYounger, limit };
    const { found, deleted } = await sweepBatch(db, table, order);
    total += deleted;
    if (found < limit || total >= options.limit) return total;
    if (performance.now() - spoke < SILENCE) continue;
    console.error(`${table.name}: ${total} so far`);
    spoke = performance.now();
  }
}

function show(counts: Counts, { dryRun, format }: Options): void {
  const text = JSON.stringify({ dry_run: dryRun === true, rows: counts }, null, 2);
  if (format === 'json') console.log(text);
  else
    console.table(Object.entries(counts).map(([table, rows]) => ({ table, [dryRun ? 'expired' : 'deleted']: rows })));
}

function positive(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number, 1 or more.');
}

/** Go's notation, in seconds. */
function duration(text: string): number {
  const nanoseconds = parseDuration(text);
  if (nanoseconds !== undefined && nanoseconds >= 0n) return durationSeconds(nanoseconds);
  throw new InvalidArgumentError('It must be a duration such as 24h or 1h30m.');
}
