import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { type NetworkDsn, parseDsn } from '../../src/config/dsn.ts';
import { OAuthError } from '../../src/oauth/error.ts';
import { findClient, insertClient } from '../../src/store/clients.ts';
import { type Database, openDatabase } from '../../src/store/db.ts';
import { acquireLease, releaseLease } from '../../src/store/leases.ts';
import { migrateUp, migrationStatus } from '../../src/store/migrate.ts';
import { spendToken } from '../../src/store/tokens.ts';
import { write } from '../../src/store/write.ts';
import { NETWORK_ENGINES, SHARED_ENGINES } from './engines.ts';
import { clientRow, tokenRow } from './rows.ts';
import { Wire } from './wire.ts';

type Test = { after(action: () => Promise<void>): void };

const networkDsn = (dsn: string): NetworkDsn => {
  const parsed = parseDsn(dsn);
  return parsed.engine === 'sqlite' ? assert.fail() : parsed;
};

for (const engine of NETWORK_ENGINES) {
  const start = async (t: Test, change: (dsn: NetworkDsn) => NetworkDsn = (dsn) => dsn): Promise<Database> => {
    const { dsn, drop } = await engine.create();
    const db = await openDatabase(change(networkDsn(dsn)));
    t.after(async () => {
      await db.close();
      await drop();
    });
    await migrateUp(db);
    return db;
  };

  describe(`transactions on ${engine.name}`, () => {
    it('repeat what a deadlock took back', async (t) => {
      const db = await start(t);
      await write(
        { db },
        async (tx) => void (await Promise.all([insertClient(tx, clientRow('a')), insertClient(tx, clientRow('b'))])),
      );
      let bodies = 0;
      const both = (first: string, second: string) =>
        write({ db }, async (tx) => {
          bodies++;
          await tx.updateTable('clients').set({ owner: first }).where('client_id', '=', first).execute();
          await new Promise((resolve) => setTimeout(resolve, 100));
          await tx.updateTable('clients').set({ owner: first }).where('client_id', '=', second).execute();
        });
      await Promise.all([both('a', 'b'), both('b', 'a')]);
      assert.ok(bodies > 2, 'there was no deadlock');
      const owners = [await findClient(db.queries, 'a'), await findClient(db.queries, 'b')].map((row) => row?.owner);
      assert.equal(owners[0], owners[1]);
    });

    it('take nothing when their body fails, and do not repeat it', async (t) => {
      const db = await start(t);
      let bodies = 0;
      const failing = write({ db }, async (tx) => {
        bodies++;
        await insertClient(tx, clientRow('undone'));
        throw new Error('changed my mind');
      });
      await assert.rejects(failing, /changed my mind/);
      assert.deepEqual([bodies, await findClient(db.queries, 'undone')], [1, undefined]);
    });

    it('find one who spends a token, of 100 on two pools', async (t) => {
      const { dsn, drop } = await engine.create();
      const pools = [await openDatabase(parseDsn(dsn)), await openDatabase(parseDsn(dsn))] as const;
      t.after(async () => {
        for (const db of pools) await db.close();
        await drop();
      });
      const [db] = pools;
      await migrateUp(db);
      await write({ db }, async (tx) => void (await insertClient(tx, clientRow('app'))));
      const { hash, ...row } = tokenRow();
      await write({ db }, (tx) =>
        tx
          .insertInto('tokens')
          .values({ hash, ...row })
          .execute(),
      );
      const race = Array.from({ length: 100 }, (_, at) =>
        write({ db: pools[at % 2] ?? db }, (tx) => spendToken(tx, hash, 1_500)),
      );
      assert.equal((await Promise.all(race)).filter(Boolean).length, 1);
    });

    it('wait for a connection, and answer 503 with Retry-After when none comes free in time', async (t) => {
      const db = await start(t, (dsn) => ({ ...dsn, pool: { ...dsn.pool, max_conns: 1, max_idle_conns: 1 } }));
      const { promise: end, resolve } = Promise.withResolvers<void>();
      const holding = write({ db }, () => end);
      await assert.rejects(findClient(db.queries, 'a'), (error) => {
        assert.ok(error instanceof OAuthError);
        assert.deepEqual([error.status, error.headers['retry-after']], [503, '1']);
        return true;
      });
      resolve();
      await holding;
      assert.equal(await findClient(db.queries, 'a'), undefined);
    });

    it('survive a database that goes away and comes back', async (t) => {
      const { dsn, drop } = await engine.create();
      const wire = new Wire(networkDsn(dsn));
      await wire.open();
      const db = await openDatabase(wire.dsn);
      t.after(async () => {
        await db.close();
        await wire.cut();
        await drop();
      });
      await migrateUp(db);
      await wire.cut();
      setTimeout(() => void wire.open(), 500);
      assert.equal(await write({ db }, (tx) => insertClient(tx, clientRow('late'))), true);
      await wire.cut();
      setTimeout(() => void wire.open(), 500);
      assert.equal((await findClient(db.queries, 'late'))?.client_id, 'late');
    });

    it('read on after a column was added to a table that they know', async (t) => {
      const db = await start(t);
      await write({ db }, async (tx) => void (await insertClient(tx, clientRow('app'))));
      const read = () => Promise.all(Array.from({ length: 10 }, () => findClient(db.queries, 'app')));
      await read();
      await sql.raw('alter table clients add column later integer').execute(db.schema);
      for (const row of await read()) assert.equal(row?.client_id, 'app');
      await write({ db }, async (tx) => assert.equal((await findClient(tx, 'app'))?.client_id, 'app'));
    });
  });
}

for (const engine of SHARED_ENGINES) {
  describe(`leases on ${engine.name}`, () => {
    it('have one holder at a time, who may renew', async (t) => {
      const { dsn, drop } = await engine.create();
      const db = await openDatabase(parseDsn(dsn));
      t.after(async () => {
        await db.close();
        await drop();
      });
      await migrateUp(db);
      const acquire = (holder: string, now: number) => acquireLease(db, { name: 'work', holder }, now, now + 100);
      const race = await Promise.all(Array.from({ length: 20 }, (_, at) => acquire(`server-${at}`, 1_000)));
      assert.equal(race.filter(Boolean).length, 1);
      const holder = `server-${race.indexOf(true)}`;
      assert.deepEqual([await acquire('other', 1_099), await acquire(holder, 1_050)], [false, true]);
      assert.deepEqual([await acquire('other', 1_149), await acquire('other', 1_150)], [false, true]);
      await releaseLease(db, { name: 'work', holder });
      assert.equal(await acquire('third', 1_160), false);
      await releaseLease(db, { name: 'work', holder: 'other' });
      assert.equal(await acquire('third', 1_160), true);
    });

    it('let ten servers that start at once migrate once', async (t) => {
      const { dsn, drop } = await engine.create();
      const servers = await Promise.all(Array.from({ length: 10 }, () => openDatabase(parseDsn(dsn))));
      t.after(async () => {
        for (const db of servers) await db.close();
        await drop();
      });
      const applied = await Promise.all(servers.map((db) => migrateUp(db)));
      assert.equal(applied.filter((names) => names.length > 0).length, 1);
      for (const db of servers) assert.deepEqual((await migrationStatus(db)).pending, []);
    });
  });
}
