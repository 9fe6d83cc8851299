import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { OAuthError } from '../../oauth/error.ts';
import { withRunner } from '../hot_query.ts';
import type { Queries, Tables } from '../tables.ts';
import { SQLITE, statements } from './dialect.ts';
import { Checkpoints, LAST_RESORT } from './sqlite_checkpoints.ts';

/** How long another process may keep us from opening the file, or from reading where that is all we do, in milliseconds. */
const OPENING_TIMEOUT = 5_000;
/** How long another process is waited for before the answer is 503, in milliseconds. */
const PATIENCE = 15_000;
/** Milliseconds. A transaction of ours is over in one. */
const LONGEST_PAUSE = 3;
const PREPARED_LIMIT = 500;

type Prepared = { readonly statement: StatementSync; readonly hasRows: boolean };

/**
 * One connection of node:sqlite, which is synchronous. What runs on it is a statement at a time; `open` counts whoever
 * must not be mixed with others (a batch of writes, see store/write.ts), and readers wait until it is over, so that
 * nobody sees what is not committed yet.
 */
export class SqliteConnection implements DatabaseConnection {
  readonly database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();
  readonly #checkpoints: Checkpoints | undefined;
  #batch: Promise<void> | undefined;
  /** Rows that were changed since the last COMMIT. */
  #changed = 0;

  constructor(path: string, readOnly = false) {
    if (path !== ':memory:' && !readOnly) mkdirSync(dirname(path), { recursive: true });
    this.database = new DatabaseSync(path, { timeout: OPENING_TIMEOUT, readOnly });
    if (readOnly) return;
    this.database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
    this.database.exec(`pragma wal_autocheckpoint = ${LAST_RESORT}`);
    // From now on we wait outside of the engine, which would keep the whole process waiting.
    this.database.exec('pragma busy_timeout = 0');
    if (path !== ':memory:') this.#checkpoints = new Checkpoints(path);
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

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    return this.run<R>(sql, parameters as SQLInputValue[]);
  }

  /** Waits where another process, which came after a crash, reads the log. */
  read<R>(sql: string, parameters: SQLInputValue[]): QueryResult<R> | Promise<QueryResult<R>> {
    try {
      return this.run<R>(sql, parameters);
    } catch (error) {
      if (!isBusy(error)) throw error;
      return patiently(() => this.run<R>(sql, parameters));
    }
  }

  run<R>(sql: string, parameters: SQLInputValue[]): QueryResult<R> {
    if (statements.hasSubscribers) statements.publish(sql);
    const { statement, hasRows } = this.#prepare(sql);
    if (hasRows) return { rows: statement.all(...parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    this.#changed += Number(changes);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  /** Another one when another connection has written. */
  dataVersion(): unknown {
    return this.#prepare('pragma data_version').statement.get()?.data_version;
  }

  /** What is within a transaction, and is no statement of anybody. */
  control(sql: string): void {
    this.#prepare(sql).statement.run();
  }

  /** Throws `temporarily_unavailable` when another process does not stop writing. */
  begin(): Promise<void> {
    return patiently(() => this.control('begin immediate'));
  }

  commit(): void {
    this.control('commit');
    this.#checkpoints?.committed(this.#changed);
    this.#changed = 0;
  }

  /** After `isFull`: without a COMMIT nobody else would copy the log, which may be what fills the disk. */
  makeRoom(): void {
    this.#checkpoints?.makeRoom();
  }

  async close(): Promise<void> {
    await this.#checkpoints?.close();
    this.database.close();
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

/** Until no other process is in the way. */
async function patiently<T>(work: () => T): Promise<T> {
  const deadline = performance.now() + PATIENCE;
  for (let pause = 1; ; pause = Math.min(pause + 1, LONGEST_PAUSE)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() > deadline) throw new OAuthError('temporarily_unavailable', 'The database is busy.');
    }
    await sleep(pause);
  }
}

/** `gated` queries wait for a running batch of writes; the batch's own do not. */
class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection;
  readonly #reader: DatabaseConnection | undefined;
  #leave: (() => void) | undefined;

  constructor(connection: SqliteConnection, gated: boolean) {
    this.#connection = connection;
    if (gated) this.#reader = readerOf(connection);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    if (!this.#reader) return this.#connection;
    while (this.#connection.batch) await this.#connection.batch;
    return this.#reader;
  }

  /** Of migrations alone: the writes of a server are batches of group_commit.ts. */
  async beginTransaction(): Promise<void> {
    const leave = await this.#connection.enter();
    try {
      // Whoever migrates waits in a way of its own.
      this.#connection.run('begin immediate', []);
      this.#leave = leave;
    } catch (error) {
      leave();
      throw error;
    }
  }

  async commitTransaction(): Promise<void> {
    this.#connection.commit();
    this.#end();
  }

  async rollbackTransaction(): Promise<void> {
    try {
      this.#connection.control('rollback');
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

const readerOf = (connection: SqliteConnection): DatabaseConnection => ({
  executeQuery: async <R>({ sql, parameters }: CompiledQuery) => connection.read<R>(sql, parameters as SQLInputValue[]),
  streamQuery: <R>(query: CompiledQuery) => connection.streamQuery<R>(query),
});

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
      if (!gated) return connection.run(sql, parameters as SQLInputValue[]);
      while (connection.batch) await connection.batch;
      return connection.read(sql, parameters as SQLInputValue[]);
    },
  });
}

/** SQLITE_BUSY and SQLITE_LOCKED: another process writes. */
const isBusy = (error: unknown): boolean => [5, 6].includes(codeOf(error));

/** SQLITE_FULL and SQLITE_IOERR: the disk takes no more. */
export const isFull = (error: unknown): boolean => [10, 13].includes(codeOf(error));

/** The primary result code. */
const codeOf = (error: unknown): number =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
