import type { Database } from '../../src/store/db.ts';
import { percentile } from '../sample.ts';
import { drawRows } from './samples.ts';
import { type Occasion, STATEMENTS, type Statement } from './statements.ts';

/** Milliseconds. */
export type Times = { readonly p50: number; readonly p99: number };

/** How often each statement is run, and how often before that without looking. */
const RUNS = 300;
const UNSEEN = 30;
/** What takes longer, because it is many rows. */
const SWEEPS = 5;

/** On a database that nobody else uses. */
export async function timeStatements(db: Database, now: number, runs = RUNS): Promise<Map<string, Times>> {
  const times = new Map<string, Times>();
  for (const statement of STATEMENTS) {
    const count = 'sweep' in statement ? SWEEPS : runs + UNSEEN;
    const { tokens, consents } = await drawRows(db, count);
    const measured: number[] = [];
    for (let run = 0; run < count; run++) {
      const [token, consent] = [tokens[run], consents[run % consents.length]];
      if (token && consent) measured.push(await timeOne(db, statement, { token, consent, now }));
    }
    const sorted = measured.slice('sweep' in statement ? 0 : UNSEEN).sort((one, other) => one - other);
    times.set(statement.name, { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) });
  }
  return times;
}

function timeOne(db: Database, statement: Statement, occasion: Occasion): Promise<number> {
  if ('read' in statement) return timeOf(() => statement.read(db.queries, occasion));
  if ('sweep' in statement) return timeOf(() => statement.sweep(db, occasion));
  return db.writes.add((tx) => timeOf(() => statement.write(tx, occasion)));
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
