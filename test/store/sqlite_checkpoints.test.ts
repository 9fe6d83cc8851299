import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Checkpoints } from '../../src/store/dialects/sqlite_checkpoints.ts';

const ROWS = 200;
const PAGE = 4096;
/** Of a log that holds so many rows, one a page, and little more. */
const LONGEST_LOG = 2 * ROWS;

/** A file with a log that nobody copies but the thread. */
function openNotes(test: TestContext): { readonly path: string; readonly database: DatabaseSync } {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-checkpoints-'));
  test.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'notes.sqlite');
  const database = new DatabaseSync(path, { timeout: 5000 });
  database.exec('pragma journal_mode = wal; pragma wal_autocheckpoint = 0; create table notes (text)');
  return { path, database };
}

it('a thread copies the log of SQLite to the file, and the log begins anew', async (test) => {
  const { path, database } = openNotes(test);
  const checkpoints = new Checkpoints(path, LONGEST_LOG);
  const add = () => {
    database.exec('begin');
    const insert = database.prepare('insert into notes values (?)');
    for (let row = 0; row < ROWS; row++) insert.run('x'.repeat(3000));
    database.exec('commit');
    checkpoints.committed(ROWS);
  };
  const length = () => statSync(`${path}-wal`).size;
  /** That much stands in the file itself. */
  const copied = (rows: number) => statSync(path).size > rows * PAGE;
  add();
  const first = length();
  for (let rounds = 2; rounds <= 5; rounds++) {
    while (!copied((rounds - 1) * ROWS)) await sleep(10);
    add();
  }
  assert.ok(length() < 3 * first, `${length()} bytes after ${first}`);
  await checkpoints.close();
  database.close();
  assert.equal(existsSync(`${path}-wal`), false, 'somebody has the file open');
});

it('the log is cut off when the disk is full, and the thread is asked once at a time', async (test) => {
  const { path, database } = openNotes(test);
  const checkpoints = new Checkpoints(path);
  for (let round = 0; round < 3; round++) {
    database.prepare('insert into notes values (?)').run('x'.repeat(30_000));
    assert.ok(statSync(`${path}-wal`).size > 30_000);
    for (let attempt = 0; attempt < 1_000; attempt++) checkpoints.makeRoom();
    for (const end = Date.now() + 10_000; statSync(`${path}-wal`).size > 0; await sleep(10))
      assert.ok(Date.now() < end, 'the log stays as long as it is');
    await sleep(50);
  }
  await checkpoints.close();
  database.close();
});

it('the log takes no more than a quarter of what is left of the disk', async (test) => {
  const { path, database } = openNotes(test);
  const atFirst = statSync(path).size;
  /** Whether the thread copies a log of so many rows, where so many bytes are left. */
  const isCopied = async (rows: number, room: number) => {
    const checkpoints = new Checkpoints(path, 100_000, () => room);
    database.prepare('insert into notes values (?)').run('x'.repeat(30_000));
    checkpoints.committed(rows);
    await checkpoints.close();
    return statSync(path).size > atFirst;
  };
  // Two pages a row, of 4 kB, and four for the COMMIT.
  assert.equal(await isCopied(1_000, 4 * 2_100 * PAGE), false);
  assert.equal(await isCopied(1_000, 4 * 2_000 * PAGE), true);
  database.close();
});

it('a thread that cannot open the file is none that is waited for', async () => {
  const checkpoints = new Checkpoints('/nowhere/notes.sqlite', 1);
  checkpoints.committed(1);
  await sleep(300);
  await checkpoints.close();
  checkpoints.committed(1);
  await checkpoints.close();
});

it('a process that has nothing else to do waits for the thread to close the file', (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-checkpoints-'));
  test.after(() => rmSync(folder, { recursive: true }));
  const source = new URL('../../src/store/dialects/sqlite_checkpoints.ts', import.meta.url);
  const script = `const { Checkpoints } = await import('${source}');
    const checkpoints = new Checkpoints('${join(folder, 'empty.sqlite')}', 1);
    checkpoints.committed(1);
    await checkpoints.close();
    console.log('closed');`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  assert.equal(output, 'closed\n');
});
