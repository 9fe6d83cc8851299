import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { findClient, insertClient } from '../../src/store/clients.ts';
import { type Database, openDatabase } from '../../src/store/db.ts';
import { SQLITE } from '../../src/store/dialects/dialect.ts';
import { isFull, SqliteConnection, sqliteQueries } from '../../src/store/dialects/sqlite.ts';
import { GroupCommit } from '../../src/store/group_commit.ts';
import { HotQuery } from '../../src/store/hot_query.ts';
import { migrateUp } from '../../src/store/migrate.ts';
import { insertTokens } from '../../src/store/tokens.ts';
import { write } from '../../src/store/write.ts';
import { ENGINES, openFresh } from './engines.ts';
import { clientRow, tokenRow } from './rows.ts';

/** Waits for so many turns of the loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

/** A database whose transaction statements are written down. */
async function recordingDatabase(): Promise<{ db: Database; executed: string[] }> {
  const connection = new SqliteConnection(':memory:');
  const executed: string[] = [];
  const tx = sqliteQueries(connection, false);
  const execute = (text: string) => {
    executed.push(text);
    connection.database.exec(text);
  };
  const writes = new GroupCommit({
    tx,
    isFull,
    makeRoom: () => executed.push('make room'),
    alone: (work) => connection.alone(work),
    begin: async () => execute('begin immediate'),
    commit: () => execute('commit'),
    execute,
  });
  const queries = sqliteQueries(connection, true);
  const db: Database = {
    dialect: SQLITE,
    queries,
    writes,
    schema: tx,
    repeatable: tx,
    moment: () => undefined,
    close: async () => connection.database.close(),
  };
  await migrateUp(db);
  executed.length = 0;
  return { db, executed };
}

