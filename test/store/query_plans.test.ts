import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { MEMORY, openFresh } from './engines.ts';
import { planOf, scansOf } from './query_plans.ts';

describe('query plans', () => {
  const scans: Record<string, string[]> = {
    'select * from clients where client_id = ?': [],
    'insert into used_jtis (hash, expires_at) values (?, ?), (?, ?)': [],
    'select * from clients where document = ?': ['SCAN clients'],
    'delete from tokens where subject = ?': ['SCAN tokens'],
    'update consents set skip = 1': ['SCAN consents'],
  };
  for (const [statement, expected] of Object.entries(scans)) {
    it(`show that '${statement}' ${expected.length === 0 ? 'finds by an index' : 'reads a whole table'}`, async () => {
      const { db, close } = await openFresh(MEMORY);
      assert.deepEqual(scansOf(await planOf(db.queries, statement)), expected);
      await close();
    });
  }

  it('show that a page of clients is found where the one before ended, and comes sorted', async () => {
    const { db, close } = await openFresh(MEMORY);
    const plan = await planOf(db.queries, 'select * from clients where client_id > ? order by client_id limit ?');
    assert.equal(plan.length, 1, plan.join('\n'));
    assert.match(plan[0] ?? '', /^SEARCH clients USING INDEX \S+ \(client_id>\?\)$/);
    await close();
  });

  it('show an index for every column whose rows leave or change with another row', async () => {
    const { db, close } = await openFresh(MEMORY);
    const { rows } = await sql<{ child: string; column: string }>`
      select m.name as child, f."from" as "column" from sqlite_master m, pragma_foreign_key_list(m.name) f
      where m.type = 'table'`.execute(db.queries);
    assert.ok(rows.length >= 5, `${rows.length} foreign keys`);
    for (const { child, column } of rows) {
      const plan = await planOf(db.queries, `delete from ${child} where ${column} = ?`);
      assert.deepEqual(scansOf(plan), [], `${child}.${column}`);
    }
    await close();
  });
});
