import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDsn } from '../../src/config/dsn.ts';
import { openDatabase } from '../../src/store/db.ts';
import { HotQuery } from '../../src/store/hot_query.ts';
import { migrateUp } from '../../src/store/migrate.ts';
import { write } from '../../src/store/write.ts';

test('a query is built once, and every run has its own values', async (t) => {
  const db = await openDatabase(parseDsn('memory'));
  t.after(() => db.close());
  await migrateUp(db);
  let built = 0;
  const insertion = new HotQuery((tx, row: { readonly client_id: string; readonly owner: string }) => {
    built++;
    const values = { client_id: row.client_id, client_name: 'always', owner: row.owner, document: '{}' };
    return tx.insertInto('clients').values(values);
  });
  const search = new HotQuery((queries, { client_id }: { readonly client_id: string }) =>
    queries.selectFrom('clients').selectAll().where('client_id', '=', client_id).where('client_name', '=', 'always'),
  );
  for (const name of ['a', 'b', 'c']) {
    assert.equal(
      await write({ db }, (tx) => insertion.changes(tx, { client_id: name, owner: `owner of ${name}` })),
      1n,
    );
  }
  assert.equal(built, 1);
  assert.equal((await search.first(db.queries, { client_id: 'b' }))?.owner, 'owner of b');
  assert.equal((await search.first(db.queries, { client_id: 'c' }))?.owner, 'owner of c');
  assert.equal(await search.first(db.queries, { client_id: 'd' }), undefined);
});
