import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { parseDsn } from '../../src/config/dsn.ts';
import { type Database, openDatabase } from '../../src/store/db.ts';
import { acquireLease, createLeases, releaseLease } from '../../src/store/leases.ts';
import {
  isFreshDatabase,
  MigrationError,
  migrateDown,
  migrateUp,
  migrationStatus,
  planDown,
  refusal,
} from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { write } from '../../src/store/write.ts';
import { type Engine, MEMORY, NETWORK_ENGINES, SHARED_ENGINES } from './engines.ts';
import { schemaOf } from './schema.ts';

const NAMES = Object.keys(migrations);
const record = (name: string) => sql`insert into gatehouse_migrations values (${name}, '2026-01-01T00:00:00Z')`;

/** Without tables. */
async function open(test: TestContext, engine: Engine): Promise<{ readonly db: Database; readonly dsn: string }> {
  const { dsn, drop } = await engine.create();
  const db = await openDatabase(parseDsn(dsn));
  test.after(async () => {
    await db.close();
    await drop();
  });
  return { db, dsn };
}

async function takeBack(db: Database, steps: number): Promise<readonly string[]> {
  return migrateDown(db, planDown(await migrationStatus(db), steps));
}

describe('migrations', () => {
  it('apply once, and say what they applied and when', async (test) => {
    const { db } = await open(test, MEMORY);
    const before = Date.now();
    assert.equal(await isFreshDatabase(db), true);
    assert.match((await refusal(db)) ?? '', /gatehouse migrate sql up -e --yes/);
    assert.deepEqual(await migrateUp(db), NAMES);
    assert.deepEqual(await migrateUp(db), []);
    assert.equal(await isFreshDatabase(db), false);
    assert.equal(await refusal(db), undefined);
    const { times } = await migrationStatus(db);
    for (const name of NAMES) assert.ok(new Date(times.get(name) ?? '').getTime() >= before);
  });

  it('refuse a database that is behind, with the command to run', async (test) => {
    const { db } = await open(test, MEMORY);
    await migrateUp(db);
    await sql`delete from gatehouse_migrations`.execute(db.schema);
    assert.deepEqual((await migrationStatus(db)).pending, NAMES);
    assert.match((await refusal(db)) ?? '', /0001_expand_first_schema.*gatehouse migrate sql up/);
  });

  it('serve beside a later version that only added, and refuse one that removed', async (test) => {
    const { db } = await open(test, MEMORY);
    await migrateUp(db);
    await record('9998_expand_something').execute(db.schema);
    assert.equal(await refusal(db), undefined);
    assert.deepEqual(await migrateUp(db), []);
    await record('9999_contract_something').execute(db.schema);
    assert.match((await refusal(db)) ?? '', /later version.*9999_contract_something/);
  });

  it('of a later version are left to it', async (test) => {
    const { db } = await open(test, MEMORY);
    await migrateUp(db);
    await takeBack(db, 1);
    await record('9998_expand_something').execute(db.schema);
    for (const change of [() => migrateUp(db), () => takeBack(db, 1)]) {
      await assert.rejects(change, { constructor: MigrationError, message: /later version.*9998_expand_something/ });
    }
  });

  it('are not taken back where that is not what was planned', async (test) => {
    const { db } = await open(test, MEMORY);
    await migrateUp(db);
    const plan = planDown(await migrationStatus(db), 2);
    assert.deepEqual(plan, NAMES.toReversed().slice(0, 2));
    await takeBack(db, 1);
    await assert.rejects(migrateDown(db, plan), { constructor: MigrationError, message: /changed .* meanwhile/ });
    assert.deepEqual((await migrationStatus(db)).pending, NAMES.slice(-1));
  });

  it('wait for another process that migrates, and say so once', async (test) => {
    const { db } = await open(test, MEMORY);
    await createLeases(db);
    const other = { name: 'migration', holder: 'another' };
    assert.ok(await acquireLease(db, other, Date.now(), Date.now() + 60_000));
    const told: string[] = [];
    const migrated = migrateUp(db, { tell: (sentence) => told.push(sentence) });
    await sleep(1_000);
    assert.deepEqual(told, ['Another process is changing the tables: waiting until it is done.']);
    assert.deepEqual((await migrationStatus(db)).pending, NAMES);
    await releaseLease(db, other);
    assert.deepEqual(await migrated, NAMES);
    assert.equal(told.length, 1);
  });

  it('name what they do to servers beside them', () => {
    for (const name of NAMES) assert.match(name, /^\d{4}_(expand|contract)_[a-z_]+$/);
  });

  for (const engine of SHARED_ENGINES) {
    it(`taken back one by one leave what was there before, down to nothing, and apply again (${engine.name})`, async (test) => {
      const [{ db: byHand }, { db }] = [await open(test, engine), await open(test, engine)];
      const schemas = [await schemaOf(byHand)];
      for (const { up } of Object.values(migrations)) {
        await up(byHand.schema as never, byHand.dialect);
        schemas.push(await schemaOf(byHand));
      }
      assert.deepEqual(await migrateUp(db), NAMES);
      for (const name of NAMES.toReversed()) {
        assert.deepEqual(await schemaOf(db), schemas.pop(), `with ${name}`);
        assert.deepEqual(await takeBack(db, 1), [name]);
      }
      assert.deepEqual([await schemaOf(db), schemas], [{}, [{}]]);
      assert.equal(await isFreshDatabase(db), true);
      await migrateUp(db);
      assert.deepEqual(await schemaOf(db), await schemaOf(byHand));
      assert.deepEqual(await takeBack(db, NAMES.length + 1), NAMES.toReversed());
      assert.deepEqual(await schemaOf(db), {});
    });

    it(`leave tables of somebody else alone, whose names they need (${engine.name})`, async (test) => {
      const { db } = await open(test, engine);
      await sql`create table tokens (theirs integer)`.execute(db.schema);
      for (let attempt = 0; attempt < 2; attempt++) {
        await assert.rejects(migrateUp(db), {
          constructor: MigrationError,
          message: /not of Gatehouse .*already exists/,
        });
        if (db.dialect.hasTransactionalDdl) assert.deepEqual(Object.keys(await schemaOf(db)), ['tokens']);
      }
    });
  }
});

