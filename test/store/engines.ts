import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { parseDsn } from '../../src/config/dsn.ts';
import { type Database, openDatabase } from '../../src/store/db.ts';
import { migrateUp } from '../../src/store/migrate.ts';

/** An engine that tests run on. */
export type Engine = {
  readonly name: string;
  /** An empty database of its own. */
  create(): Promise<Created>;
};

export type Created = { readonly dsn: string; drop(): Promise<void> };

export const MEMORY: Engine = {
  name: 'SQLite in memory',
  create: async () => ({ dsn: 'memory', drop: async () => {} }),
};

const FILE: Engine = {
  name: 'SQLite file',
  async create() {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-store-'));
    return {
      dsn: `sqlite://${join(folder, 'test.sqlite')}`,
      drop: async () => rmSync(folder, { recursive: true }),
    };
  },
};

const POSTGRES: Engine = { name: 'PostgreSQL', create: () => onServer(0) };
const SERIALIZABLE: Engine = {
  name: 'PostgreSQL, serializable',
  create: () => onServer(0, '&default_transaction_isolation=serializable'),
};
const MYSQL: Engine = { name: 'MariaDB', create: () => onServer(1) };

/** For tests that run on each of them: they did when nobody chose one, and not again where whole flows run on another. */
const each = (...engines: Engine[]): readonly Engine[] =>
  process.env.GATEHOUSE_TEST_ENGINE === undefined ? engines : [];

/** Every engine that the contract suite runs on. */
export const ENGINES = each(MEMORY, FILE, POSTGRES, SERIALIZABLE, MYSQL);

/** Those behind a network. */
export const NETWORK_ENGINES = each(POSTGRES, MYSQL);

/** Those whose servers are processes, or files, of their own. */
export const SHARED_ENGINES = each(FILE, POSTGRES, MYSQL);

const CHOSEN: Readonly<Record<string, Engine>> = { postgres: POSTGRES, mysql: MYSQL };

/** What GATEHOUSE_TEST_ENGINE names, for tests of whole flows: `postgres`, `mysql`, or without it SQLite, in memory or in a file. */
export function chosenEngine(storage: 'memory' | 'file' = 'memory'): Engine {
  const { GATEHOUSE_TEST_ENGINE: name = 'sqlite' } = process.env;
  if (name === 'sqlite') return storage === 'memory' ? MEMORY : FILE;
  const engine = CHOSEN[name];
  if (!engine) throw new Error(`GATEHOUSE_TEST_ENGINE names no engine: ${name}`);
  return engine;
}

/** Starts the servers where they do not run. */
const serverUrls = (): string[] =>
  execFileSync(new URL('../databases', import.meta.url).pathname, ['start'], { encoding: 'utf8' })
    .trim()
    .split('\n');

/** A database of its own on a server of test/databases: the first or the second of its urls. */
async function onServer(position: 0 | 1, parameters = ''): Promise<Created> {
  const url = serverUrls()[position] ?? '';
  const name = `gatehouse_${randomBytes(6).toString('hex')}`;
  await administer(url, `create database ${name}`);
  const [address = '', query = ''] = url.split('?');
  return {
    dsn: `${address.replace(/[^/]*$/, name)}?${query}${parameters}`,
    drop: () => administer(url, `drop database ${name}${position === 0 ? ' with (force)' : ''}`),
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const db = await openDatabase(parseDsn(url));
  await sql.raw(statement).execute(db.schema);
  await db.close();
}

export type Opened = { readonly db: Database; close(): Promise<void> };

/** With the tables of this version. */
export async function openFresh(engine: Engine): Promise<Opened> {
  const { dsn, drop } = await engine.create();
  const db = await openDatabase(parseDsn(dsn));
  await migrateUp(db);
  return {
    db,
    async close() {
      await db.close();
      await drop();
    },
  };
}
