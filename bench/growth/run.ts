/**
 * `npm run growth`: how long the statements take that stand on the way of requests, against the number of rows. Writes the
 * table of docs/performance.md. `--engine sqlite,postgres` chooses, `--largest 500000` leaves out larger databases, and
 * `--print` writes nothing.
 */
import { parseArgs } from 'node:util';
import { parseDsn } from '../../src/config/dsn.ts';
import { openDatabase } from '../../src/store/db.ts';
import { migrateUp } from '../../src/store/migrate.ts';
import type { Engine } from '../../test/store/engines.ts';
import { startDatabases } from '../databases.ts';
import { commitOf } from '../machine.ts';
import { parseEngines } from '../options.ts';
import { fill } from './fill.ts';
import { NOTHING, SIZES, type Size } from './size.ts';
import { type Row, tableOf, writeTable } from './table.ts';
import { type Times, timeStatements } from './time.ts';

const root = new URL('../..', import.meta.url).pathname;

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'sqlite,postgres,mysql' },
    largest: { type: 'string', default: '5000000' },
    print: { type: 'boolean', default: false },
  },
});

const sizes = SIZES.filter(({ tokens }) => tokens <= Number(values.largest));

/** One database that grows, and is measured after each step. */
async function measureEngine(name: string, engine: Engine): Promise<Row[]> {
  const { dsn, drop } = await engine.create();
  const now = Math.floor(Date.now() / 1000);
  const commit = commitOf(root);
  const times = new Map<string, Record<number, Times>>();
  try {
    await prepare(dsn);
    let before: Size = NOTHING;
    for (const size of sizes) {
      const began = performance.now();
      await fill(dsn, before, size, now);
      const filled = performance.now();
      const db = await openDatabase(parseDsn(dsn));
      for (const [statement, measured] of await timeStatements(db, now)) {
        times.set(statement, { ...times.get(statement), [size.tokens]: measured });
      }
      await db.close();
      const [filling, measuring] = [filled - began, performance.now() - filled].map((time) => (time / 1000).toFixed(0));
      console.log(`${name}: ${size.tokens} tokens filled in ${filling} s, measured in ${measuring} s`);
      before = size;
    }
  } finally {
    await drop();
  }
  return [...times].map(([statement, all]) => ({ statement, engine: name, commit, times: all }));
}

async function prepare(dsn: string): Promise<void> {
  const db = await openDatabase(parseDsn(dsn));
  await migrateUp(db);
  await db.close();
}

const engines = parseEngines(values.engine);
const databases = await startDatabases(engines);
try {
  for (const name of engines) {
    const engine = databases.engines[name];
    if (!engine) throw new Error(`There is no engine ${name}.`);
    const rows = await measureEngine(name, engine);
    const counts = sizes.map(({ tokens }) => tokens);
    console.log(`\n${tableOf(rows, counts)}\n`);
    if (!values.print) writeTable(`${root}docs/performance.md`, rows, counts);
  }
} finally {
  databases.stop();
}