const IMPATIENT = { patience: { statement: 1, total: 2 } };
const GIVEN_UP = { constructor: MigrationError, message: /keeps them locked.*try again/ };

describe('a migration that cannot lock its tables', () => {
  for (const engine of NETWORK_ENGINES) {
    it(`gives up in time, also half-way, and can be run again (${engine.name})`, async (test) => {
      const [{ db, dsn }, { db: untouched }] = [await open(test, engine), await open(test, engine)];
      await migrateUp(untouched);
      await migrateUp(db);
      const [sweeping = assert.fail()] = NAMES.filter((name) => name.startsWith('0004'));
      await takeBack(db, NAMES.length - NAMES.indexOf(sweeping));
      const other = await openDatabase(parseDsn(dsn));
      const [writes, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      // The second of the tables that it changes.
      const transaction = write({ db: other }, async (tx) => {
        await tx.deleteFrom('logout_notifications').where('id', '=', 'nobody').execute();
        writes.resolve();
        await over.promise;
      });
      await writes.promise;
      const began = performance.now();
      const told: string[] = [];
      await assert.rejects(migrateUp(db, { ...IMPATIENT, tell: (sentence) => told.push(sentence) }), GIVEN_UP);
      assert.deepEqual(told, ['Something else keeps the tables locked: trying for up to 2 seconds.']);
      assert.ok(performance.now() - began < 20_000);
      assert.equal((await migrationStatus(db)).pending[0], sweeping);
      over.resolve();
      await transaction;
      await other.close();
      assert.equal((await migrateUp(db))[0], sweeping);
      assert.deepEqual(await schemaOf(db), await schemaOf(untouched));
    });
  }

  it('gives up in time, and can be run again (SQLite file)', async (test) => {
    const [FILE = assert.fail()] = SHARED_ENGINES;
    const { db, dsn } = await open(test, FILE);
    const other = new DatabaseSync(dsn.replace('sqlite://', ''));
    const { promise: over, resolve } = Promise.withResolvers<void>();
    // At the last moment: before that, it waits for its turn as every server does.
    const lock = (statement: unknown) => {
      if (statement !== 'begin immediate') return;
      unsubscribe('gatehouse:statement', lock);
      other.exec('begin immediate');
      setTimeout(() => {
        other.exec('commit');
        other.close();
        resolve();
      }, 3_000);
    };
    subscribe('gatehouse:statement', lock);
    await assert.rejects(migrateUp(db, IMPATIENT), GIVEN_UP);
    await over;
    assert.deepEqual(await migrateUp(db), NAMES);
  });
});
