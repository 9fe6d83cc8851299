import {
  type ColumnNode,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  type OnConflictNode,
  type QueryResult,
  type ReferenceNode,
} from 'kysely';
import { createPool, type Pool, type PoolConnection, type PoolOptions, type ResultSetHeader } from 'mysql2';
import type { NetworkDsn, TlsMode } from '../../config/dsn.ts';
import type { Loan, PooledEngine } from './pooled.ts';
import { PATIENCE } from './retry.ts';

/** A statement that takes longer is given up, in milliseconds. Migrations know no limit. */
const STATEMENT_PATIENCE = 15_000;
const CONNECT_PATIENCE = 5_000;

/** MySQL and MariaDB. */
export function openMysql(dsn: NetworkDsn, isForMigrations = false): PooledEngine {
  const pool = createPool(poolOptions(dsn));
  // What a statement sees is what is committed then, as on the other engines; and no gap is locked.
  pool.on('connection', (connection) =>
    connection.query('set session transaction isolation level read committed', ignored),
  );
  const lifetime = dsn.pool.max_conn_lifetime * 1000;
  const loans = new WeakMap<PoolConnection, Loan>();
  const timeout = isForMigrations ? 0 : STATEMENT_PATIENCE;
  return {
    async acquire() {
      const connection = await connect(pool);
      const loan = loans.get(connection) ?? loanOf(connection, timeout, lifetime);
      loans.set(connection, loan);
      return loan;
    },
    isConflict,
    isGone,
    end: () => new Promise((resolve) => pool.end(() => resolve())),
    kysely: {
      createAdapter: () => new UnlockedAdapter(),
      createQueryCompiler: () => new Compiler(),
      createIntrospector: (db) => new MysqlIntrospector(db),
    },
  };
}

const ignored = (): void => {};

/** The lease of store/leases.ts keeps migrations apart. */
class UnlockedAdapter extends MysqlAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

/** `on conflict` in the words of this engine, which does not ask which key it was. */
class Compiler extends MysqlQueryCompiler {
  protected override visitOnConflict({ columns = [], updates = [] }: OnConflictNode): void {
    this.append('on duplicate key update ');
    if (updates.length > 0) this.compileList(updates);
    else this.#toItself(columns[0]);
  }

  /** The update that changes nothing. */
  #toItself(column: ColumnNode | undefined): void {
    if (!column) throw new Error('onConflict needs a column.');
    this.visitNode(column);
    this.append(' = ');
    this.visitNode(column);
  }

  /** `excluded.column`: the value that was not inserted. */
  protected override visitReference(node: ReferenceNode): void {
    if (node.table?.table.identifier.name !== 'excluded') {
      super.visitReference(node);
      return;
    }
    this.append('values(');
    this.visitNode(node.column);
    this.append(')');
  }
}

function poolOptions({ host, port, user, password, database, tls, pool }: NetworkDsn): PoolOptions {
  return {
    ...(host.startsWith('/') ? { socketPath: host } : { host, port }),
    user,
    password,
    database,
    ...tlsOptions(tls),
    charset: 'utf8mb4',
    // An insert that changes nothing counts no row; what an update found is told apart, see matchedRows.
    flags: ['-FOUND_ROWS'],
    connectionLimit: pool.max_conns,
    maxIdle: pool.max_idle_conns,
    idleTimeout: pool.max_conn_idle_time * 1000,
    connectTimeout: CONNECT_PATIENCE,
    enableKeepAlive: true,
  };
}

function tlsOptions({ mode, ...files }: TlsMode): Pick<PoolOptions, 'ssl'> {
  // The driver cannot go on without TLS where it began with it.
  if (mode === 'disable' || mode === 'prefer') return {};
  return { ssl: { ...files, rejectUnauthorized: mode.startsWith('verify'), verifyIdentity: mode === 'verify-full' } };
}

/** With a deadline, which the pool has none of. A connection that comes too late goes back. */
function connect(pool: Pool): Promise<PoolConnection> {
  const { promise, resolve, reject } = Promise.withResolvers<PoolConnection>();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reject(Object.assign(new Error('No connection of the pool came free.'), { code: 'ETIMEDOUT' }));
  }, PATIENCE);
  pool.getConnection((error, connection) => {
    clearTimeout(timer);
    if (isLate) return connection?.release();
    if (error) reject(error);
    else resolve(connection);
  });
  return promise;
}

/** `lifetime` is in milliseconds, 0 for ever. */
function loanOf(connection: PoolConnection, timeout: number, lifetime: number): Loan {
  const born = performance.now();
  return {
    execute: (sql, parameters) => run(connection, sql, parameters, timeout),
    release(broken) {
      const isOld = lifetime > 0 && performance.now() - born > lifetime;
      if (broken || isOld) connection.destroy();
      else connection.release();
    },
  };
}

function run(
  connection: PoolConnection,
  sql: string,
  parameters: readonly unknown[],
  timeout: number,
): Promise<QueryResult<unknown>> {
  const { promise, resolve, reject } = Promise.withResolvers<QueryResult<unknown>>();
  const options = timeout > 0 ? { sql, timeout } : { sql };
  const done = (error: unknown, result: unknown) => (error ? reject(error) : resolve(resultOf(result)));
  // Prepared once a connection. What has no parameters may be a statement that cannot be prepared.
  if (parameters.length === 0) connection.query(options, done);
  else connection.execute({ ...options, values: parameters.map(parameterOf) as never }, done);
  return promise;
}

/** Numbers go as text, which is what LIMIT takes; bytes as the buffers that the driver knows. */
function parameterOf(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (value instanceof Uint8Array && !Buffer.isBuffer(value)) return Buffer.from(value);
  return value;
}

function resultOf(result: unknown): QueryResult<unknown> {
  if (Array.isArray(result)) return { rows: result };
  const header = result as ResultSetHeader;
  return { rows: [], numAffectedRows: BigInt(matchedRows(header) ?? header.affectedRows) };
}

/** Of an update: the rows that it found, changed or not. */
function matchedRows({ info }: ResultSetHeader): number | undefined {
  const found = /^\W*Rows matched: (\d+)/.exec(info)?.[1];
  return found === undefined ? undefined : Number(found);
}

const numberOf = (error: unknown): number =>
  error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;

/** Deadlock, lock wait timeout, and a row that changed since it was read. */
const CONFLICTS = [1213, 1205, 1020];

const isConflict = (error: unknown): boolean => CONFLICTS.includes(numberOf(error));

/** Too many connections, shutdown, killed, gone away, lost. */
const GONE = [1040, 1053, 1317, 1927, 2006, 2013, 4031];
const GONE_CODE = /^(PROTOCOL_|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOENT|EAI_AGAIN)/;
const GONE_TEXT = /closed state|Connection lost|connection is closed/i;

function isGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return GONE.includes(numberOf(error)) || GONE_CODE.test(code) || GONE_TEXT.test(error.message);
}
