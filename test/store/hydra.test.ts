import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { parseDsn } from '../../src/config/dsn.ts';
import { HydraDatabase } from '../../src/store/hydra/database.ts';
import { HydraTables, NETWORK } from '../hydra_import/tables.ts';
import { SHARED_ENGINES } from './engines.ts';

const KEYS = { table: 'hydra_jwk', key: ['created_at', 'pk'], columns: ['kid', 'a_column_of_another_version'] };

for (const engine of SHARED_ENGINES) {
  describe(`a database of Hydra in ${engine.name}`, () => {
    it('is read by pages in the order of their keys, one network alone, every value as text', async () => {
      const { dsn, drop } = await engine.create();
      const tables = await HydraTables.create(dsn);
      const other = randomUUID();
      await tables.insert('networks', { id: other, created_at: new Date(), updated_at: new Date() }, {});
      const insert = (kid: string, second: number, nid: string) =>
        tables.insert(
          'hydra_jwk',
          { pk: randomUUID(), sid: 'set', kid, keydata: '', created_at: new Date(1_750_000_000_000 + second * 1000) },
          { nid },
        );
      for (const second of [3, 1, 2, 1, 1, 3, 1]) await insert(`key of second ${second}`, second, NETWORK);
      await insert('key of another network', 0, other);
      await tables.close();

      const hydra = await HydraDatabase.open(parseDsn(dsn));
      const pages = await Array.fromAsync(hydra.pages(KEYS, 2));
      assert.deepEqual(
        pages.map((page) => page.map(({ kid }) => kid?.slice(-1))),
        [['1', '1'], ['1', '1'], ['2', '3'], ['3']],
      );
      assert.equal(new Set(pages.flat().map(({ pk }) => pk)).size, 7);
      assert.equal(pages[0]?.[0]?.a_column_of_another_version, undefined);
      assert.match(pages[0]?.[0]?.created_at ?? '', /^2025-06-15 15:06:41/);
      assert.deepEqual(await Array.fromAsync(hydra.pages({ ...KEYS, table: 'a_table_of_another_version' }, 2)), []);
      assert.equal(hydra.network, NETWORK);
      await hydra.close();

      const second = await HydraDatabase.open(parseDsn(dsn), other);
      assert.equal((await Array.fromAsync(second.pages(KEYS, 10))).flat()[0]?.kid, 'key of another network');
      await second.close();
      await drop();
    });
  });
}
