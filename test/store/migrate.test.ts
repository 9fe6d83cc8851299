import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { parseDsn } from '../../src/config/dsn.ts';
import { openDatabase } from '../../src/store/db.ts';
import { isFreshDatabase, migrateUp, migrationStatus, refusal } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/index.ts';

const record = (name: string) => sql`insert into gatehouse_migrations values (${name}, 'now')`;

describe('migrations', () => {
  it('apply once, and say what they applied', async () => {
    const db = await openDatabase(parseDsn('memory'));
    assert.equal(await isFreshDatabase(db), true);
    assert.match((await refusal(db)) ?? '', /gatehouse migrate sql up -e --yes/);
    assert.deepEqual(await migrateUp(db), Object.keys(migrations));
    assert.deepEqual(await migrateUp(db), []);
    assert.equal(await isFreshDatabase(db), false);
    assert.equal(await refusal(db), undefined);
    await db.close();
  });

  it('refuse a database that is behind, with the command to run', async () => {
    const db = await openDatabase(parseDsn('memory'));
    await migrateUp(db);
    await sql`delete from gatehouse_migrations`.execute(db.schema);
    assert.deepEqual((await migrationStatus(db)).pending, Object.keys(migrations));
    assert.match((await refusal(db)) ?? '', /0001_expand_first_schema.*gatehouse migrate sql up/);
    await db.close();
  });

  it('serve beside a later version that only added, and refuse one that removed', async () => {
    const db = await openDatabase(parseDsn('memory'));
    await migrateUp(db);
    await record('9998_expand_something').execute(db.schema);
    assert.equal(await refusal(db), undefined);
    assert.deepEqual(await migrateUp(db), []);
    await record('9999_contract_something').execute(db.schema);
    assert.match((await refusal(db)) ?? '', /later version.*9999_contract_something/);
    await db.close();
  });

  it('name what they do to servers beside them', async () => {
    const db = await openDatabase(parseDsn('memory'));
    for (const name of (await migrationStatus(db)).pending) assert.match(name, /^\d{4}_(expand|contract)_[a-z_]+$/);
    await db.close();
  });
});