describe('group commit on SQLite', () => {
  it('answers many concurrent writes with one COMMIT', async () => {
    const { db, executed } = await recordingDatabase();
    const ids = Array.from({ length: 100 }, (_, at) => `client-${at}`);
    const answers = await Promise.all(ids.map((id) => write({ db }, (tx) => insertClient(tx, clientRow(id)))));
    assert.deepEqual(new Set(answers), new Set([true]));
    assert.equal(executed.filter((text) => text === 'commit').length, 1);
    assert.equal(executed.filter((text) => text === 'begin immediate').length, 1);
    for (const id of ids) assert.ok(await findClient(db.queries, id));
    await db.close();
  });

  it('waits for the next turn of the loop while turns bring more, and no longer', async () => {
    const { db, executed } = await recordingDatabase();
    const insert = (id: string) => write({ db }, (tx) => insertClient(tx, clientRow(id)));
    const later = [1, 2, 5].map((count) => turns(count).then(() => insert(`turn-${count}`)));
    await Promise.all([insert('first'), ...later]);
    assert.equal(executed.filter((text) => text === 'begin immediate').length, 2);
    await db.close();
  });

  it('keeps the failure of one body from the others of its batch', async () => {
    const { db, executed } = await recordingDatabase();
    const results = await Promise.allSettled([
      write({ db }, (tx) => insertClient(tx, clientRow('before'))),
      write({ db }, async (tx) => {
        await insertClient(tx, clientRow('undone'));
        throw new Error('changed my mind');
      }),
      write({ db }, (tx) => insertClient(tx, clientRow('after'))),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(executed.filter((text) => text === 'commit').length, 1);
    assert.ok(await findClient(db.queries, 'before'));
    assert.equal(await findClient(db.queries, 'undone'), undefined);
    assert.ok(await findClient(db.queries, 'after'));
    await db.close();
  });

  it('fails every body of a batch that a full disk ends, and makes room', async () => {
    const { db, executed } = await recordingDatabase();
    const full = Object.assign(new Error('database or disk is full'), { errcode: 13 });
    const results = await Promise.allSettled([
      write({ db }, (tx) => insertClient(tx, clientRow('innocent'))),
      write({ db }, () => Promise.reject(full)),
    ]);
    assert.deepEqual(
      results.map((result) => result.status === 'rejected' && result.reason.error),
      ['temporarily_unavailable', 'temporarily_unavailable'],
    );
    assert.deepEqual(executed.slice(-2), ['rollback', 'make room']);
    assert.equal(await findClient(db.queries, 'innocent'), undefined);
    await db.close();
  });

  it('fails every body of a batch whose COMMIT fails, and goes on afterwards', async () => {
    const { db } = await recordingDatabase();
    const results = await Promise.allSettled([
      write({ db }, (tx) => insertClient(tx, clientRow('innocent'))),
      write({ db }, async (tx) => {
        await sql`pragma defer_foreign_keys = on`.execute(tx);
        await insertTokens(tx, [tokenRow({ client_id: 'nobody' })]);
      }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(await findClient(db.queries, 'innocent'), undefined);
    assert.equal(await write({ db }, (tx) => insertClient(tx, clientRow('next'))), true);
    assert.ok(await findClient(db.queries, 'next'));
    await db.close();
  });

  it('shows readers only what is committed', async () => {
    for (const engine of ENGINES) {
      const { db, close } = await openFresh(engine);
      const { promise: written, resolve } = Promise.withResolvers<void>();
      let isCommitted = false;
      const writing = write({ db }, async (tx) => {
        await insertClient(tx, clientRow('early'));
        resolve();
        for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      }).then(() => {
        isCommitted = true;
      });
      await written;
      const seen = await findClient(db.queries, 'early');
      assert.ok(isCommitted || seen === undefined, 'a reader saw an uncommitted row');
      await writing;
      assert.ok(await findClient(db.queries, 'early'));
      await close();
    }
  });

  it('waits for a writer of another process instead of failing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-busy-'));
    const path = join(folder, 'busy.sqlite');
    const db = await openDatabase({ engine: 'sqlite', path });
    await migrateUp(db);
    const other = new DatabaseSync(path);
    other.exec('begin immediate');
    setTimeout(() => other.exec('commit'), 300);
    const started = performance.now();
    assert.equal(await write({ db }, (tx) => insertClient(tx, clientRow('patient'))), true);
    assert.ok(performance.now() - started >= 250);
    other.close();
    await db.close();
    rmSync(folder, { recursive: true });
  });

  it('reads again where another process keeps it from reading', async (test) => {
    const connection = new SqliteConnection(':memory:');
    const queries = sqliteQueries(connection, true);
    const run = connection.run.bind(connection);
    let refusals = 0;
    test.mock.method(connection, 'run', (text: string, values: never[]) => {
      refusals += 1;
      // SQLITE_BUSY_RECOVERY
      if (refusals % 3 !== 0) throw Object.assign(new Error('database is locked'), { errcode: 261 });
      return run(text, values);
    });
    const { rows } = await sql<{ one: number }>`select 1 as one`.execute(queries);
    assert.deepEqual([rows.map(({ one }) => one), refusals], [[1], 3]);
    const hot = new HotQuery((db, _: { none?: string }) => db.selectFrom('clients').select('client_id'));
    await assert.rejects(hot.first(queries, {}), /no such table/);
    assert.equal(refusals, 6);
    await connection.close();
  });

  it('asks everybody of a batch to come back when the disk is full, and stores nothing of it', async () => {
    const { db, executed } = await recordingDatabase();
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db.queries);
    const limitTo = (pages: number) => sql.raw(`pragma max_page_count = ${pages}`).execute(db.queries);
    await limitTo((rows[0]?.page_count ?? 0) + 2);
    const large = clientRow('large', { document: JSON.stringify('x'.repeat(100_000)) });
    const both = () =>
      Promise.allSettled([clientRow('small'), large].map((row) => write({ db }, (tx) => insertClient(tx, row))));
    for (const outcome of await both()) {
      assert.equal(outcome.status, 'rejected');
      assert.deepEqual([outcome.reason.status, outcome.reason.headers['retry-after']], [503, '1']);
    }
    assert.equal(await findClient(db.queries, 'small'), undefined);
    await limitTo(1_000_000);
    for (const outcome of await both()) assert.equal(outcome.status, 'fulfilled');
    assert.equal(executed.at(-1), 'commit');
    await db.close();
  });

  it('survives being closed while writes wait', async () => {
    const { db, close } = await openFresh(ENGINES[1] ?? assert.fail());
    const writes = ['a', 'b', 'c'].map((id) => write({ db }, (tx) => insertClient(tx, clientRow(id))));
    await close();
    assert.deepEqual(await Promise.all(writes), [true, true, true]);
  });
});
