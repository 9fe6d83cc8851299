import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type DialectAdapter,
  type Driver,
  Kysely,
  type Dialect as KyselyDialect,
  type QueryCompiler,
  type QueryResult,
} from 'kysely';
import { withRunner } from '../hot_query.ts';
import type { Queries, Tables } from '../tables.ts';
import { statements } from './dialect.ts';
import { type Attempts, retried } from './retry.ts';

/** A connection of the driver, on loan: the same object each time that it is lent. */
export type Loan = {
  execute(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>>;
  /** A connection that is broken, or whose state nobody knows, is not given to anybody else. */
  release(broken: boolean): void;
};

/** What an engine behind a network lends. */
export type PooledEngine = {
  acquire(): Promise<Loan>;
  /** Transactions that lost against others: worth trying again as they are. */
  isConflict(error: unknown): boolean;
  /** The connection is of no use any more: what it was doing has not happened, unless it was a COMMIT. */
  isGone(error: unknown): boolean;
  end(): Promise<void>;
  readonly kysely: {
    createAdapter(): DialectAdapter;
    createQueryCompiler(): QueryCompiler;
    createIntrospector(db: Kysely<unknown>): DatabaseIntrospector;
  };
};

/** For the retry of what failed for no fault of its own. */
export const attemptsOf = ({ isConflict, isGone }: PooledEngine): Attempts => ({
  mayRepeat: (error) => isConflict(error) || isGone(error),
});

/** Reads, each on a connection of its own for as long as it takes. */
export function pooledQueries(engine: PooledEngine): Queries {
  const attempts = attemptsOf(engine);
  const execute = borrowing(engine);
  return queriesBy(engine, (sql, parameters) => retried(attempts, () => execute(sql, parameters)));
}

/** Each statement as it is, on whatever connection the pool has: for a pool of one. */
export const migrationQueries = (engine: PooledEngine): Queries => queriesBy(engine, borrowing(engine));

/** The same, where what `isRepeated` tells of a statement is no error. */
export function repeatableQueries(engine: PooledEngine, isRepeated: (error: unknown) => boolean): Queries {
  const execute = borrowing(engine);
  return queriesBy(engine, (sql, parameters) =>
    execute(sql, parameters).catch((error) => {
      if (isRepeated(error)) return { rows: [] };
      throw error;
    }),
  );
}

const queriesOfLoans = new WeakMap<Loan, Queries>();

/** On one connection that the caller holds. */
export function queriesOn(engine: PooledEngine, loan: Loan): Queries {
  const known = queriesOfLoans.get(loan);
  if (known) return known;
  const queries = queriesBy(engine, (sql, parameters) => loan.execute(sql, parameters));
  queriesOfLoans.set(loan, queries);
  return queries;
}

/** Borrows a connection for one statement. */
const borrowing =
  (engine: PooledEngine): Execute =>
  async (sql, parameters) => {
    const loan = await engine.acquire();
    try {
      const result = await loan.execute(sql, parameters);
      loan.release(false);
      return result;
    } catch (error) {
      loan.release(engine.isGone(error));
      throw error;
    }
  };

type Execute = Loan['execute'];

const queriesBy = (engine: PooledEngine, execute: Execute): Queries => {
  const run: Execute = (sql, parameters) => {
    if (statements.hasSubscribers) statements.publish(sql);
    return execute(sql, parameters);
  };
  const queries = new Kysely<Tables>({ dialect: dialectOf(engine, connectionOf(run)) });
  return withRunner(queries, { dialect: engine, run });
};

const connectionOf = (run: Execute): DatabaseConnection => ({
  executeQuery: <R>({ sql, parameters }: CompiledQuery) => run(sql, parameters) as Promise<QueryResult<R>>,
  streamQuery() {
    throw new Error('Nothing is streamed: read by pages.');
  },
});

const dialectOf = ({ kysely }: PooledEngine, connection: DatabaseConnection): KyselyDialect => ({
  ...kysely,
  createDriver: () => driverOf(connection),
});

/** One connection, whoever asks. Migrations bring transactions of their own. */
const driverOf = (connection: DatabaseConnection): Driver => ({
  init: async () => {},
  acquireConnection: async () => connection,
  beginTransaction: async () => void (await connection.executeQuery(CompiledQuery.raw('begin'))),
  commitTransaction: async () => void (await connection.executeQuery(CompiledQuery.raw('commit'))),
  rollbackTransaction: async () => void (await connection.executeQuery(CompiledQuery.raw('rollback'))),
  releaseConnection: async () => {},
  destroy: async () => {},
});
