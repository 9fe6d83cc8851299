import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fill } from '../../bench/growth/fill.ts';
import { drawRows } from '../../bench/growth/samples.ts';
import { NOTHING, sizeOf } from '../../bench/growth/size.ts';
import { STATEMENTS, type Statement } from '../../bench/growth/statements.ts';
import { BEGIN, END, tableOf, writeTable } from '../../bench/growth/table.ts';
import { timeStatements } from '../../bench/growth/time.ts';
import { parseDsn } from '../../src/config/dsn.ts';
import { type Database, openDatabase } from '../../src/store/db.ts';
import { migrateUp } from '../../src/store/migrate.ts';
import { SHARED_ENGINES } from '../store/engines.ts';

const TOKENS = 2_000;
const now = Math.floor(Date.now() / 1000);

for (const engine of SHARED_ENGINES) {
  test(`npm run growth finds in the rows that it makes what it looks for, on ${engine.name}`, async (t) => {
    const { dsn, drop } = await engine.create();
    const db = await openDatabase(parseDsn(dsn));
    t.after(async () => {
      await db.close();
      await drop();
    });
    await migrateUp(db);
    await fill(dsn, NOTHING, sizeOf(TOKENS / 2), now);
    await fill(dsn, sizeOf(TOKENS / 2), sizeOf(TOKENS), now);
    for (const statement of STATEMENTS) {
      const result = await runOnce(db, statement);
      const finds = statement.name !== 'find no token';
      assert.equal(result === undefined ? 'write' in statement : hasSomething(result), finds, statement.name);
    }
    const times = await timeStatements(db, now, 5);
    assert.deepEqual(
      [...times.keys()],
      STATEMENTS.map(({ name }) => name),
    );
    assert.ok([...times.values()].every(({ p50, p99 }) => p50 > 0 && p99 >= p50));
  });
}

async function runOnce(db: Database, statement: Statement): Promise<unknown> {
  const { tokens, consents } = await drawRows(db, 5);
  const [token, consent] = [tokens[0] ?? assert.fail(), consents[0] ?? assert.fail()];
  const occasion = { token, consent, now };
  if ('read' in statement) return statement.read(db.queries, occasion);
  if ('sweep' in statement) return statement.sweep(db, occasion);
  return db.writes.add((tx) => statement.write(tx, occasion));
}

/** What a function of store/ answers: a row, rows, whether there was one, or how many. */
function hasSomething(result: unknown): boolean {
  if (Array.isArray(result)) return result.length > 0;
  if (typeof result === 'object' && result !== null && 'deleted' in result) return result.deleted !== 0;
  return result === true || (typeof result === 'object' && result !== null);
}

test('the table of npm run growth has a line a statement, and the time of each size', () => {
  const row = { statement: 'find a token', engine: 'sqlite', commit: 'abc', times: { 50000: { p50: 0.0123, p99: 1 } } };
  assert.equal(
    tableOf([row], [50_000, 5_000_000]),
    [
      '| statement | engine | commit | 50 000 tokens | 5 000 000 tokens |',
      '| --- | --- | --- | --- | --- |',
      '| find a token | sqlite | abc | 0.012 (1.00) |  |',
    ].join('\n'),
  );
});

test('npm run growth keeps what it wrote of engines that it was not run on', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-growth-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'performance.md');
  writeFileSync(file, `# Performance\n\n${BEGIN}\n${END}\n\nMore.\n`);
  const rowOf = (engine: string, commit: string) => ({ statement: 'find', engine, commit, times: {} });
  writeTable(file, [rowOf('sqlite', 'one')], [1000]);
  writeTable(file, [rowOf('postgres', 'two')], [1000]);
  writeTable(file, [rowOf('sqlite', 'three')], [1000]);
  const text = readFileSync(file, 'utf8');
  assert.match(text, /^# Performance\n\n<!-- growth[^>]*>\n\n[\s\S]*\n\n<!-- \/growth -->\n\nMore\.\n$/);
  assert.deepEqual(
    text.split('\n').filter((line) => line.startsWith('| find')),
    ['| find | postgres | two |  |', '| find | sqlite | three |  |'],
  );
});
