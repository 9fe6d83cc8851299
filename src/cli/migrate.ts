import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import type { MigrationStatus } from '../store/migrate.ts';
import { collect, group } from './group.ts';

type MigrateOptions = { readonly config?: readonly string[]; readonly readFromEnv?: true; readonly yes?: true };

export const migrateCommand = (): Command =>
  group('migrate', 'Changes the database to the tables of this version.').addCommand(
    upCommand('sql', 'Deprecated without `up`, which it means.')
      .enablePositionalOptions()
      .addCommand(upCommand('up', 'Applies the migrations that are pending.')),
  );

const upCommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .argument('[database_url]', 'the DSN; else that of the configuration or of the environment')
    .option('-c, --config <file>', 'configuration file (YAML, JSON or TOML); may be repeated', collect)
    .option('-e, --read-from-env', 'take the DSN from the environment variable DSN')
    .option('-y, --yes', 'do not ask')
    .action(run);

async function run(dsn: string | undefined, options: MigrateOptions, command: Command): Promise<void> {
  const [{ findDsn }, { parseDsn }, { openDatabase }, { migrationStatus, migrateUp }] = await Promise.all([
    import('../config/load.ts'),
    import('../config/dsn.ts'),
    import('../store/db.ts'),
    import('../store/migrate.ts'),
  ]);
  const db = await openDatabase(parseDsn(dsn ?? findDsn({ files: options.config ?? [], env: process.env, flags: {} })));
  try {
    const status = await migrationStatus(db);
    console.log(tableOf(status));
    if (status.pending.length === 0) return console.log('\nNothing to do: the database is up to date.');
    if (!options.yes && !(await confirm(command))) return console.log('Nothing was changed.');
    console.log(`\nApplied ${(await migrateUp(db)).join(', ')}.`);
  } finally {
    await db.close();
  }
}

function tableOf({ applied, pending, unknown }: MigrationStatus): string {
  const rows = [
    ['VERSION', 'NAME', 'STATUS'],
    ...applied.map((name) => row(name, 'Applied')),
    ...pending.map((name) => row(name, 'Pending')),
    ...unknown.map((name) => row(name, 'Applied by a later version')),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map(
      ([version = '', name = '', status]) =>
        `${version.padEnd(widths[0] ?? 0)}  ${name.padEnd(widths[1] ?? 0)}  ${status}`,
    )
    .join('\n');
}

/** `0001_expand_first_schema`: the number, then what it does. */
function row(migration: string, status: string): string[] {
  const [, version = '', name = ''] = /^(\d+)_(.*)$/.exec(migration) ?? [];
  return [version, name, status];
}

/** A terminal or a pipe may answer. Whoever cannot be asked has to say `--yes`. */
async function confirm(command: Command): Promise<boolean> {
  const lines = createInterface({ input: process.stdin });
  process.stdout.write('\nApply the pending migrations? [y/N] ');
  const answer = await Promise.race([once(lines, 'line'), once(lines, 'close').then(() => [])]);
  lines.close();
  if (typeof answer[0] !== 'string')
    command.error('error: nobody answered: pass --yes to apply the migrations without a question');
  return /^y(es)?$/i.test(answer[0].trim());
}
