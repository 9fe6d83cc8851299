import type { Config } from '../config/schema.ts';
import type { Sealing } from '../keys/keys.ts';
import { OAuthError } from '../oauth/error.ts';
import type { Database } from '../store/db.ts';
import type { HydraDatabase, HydraRow, HydraTable } from '../store/hydra/database.ts';
import { type Destination, identityOf, insertMissing, listPresent, type Row } from '../store/imports.ts';
import { write } from '../store/write.ts';
import type { HydraCipher } from './cipher.ts';
import { type TableReport, Tally } from './tally.ts';
import { Unfit } from './values.ts';

/** What the steps of one import share. */
export type Import = {
  readonly source: HydraDatabase;
  readonly cipher: HydraCipher;
  readonly target: Sealing & { readonly db: Database; readonly config: Config };
  /** Seconds since 1970. */
  readonly now: number;
  /**
   * `write`: what is missing is inserted. `count`: it would be. `leave`: an import was finished before, so that what is
   * missing may have been revoked since.
   */
  readonly mode: 'write' | 'count' | 'leave';
  /** Clients that are not carried over: nor is anything of theirs. */
  readonly left_clients: Set<string>;
  progress(line: string): void;
};

/** How one of the reference's tables becomes one of ours. */
export type Step = {
  readonly from: HydraTable;
  readonly into: Destination;
  /** What a row is called in the report. Never a secret. */
  nameOf(row: HydraRow): string;
  /** One outcome a row, in their order. */
  prepare(run: Import, rows: readonly HydraRow[]): Promise<readonly (Row | Unfit)[]>;
};

/** Of rows that do not need each other. */
export const eachRow =
  (prepareOne: (run: Import, row: HydraRow) => Row): Step['prepare'] =>
  async (run, rows) =>
    rows.map((row) => attempt(() => prepareOne(run, row)));

export function attempt(prepare: () => Row): Row | Unfit {
  try {
    return prepare();
  } catch (error) {
    if (error instanceof Unfit) return error;
    throw error;
  }
}

export function checkClient({ left_clients }: Import, client_id: string): string {
  if (left_clients.has(client_id)) throw new Unfit('belongs to a client that is not carried over');
  return client_id;
}

/** Rows that are read, and written, at once. */
const PAGE = 400;
/** Milliseconds between lines about one table. */
const SILENCE = 1_000;

export async function runStep(run: Import, step: Step): Promise<TableReport> {
  const tally = new Tally(step.from.table);
  let spoken = performance.now();
  for await (const rows of run.source.pages(step.from, PAGE)) {
    tally.found += rows.length;
    await carry(run, step, tally, rows);
    if (performance.now() - spoken < SILENCE) continue;
    spoken = performance.now();
    run.progress(`${step.from.table}: ${tally.found} rows so far`);
  }
  run.progress(`${step.from.table}: ${tally.found} rows`);
  return tally.report();
}

type Entry = { readonly name: string; readonly row: Row };

async function carry(run: Import, step: Step, tally: Tally, rows: readonly HydraRow[]): Promise<void> {
  const outcomes = await step.prepare(run, rows);
  const entries: Entry[] = [];
  for (const [at, outcome] of outcomes.entries()) {
    const name = step.nameOf(rows[at] ?? {});
    if (outcome instanceof Unfit) skip(run, step, tally, name, outcome.message);
    else entries.push({ name, row: outcome });
  }
  if (entries.length === 0) return;
  if (run.mode === 'write') await insert(run, step, tally, entries);
  else await compare(run, step, tally, entries);
}

function skip(run: Import, step: Step, tally: Tally, name: string, reason: string): void {
  tally.skip(reason, name);
  if (step.into.table === 'clients') run.left_clients.add(name);
}

/** All at once, and where the database refuses that, one by one. Throws where it does not answer. */
async function insert(run: Import, step: Step, tally: Tally, entries: readonly Entry[]): Promise<void> {
  const rows = entries.map(({ row }) => row);
  try {
    const imported = await write(run.target, (tx) => insertMissing(tx, step.into, rows));
    tally.imported += imported;
    tally.already_there += rows.length - imported;
  } catch (error) {
    if (error instanceof OAuthError && error.error === 'temporarily_unavailable') throw error;
    const [only] = entries;
    if (entries.length > 1) for (const entry of entries) await insert(run, step, tally, [entry]);
    else if (only) skip(run, step, tally, only.name, refusalOf(error));
  }
}

/** Without the values: some are nobody's business. */
function refusalOf(error: unknown): string {
  if (error instanceof OAuthError && error.error === 'invalid_client') return 'belongs to a client that is not there';
  return `is refused by the database (${error instanceof Error && 'code' in error ? error.code : 'for no known reason'})`;
}

async function compare(run: Import, step: Step, tally: Tally, entries: readonly Entry[]): Promise<void> {
  const rows = entries.map(({ row }) => row);
  const present = await listPresent(run.target.db.queries, step.into, rows);
  for (const { name, row } of entries) {
    if (present.has(identityOf(step.into.key, row))) tally.already_there += 1;
    else if (run.mode === 'count') tally.imported += 1;
    else skip(run, step, tally, name, 'is missing here after an import that was finished (--again carries it over)');
  }
}
