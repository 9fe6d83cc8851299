import { type FileHandle, open } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ImportTally } from '../account_experience/import_accounts.ts';
import { openStore } from './open_store.ts';
import { type StoreOptions, storeCommand } from './store_command.ts';

type Options = StoreOptions & { readonly update?: true };

export const importAccountsCommand = (): Command =>
  storeCommand('import', 'Takes over accounts of another system, one JSON object a line, with the hashes of passwords.')
    .argument('[file]', 'the file; else, and for -, standard input')
    .option('--update', 'overwrite accounts that are there already, instead of leaving them alone')
    .action(importFile);

/** Lines after which people hear how far it is. */
const MILESTONE = 10_000;
/** Refusals that a program gets; all of them are told on stderr. */
const MOST_REFUSALS = 1000;

async function importFile(file: string | undefined, options: Options, self: Command): Promise<void> {
  const [{ importAccounts, LONGEST_LINE }, { linesOf }] = await Promise.all([
    import('../account_experience/import_accounts.ts'),
    import('../lib/lines.ts'),
  ]);
  const handle = file === undefined || file === '-' ? undefined : await opened(file, self);
  const refusals: { line: number; reason: string }[] = [];
  const refused = (line: number, reason: string) => {
    process.stderr.write(`Line ${line} was left out: ${reason}.\n`);
    if (refusals.length < MOST_REFUSALS) refusals.push({ line, reason });
  };
  const store = await openStore(options);
  try {
    const lines = linesOf(handle?.createReadStream() ?? process.stdin, LONGEST_LINE);
    const update = options.update ?? false;
    const tally = await importAccounts(store, lines, { update, refused, progress: milestones() });
    if (options.format === 'json') console.log(JSON.stringify({ ...tally, refusals }, null, 2));
    else console.table([tally]);
    if (tally.refused > 0) process.exitCode = 1;
  } finally {
    await store.close();
  }
}

const opened = (file: string, self: Command): Promise<FileHandle> =>
  open(file).catch((error: Error) => self.error(`error: ${error.message}`));

function milestones(): (tally: ImportTally) => void {
  let said = 0;
  return ({ lines }) => {
    if (lines < said + MILESTONE) return;
    said = lines;
    process.stderr.write(`${lines} lines so far.\n`);
  };
}
