import { channel } from 'node:diagnostics_channel';
import { type ColumnDefinitionBuilder, type RawBuilder, sql } from 'kysely';

/** What the engines disagree about, as far as it shows in a query or a migration. */
export type Dialect = {
  readonly engine: 'sqlite' | 'postgres' | 'mysql';
  /** Whether statements run on the thread that answers, so that whoever asks meanwhile waits for them. */
  readonly isInProcess: boolean;
  /** Column types for migrations. */
  readonly columns: Columns;
  /** Behind the column list of `create table`. */
  readonly tableOptions: RawBuilder<unknown> | undefined;
  /** Makes a change of tables give up instead of standing in the way of those who write, in seconds. */
  lockTimeout(seconds: number): RawBuilder<unknown> | undefined;
  /** Whether a migration happens as a whole or not at all. Else it may end after any of its statements. */
  readonly hasTransactionalDdl: boolean;
  /** A change of tables that did not happen, because others use what it needs. */
  isHeld(error: unknown): boolean;
  /** A change of tables that has happened before. */
  isRepeated(error: unknown): boolean;
  /** A row was to be stored for another that is not there: the client was deleted meanwhile, or the login session. */
  isOrphan(error: unknown): boolean;
};

export type Columns = {
  /** Text that is found by its value, byte for byte. */
  name(length: number): RawBuilder<unknown>;
  /** Text of any length. */
  readonly text: RawBuilder<unknown>;
  /** 32 bytes that are found by their value. */
  readonly hash: RawBuilder<unknown>;
  /** Bytes of any length. */
  readonly bytes: RawBuilder<unknown>;
  /** A number that the engine counts up. */
  readonly serial: RawBuilder<unknown>;
  asSerial(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
};

/** What a driver calls an error, under the name that it has for that. */
const named =
  (member: string, ...names: readonly (string | number)[]) =>
  (error: unknown): boolean =>
    error instanceof Error &&
    member in error &&
    names.includes((error as unknown as Record<string, string | number>)[member] ?? '');

const raw = (text: string): RawBuilder<unknown> => sql.raw(text);

export const SQLITE: Dialect = {
  engine: 'sqlite',
  isInProcess: true,
  columns: {
    name: (length) => raw(`varchar(${length})`),
    text: raw('text'),
    hash: raw('blob'),
    bytes: raw('blob'),
    serial: raw('integer'),
    asSerial: (column) => column.primaryKey().autoIncrement(),
  },
  tableOptions: undefined,
  lockTimeout: () => undefined,
  hasTransactionalDdl: true,
  // Busy, locked, busy with a recovery, busy since the snapshot.
  isHeld: named('errcode', 5, 6, 261, 517),
  isRepeated: () => false,
  isOrphan: named('errcode', 787),
};

export const POSTGRES: Dialect = {
  engine: 'postgres',
  isInProcess: false,
  columns: {
    // The order of bytes is that of every other engine, and no library of the system can change it under an index.
    name: (length) => raw(`varchar(${length}) collate "C"`),
    text: raw('text collate "C"'),
    hash: raw('bytea'),
    bytes: raw('bytea'),
    serial: raw('bigserial'),
    asSerial: (column) => column.primaryKey(),
  },
  tableOptions: undefined,
  lockTimeout: (seconds) => raw(`set lock_timeout = '${seconds}s'`),
  hasTransactionalDdl: true,
  // Lock timeout, deadlock, serialization failure.
  isHeld: named('code', '55P03', '40P01', '40001'),
  isRepeated: () => false,
  isOrphan: named('code', '23503'),
};

/** `collation` is one that pads nothing: MySQL and MariaDB name it differently. */
export const mysqlDialect = (collation: string): Dialect => ({
  engine: 'mysql',
  isInProcess: false,
  columns: {
    name: (length) => raw(`varchar(${length})`),
    text: raw('mediumtext'),
    hash: raw('varbinary(32)'),
    bytes: raw('mediumblob'),
    serial: raw('bigint'),
    asSerial: (column) => column.autoIncrement().primaryKey(),
  },
  tableOptions: raw(`engine=InnoDB default charset=utf8mb4 collate=${collation}`),
  lockTimeout: (seconds) => raw(`set session lock_wait_timeout = ${seconds}`),
  hasTransactionalDdl: false,
  // Lock wait timeout, deadlock.
  isHeld: named('errno', 1205, 1213),
  // The table, the column or the key is there; the table, or the column or key, is gone.
  isRepeated: named('errno', 1050, 1060, 1061, 1051, 1091),
  isOrphan: named('errno', 1452),
});

/** Hears the text of every statement, without those that begin and end a transaction; tests count them. */
export const statements = channel('gatehouse:statement');
