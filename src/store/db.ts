import { sql } from 'kysely';
import type { Dsn, NetworkDsn, SqliteDsn } from '../config/dsn.ts';
import { onceATurn } from '../lib/once_a_turn.ts';
import { type Dialect, mysqlDialect, POSTGRES, SQLITE } from './dialects/dialect.ts';
import { migrationQueries, type PooledEngine, pooledQueries, repeatableQueries } from './dialects/pooled.ts';
import { isFull, SqliteConnection, sqliteQueries } from './dialects/sqlite.ts';
import { GroupCommit } from './group_commit.ts';
import type { Queries } from './tables.ts';
import { Transactions } from './transactions.ts';

export type Database = {
  readonly dialect: Dialect;
  /** Reads see what is committed. Writes go through `write` of store/write.ts. */
  readonly queries: Queries;
  readonly writes: Writes;
  /** Another text whenever anything was written, by whatever process; undefined where only a query could tell. */
  moment(): string | undefined;
  /** For migrations, which bring their own transactions. */
  readonly schema: Queries;
  /** The same, where a change of tables that has happened before is no error. */
  readonly repeatable: Queries;
  close(): Promise<void>;
};

/** How an engine does what store/write.ts promises. */
export type Writes = {
  add<T>(body: (tx: Queries) => Promise<T>): Promise<T>;
  /** Resolves when nothing is left to write. */
  idle(): Promise<void>;
};

/** Throws `temporarily_unavailable` where a database behind a network does not answer. */
export async function openDatabase(dsn: Dsn): Promise<Database> {
  return dsn.engine === 'sqlite' ? openSqlite(dsn) : openNetwork(dsn);
}

/** Somebody else's database, which stays as it is. */
export async function openToRead(dsn: Dsn): Promise<Database> {
  return dsn.engine === 'sqlite' ? openSqlite(dsn, true) : openNetwork(dsn);
}

function openSqlite({ path }: SqliteDsn, readOnly = false): Database {
  const connection = new SqliteConnection(path, readOnly);
  const ungated = sqliteQueries(connection, false);
  const othersVersion = onceATurn(() => connection.dataVersion());
  const writes = new GroupCommit({
    tx: ungated,
    begin: () => connection.begin(),
    commit: () => connection.commit(),
    execute: (sql) => connection.control(sql),
    alone: (work) => connection.alone(work),
    isFull,
    makeRoom: () => connection.makeRoom(),
  });
  return {
    dialect: SQLITE,
    queries: sqliteQueries(connection, true),
    writes,
    // What others write while requests wait for their turn, the next turn sees.
    moment: () => `${othersVersion()} ${writes.batches}`,
    schema: ungated,
    repeatable: ungated,
    async close() {
      await writes.idle();
      await connection.close();
    },
  };
}

async function openNetwork(dsn: NetworkDsn): Promise<Database> {
  const open = await engineOf(dsn);
  const engine = open(dsn);
  // A pool of one keeps what belongs to one transaction on one connection.
  const alone = open({ ...dsn, pool: { ...dsn.pool, max_conns: 1, max_idle_conns: 1 } }, true);
  const end = async () => void (await Promise.all([engine.end(), alone.end()]));
  const queries = pooledQueries(engine);
  const writes = new Transactions(engine);
  try {
    const version = await sql<{ version: string }>`select version() as version`.execute(queries);
    const dialect = dialectOf(dsn, version.rows[0]?.version ?? '');
    return {
      dialect,
      queries,
      writes,
      moment: () => undefined,
      schema: migrationQueries(alone),
      repeatable: repeatableQueries(alone, dialect.isRepeated),
      async close() {
        await writes.idle();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

type Open = (dsn: NetworkDsn, isForMigrations?: boolean) => PooledEngine;

/** A driver is loaded where it is used. */
async function engineOf({ engine }: NetworkDsn): Promise<Open> {
  return engine === 'postgres'
    ? (await import('./dialects/postgres.ts')).openPostgres
    : (await import('./dialects/mysql.ts')).openMysql;
}

const dialectOf = ({ engine }: NetworkDsn, version: string): Dialect =>
  engine === 'postgres' ? POSTGRES : mysqlDialect(/mariadb/i.test(version) ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin');

/** Throws where the database does not answer. */
export async function ping(db: Database): Promise<void> {
  await sql`select 1`.execute(db.queries);
}
