/** How the engines say what filling a table needs. Numbers are SQL expressions, and so is all that is answered. */
export type Words = {
  /** For `from`: a column `i` with the whole numbers of a range. */
  numbers(from: number, to: number): string;
  text(...parts: readonly string[]): string;
  /** 32 bytes: six of the number, as those of a token are of its time, and then what is different for each, in no order. */
  hash(number: string): string;
  /** `count` is a multiple of 16. */
  bytes(count: number, number: string): string;
  /**
   * Answers the indexes of a table, as `name` and `definition`, that may be gone while it is filled: to sort an index once is
   * ten times as fast as to find a place for each of five million rows. Undefined where foreign keys hold them.
   */
  indexes(table: string): string | undefined;
  /** Before and after; for the connection that fills. */
  readonly prepare: readonly string[];
  readonly finish: readonly string[];
};

const SQLITE: Words = {
  numbers: (from, to) =>
    `(with recursive counted(i) as (select ${from} union all select i + 1 from counted where i < ${to}) select i from counted)`,
  text: (...parts) => parts.map((part) => `(${part})`).join(' || '),
  hash: (number) => `unhex(printf('%012x', ${number}) || hex(randomblob(26)))`,
  bytes: (count) => `randomblob(${count})`,
  indexes: (table) =>
    `select name, sql as definition from sqlite_master where type = 'index' and tbl_name = '${table}' and sql is not null`,
  prepare: ['pragma synchronous = off', 'pragma cache_size = -1500000'],
  finish: ['pragma wal_checkpoint(truncate)'],
};

const POSTGRES: Words = {
  numbers: (from, to) => `generate_series(${from}::bigint, ${to}::bigint) as counted(i)`,
  text: (...parts) => parts.map((part) => `cast(${part} as text)`).join(' || '),
  hash: (number) =>
    `decode(lpad(to_hex(${number}), 12, '0'), 'hex') || substr(sha256(convert_to(cast(${number} as text), 'UTF8')), 1, 26)`,
  bytes: (count, number) => `decode(repeat(md5(cast(${number} as text)), ${count / 16}), 'hex')`,
  // Those of constraints stay.
  indexes: (table) =>
    `select indexname as name, indexdef as definition from pg_indexes
    where tablename = '${table}' and indexname not in (select conname from pg_constraint)`,
  prepare: ["set maintenance_work_mem = '1GB'"],
  finish: ['vacuum analyze'],
};

/** Of MariaDB. */
const MYSQL: Words = {
  numbers: (from, to) => `(select seq as i from seq_${from}_to_${to}) as counted`,
  text: (...parts) => `concat(${parts.join(', ')})`,
  hash: (number) => `unhex(concat(lpad(hex(${number}), 12, '0'), substr(sha2(${number}, 256), 1, 52)))`,
  bytes: (count, number) => `unhex(repeat(md5(${number}), ${count / 16}))`,
  indexes: () => undefined,
  // With the memory that a server has by default five million rows take an hour.
  prepare: ['set global innodb_buffer_pool_size = 4 * 1024 * 1024 * 1024', 'set unique_checks = 0'],
  finish: [
    'set global innodb_buffer_pool_size = 128 * 1024 * 1024',
    'analyze table tokens, clients, consents, login_sessions',
  ],
};

export const WORDS = { sqlite: SQLITE, postgres: POSTGRES, mysql: MYSQL } as const;
