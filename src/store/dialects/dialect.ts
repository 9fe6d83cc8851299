import { channel } from 'node:diagnostics_channel';
import { type ColumnDefinitionBuilder, type RawBuilder, sql } from 'kysely';

/** What the engines disagree about, as far as it shows in a query or a migration. */
export type Dialect = {
  readonly engine: 'sqlite' | 'postgres' | 'mysql';
  /** Column types for migrations. */
  readonly columns: Columns;
  /** Behind the column list of `create table`. */
  readonly tableOptions: RawBuilder<unknown> | undefined;
  /** Makes a change of tables give up instead of standing in the way of those who write, in seconds. */
  lockTimeout(seconds: number): RawBuilder<unknown> | undefined;
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
  (member: string, name: string | number) =>
  (error: unknown): boolean =>
    error instanceof Error && member in error && (error as unknown as Record<string, unknown>)[member] === name;

const raw = (text: string): RawBuilder<unknown> => sql.raw(text);

export const SQLITE: Dialect = {
  engine: 'sqlite',
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
  isOrphan: named('errcode', 787),
};

export const POSTGRES: Dialect = {
  engine: 'postgres',
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
  isOrphan: named('code', '23503'),
};

/** `collation` is one that pads nothing: MySQL and MariaDB name it differently. */
export const mysqlDialect = (collation: string): Dialect => ({
  engine: 'mysql',
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
  isOrphan: named('errno', 1452),
});

/** Hears the text of every statement, without those that begin and end a transaction; tests count them. */
export const statements = channel('gatehouse:statement');
