import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/store/db.ts';
import { migrateUp } from '../../src/store/migrate.ts';

/** Every engine that the contract suite runs on. */
export const ENGINES: readonly { readonly name: string; readonly open: () => Promise<Opened> }[] = [
  { name: 'SQLite in memory', open: () => opened(':memory:', () => {}) },
  {
    name: 'SQLite file',
    open() {
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-store-'));
      return opened(join(folder, 'test.sqlite'), () => rmSync(folder, { recursive: true }));
    },
  },
];

export type Opened = { readonly db: Database; close(): Promise<void> };

async function opened(path: string, remove: () => void): Promise<Opened> {
  const db = openDatabase(path);
  await migrateUp(db);
  return {
    db,
    async close() {
      await db.close();
      remove();
    },
  };
}
