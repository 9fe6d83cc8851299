import {
  type OnConflictNode,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import pg, { type ClientConfig, type Pool, type PoolClient, type QueryResult as PostgresResult } from 'pg';
import type { NetworkDsn, TlsMode } from '../../config/dsn.ts';
import type { Loan, PooledEngine } from './pooled.ts';
import { PATIENCE } from './retry.ts';

/** A statement that takes longer is given up, in milliseconds. Migrations know no limit. */
const STATEMENT_PATIENCE = 15_000;
const CONNECT_PATIENCE = 5_000;
const PREPARED_LIMIT = 500;

/** PostgreSQL, and what speaks its protocol: CockroachDB, YugabyteDB. */
export function openPostgres(dsn: NetworkDsn, isForMigrations = false): PooledEngine {
  const options = { ...clientOptions(dsn), ...(isForMigrations ? {} : { query_timeout: STATEMENT_PATIENCE }) };
  const { max_conns, max_idle_conns, max_conn_lifetime, max_conn_idle_time } = dsn.pool;
  const pool = new pg.Pool({
    ...options,
    max: max_conns,
    min: Math.min(max_idle_conns, 1),
    idleTimeoutMillis: max_conn_idle_time * 1000,
    maxLifetimeSeconds: max_conn_lifetime,
    connectionTimeoutMillis: PATIENCE,
  });
  // A connection that breaks leaves the pool by itself, and the statement that it runs hears of it.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const names = new StatementNames();
  const loans = new WeakMap<PoolClient, Loan>();
  return {
    async acquire() {
      const client = await connect(pool, dsn.tls);
      const loan = loans.get(client) ?? loanOf(client, names);
      loans.set(client, loan);
      return loan;
    },
    isConflict,
    isGone,
    end: () => pool.end(),
    kysely: {
      createAdapter: () => new UnlockedAdapter(),
      createQueryCompiler: () => new Compiler(),
      createIntrospector: (db) => new PostgresIntrospector(db),
    },
  };
}

/** The lease of store/leases.ts keeps migrations apart: not every engine of this protocol has advisory locks. */
class UnlockedAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

/**
 * A row that two insert at once may be noticed at any of its unique keys, and at one that `on conflict` does not name it is
 * an error: so whichever it is, nothing is inserted.
 */
class Compiler extends PostgresQueryCompiler {
  protected override visitOnConflict({ kind, doNothing, ...node }: OnConflictNode): void {
    super.visitOnConflict(doNothing ? { kind, doNothing } : { kind, ...node });
  }
}

/** int8 holds seconds and counts: numbers that fit. */
const INT8 = 20;

const parserOf = ((oid, format) =>
  oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser;

function clientOptions({ host, port, user, password, database, tls, settings }: NetworkDsn): ClientConfig {
  const { application_name = 'gatehouse', connect_timeout, options = '', ...session } = settings;
  const flags = Object.entries(session).map(([name, value]) => `-c ${name}=${value.replaceAll(/([\\ ])/g, '\\$1')}`);
  return {
    host,
    port,
    user,
    password,
    database,
    application_name,
    options: [options, ...flags].filter((flag) => flag !== '').join(' '),
    connectionTimeoutMillis: connect_timeout ? Number(connect_timeout) * 1000 : CONNECT_PATIENCE,
    keepAlive: true,
    ssl: tlsOptions(tls),
    types: { getTypeParser: parserOf },
  };
}

function tlsOptions(tls: TlsMode): ClientConfig['ssl'] {
  if (tls.mode === 'disable') return false;
  const { mode, ...files } = tls;
  const isVerified = mode.startsWith('verify');
  return {
    ...files,
    rejectUnauthorized: isVerified,
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

/** `prefer`: from the first answer that there is none, it goes without. */
async function connect(pool: Pool, tls: TlsMode): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    if (tls.mode !== 'prefer' || !/does not support SSL/.test(String(error))) throw error;
    pool.options.ssl = false;
    return pool.connect();
  }
}

/** The name under which a connection keeps a statement. Past the limit they are parsed each time. */
class StatementNames {
  readonly #names = new Map<string, string>();

  of(sql: string): string | undefined {
    const known = this.#names.get(sql);
    if (known !== undefined || this.#names.size >= PREPARED_LIMIT) return known;
    const name = `s${this.#names.size}`;
    this.#names.set(sql, name);
    return name;
  }
}

const loanOf = (client: PoolClient, names: StatementNames): Loan => ({
  async execute(text, parameters) {
    const name = parameters.length > 0 ? names.of(text) : undefined;
    const values = parameters as unknown[];
    return resultOf(await client.query(name === undefined ? { text, values } : { name, text, values }));
  },
  release: (broken) => client.release(broken),
});

const COUNTING = ['INSERT', 'UPDATE', 'DELETE'];

const resultOf = ({ command, rowCount, rows }: PostgresResult): QueryResult<unknown> =>
  COUNTING.includes(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows };

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** serialization_failure, deadlock_detected, lock_not_available. */
const CONFLICTS = ['40001', '40P01', '55P03'];

const isConflict = (error: unknown): boolean => CONFLICTS.includes(codeOf(error));

/** Class 08, the shutdowns of class 57, class 53 (no connections, no room), and what the network says. */
const GONE = /^(08...|57P0[1235]|53...|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOENT|EAI_AGAIN)$/;
/** What the driver says without a code; and a prepared statement whose table has changed since. */
const GONE_TEXT =
  /^(Connection terminated|Client has encountered a connection error|Query read timeout|timeout exceeded when trying to connect|timeout expired|Client was closed|cached plan must not change result type)/;

const isGone = (error: unknown): boolean =>
  GONE.test(codeOf(error)) || (error instanceof Error && GONE_TEXT.test(error.message));
