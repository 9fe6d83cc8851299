import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { withRunner } from '../hot_query.ts';
import type { Queries, Tables } from '../tables.ts';
import { SQLITE, statements } from './dialect.ts';

/** How long another process may hold the write lock before we wait outside the engine, in milliseconds. */
const BUSY_TIMEOUT = 20;
/** The same for a file that is only read. */
const READER_TIMEOUT = 5_000;
const PREPARED_LIMIT = 500;

/**
 * Pages of 4 kB that the log may grow to before it is copied to the file. A page that many writes change is copied once:
 * with SQLite's own 1 000 a token costs half as much processor time again, and twice the time (docs/performance.md).
 */
const LONGEST_LOG = 10_000;

type Prepared = { readonly statement: StatementSync; readonly hasRows: boolean };

/**
 * One connection of node:sqlite, which is synchronous. What runs on it is a statement at a time; `open` counts whoever
 * must not be mixed with others (a batch of writes, see store/write.ts), and readers wait until it is over, so that
 * nobody sees what is not committed yet.
 */
export class SqliteConnection implements DatabaseConnection {
  readonly database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();
  #batch: Promise<void> | undefined;

  constructor(path: string, readOnly = false) {
    if (path !== ':memory:' && !readOnly) mkdirSync(dirname(path), { recursive: true });
    this.database = new DatabaseSync(path, { timeout: readOnly ? READER_TIMEOUT : BUSY_TIMEOUT, readOnly });
    if (readOnly) return;
    this.database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
    this.database.exec(`pragma wal_autocheckpoint = ${LONGEST_LOG}`);
  }

  /** The batch of writes that is running, if one is. */
  get batch(): Promise<void> | undefined {
    return this.#batch;
  }

  /** Keeps readers out until `work` is done. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** Keeps readers and other batches out until the answer is called. */
  async enter(): Promise<() => void> {
    while (this.#batch) await this.#batch;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#batch = promise;
    return () => {
      this.#batch = undefined;
      resolve();
    };
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return Promise.resolve(this.run<R>(query.sql, query.parameters as SQLInputValue[]));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  run<R>(sql: string, parameters: SQLInputValue[]): QueryResult<R> {
    if (statements.hasSubscribers) statements.publish(sql);
    const { statement, hasRows } = this.#prepare(sql);
    if (hasRows) return { rows: statement.all(...parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  /** Another one when another connection has written. */
  dataVersion(): unknown {
    return this.#prepare('pragma data_version').statement.get()?.data_version;
  }

  /** What begins and ends a transaction, and is no statement of anybody. */
  control(sql: string): void {
    this.#prepare(sql).statement.run();
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known) return known;
    if (this.#prepared.size >= PREPARED_LIMIT) this.#prepared.clear();
    const statement = this.database.prepare(sql);
    const prepared = { statement, hasRows: statement.columns().length > 0 };
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    const rows = this.database.prepare(query.sql).iterate(...(query.parameters as SQLInputValue[]));
    for (const row of rows) yield { rows: [row as R] };
  }
}

/** `gated` queries wait for a running batch of writes; the batch's own do not. */
class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection;
  readonly #gated: boolean;
  #leave: (() => void) | undefined;

  constructor(connection: SqliteConnection, gated: boolean) {
    this.#connection = connection;
    this.#gated = gated;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#gated) while (this.#connection.batch) await this.#connection.batch;
    return this.#connection;
  }

  /** Of migrations alone: the writes of a server are batches of group_commit.ts. */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const leave = await this.#connection.enter();
    try {
      await connection.executeQuery(CompiledQuery.raw('begin immediate'));
      this.#leave = leave;
    } catch (error) {
      leave();
      throw error;
    }
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
    this.#end();
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw('rollback'));
    } finally {
      this.#end();
    }
  }

  #end(): void {
    this.#leave?.();
    this.#leave = undefined;
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

/** Tables, too, are changed in transactions. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

export function sqliteQueries(connection: SqliteConnection, gated: boolean): Queries {
  const queries = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new Adapter(),
      createDriver: () => new SqliteDriver(connection, gated),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  return withRunner(queries, {
    dialect: SQLITE,
    async run(sql, parameters) {
      if (gated) while (connection.batch) await connection.batch;
      return connection.run(sql, parameters as SQLInputValue[]);
    },
  });
}

/** SQLITE_BUSY and SQLITE_LOCKED: another process writes. */
export const isBusy = (error: unknown): boolean => [5, 6].includes(codeOf(error));

/** SQLITE_FULL and SQLITE_IOERR: the disk takes no more. */
export const isFull = (error: unknown): boolean => [10, 13].includes(codeOf(error));

/** The primary result code. */
const codeOf = (error: unknown): number =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
