import type { Command } from 'commander';
import type { Dsn } from '../config/dsn.ts';
import type { ImportReport } from '../hydra_import/import.ts';
import { group } from './group.ts';
import { openStore } from './open_store.ts';
import { type StoreOptions, storeCommand } from './store_command.ts';

type HydraOptions = StoreOptions & {
  readonly from: string;
  readonly fromSecret?: readonly string[];
  readonly network?: string;
  readonly dryRun?: true;
  readonly again?: true;
};

export const importCommand = (): Command =>
  group('import', 'Takes over what another server, or a file, holds.').addCommand(
    storeCommand('hydra', 'Takes over a database of Ory Hydra v26, which is only read.')
      .requiredOption('--from <dsn>', 'the DSN of the database of Hydra')
      .option(
        '--from-secret <secret>',
        'of its secrets.system; may be repeated; else those that are configured here',
        listed,
      )
      .option('--network <id>', 'the network to take over; else the oldest one')
      .option('--dry-run', 'say what would be taken over, and write nothing')
      .option('--again', 'after an import that was finished: also what was left out then, or removed here since')
      .action(hydra),
  );

/** Of an option that may be repeated and whose value may hold anything. */
const listed = (value: string, sofar: readonly string[] = []): string[] => [...sofar, value];

async function hydra(options: HydraOptions): Promise<void> {
  const [{ importHydra }, { HydraDatabase }] = await Promise.all([
    import('../hydra_import/import.ts'),
    import('../store/hydra/database.ts'),
  ]);
  const source = await HydraDatabase.open(await sourceDsn(options.from), options.network?.toLowerCase());
  try {
    const target = await openStore(options);
    try {
      const report = await importHydra(source, target, {
        secrets: options.fromSecret ?? target.config.secrets.system,
        isDryRun: options.dryRun ?? false,
        isAgain: options.again ?? false,
        progress: (line) => void process.stderr.write(`${line}\n`),
      });
      show(report, options);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** What is wrong with it is wrong with the option. */
async function sourceDsn(text: string): Promise<Dsn> {
  const [{ parseDsn }, { ConfigError }] = await Promise.all([
    import('../config/dsn.ts'),
    import('../config/config_error.ts'),
  ]);
  try {
    return parseDsn(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.message.replaceAll('configuration key "dsn"', 'option --from'));
  }
}

function show(report: ImportReport, { format }: StoreOptions): void {
  if (format === 'json') {
    console.log(JSON.stringify(report, null, 2));
    return;
  }
  console.log(`${report.dry_run ? 'Dry run, nothing was written. ' : ''}Network ${report.network}:`);
  console.table(report.tables.map(({ reasons: _, ...counts }) => counts));
  const reasons = report.tables.flatMap(({ table, reasons }) => reasons.map((reason) => ({ table, ...reason })));
  if (reasons.length > 0) console.log('\nNot carried over, because the row');
  if (reasons.length > 0) console.table(reasons);
  console.log(`\nNever carried over: ${report.not_carried_over.join(', ')}.`);
  for (const warning of report.warnings) console.log(`\n${warning}`);
}
