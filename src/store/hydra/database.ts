import { sql } from 'kysely';
import type { Dsn } from '../../config/dsn.ts';
import { OAuthError } from '../../oauth/error.ts';
import { type Database, openToRead } from '../db.ts';

/**
 * A row of the reference's, every column as text: what a column is differs from engine to engine, and what a driver makes
 * of it differs again. A column that the database lacks is absent.
 */
export type HydraRow = Readonly<Record<string, string | null>>;

export type HydraTable = {
  readonly table: string;
  /** Unique within a network, and what the rows are read in the order of. */
  readonly key: readonly string[];
  readonly columns: readonly string[];
};

/** Why a database cannot be read: one sentence. */
export class HydraDatabaseError extends Error {}

/** A database of Ory Hydra v26: one network of it, which is read and left as it is. */
export class HydraDatabase {
  /** The id of the network. */
  readonly network: string;
  readonly #db: Database;
  readonly #columns: ReadonlyMap<string, ReadonlySet<string>>;

  private constructor(db: Database, network: string, columns: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#db = db;
    this.network = network;
    this.#columns = columns;
  }

  /** The network that was there first, as the reference chooses it, unless one is named. Throws HydraDatabaseError. */
  static async open(dsn: Dsn, network?: string): Promise<HydraDatabase> {
    const db = await openSource(dsn);
    try {
      const tables = await db.queries.introspection.getTables();
      const columns = new Map(tables.map((table) => [table.name, new Set(table.columns.map(({ name }) => name))]));
      if (!columns.has('networks') || !columns.has('hydra_client')) {
        throw new HydraDatabaseError('The database named by --from has no tables of Hydra v26 in it.');
      }
      return new HydraDatabase(db, await findNetwork(db, network), columns);
    } catch (error) {
      await db.close();
      throw error;
    }
  }

  /** The rows of a table, `size` at a time: what is in memory does not grow with the table. */
  async *pages({ table, key, columns }: HydraTable, size: number): AsyncGenerator<readonly HydraRow[]> {
    const existing = this.#columns.get(table);
    if (!existing) return;
    const wanted = columns.filter((column) => existing.has(column));
    // In PostgreSQL the bare name would be the text, and no index knows that.
    const order = sql.join(key.map((column) => sql.ref(`${table}.${column}`)));
    for (let last: HydraRow | undefined; ; ) {
      const after = last ? sql`and (${order}) > (${sql.join(key.map((column) => last?.[column]))})` : sql``;
      const { rows } = await sql<HydraRow>`select ${this.#texts(table, [...new Set([...key, ...wanted])])}
        from ${sql.table(table)} where nid = ${this.network} ${after} order by ${order} limit ${size}`.execute(
        this.#db.queries,
      );
      if (rows.length > 0) yield rows;
      last = rows.at(-1);
      if (rows.length < size) return;
    }
  }

  /** Which of the values stand in a column, in rows where `flag` is on. */
  async listKnown(
    table: string,
    column: string,
    values: readonly string[],
    flag?: string,
  ): Promise<ReadonlySet<string>> {
    if (values.length === 0 || !this.#columns.has(table)) return new Set();
    const isOn = flag === undefined ? sql`` : sql`and ${sql.ref(flag)}`;
    const { rows } = await sql<HydraRow>`select distinct ${this.#texts(table, [column])} from ${sql.table(table)}
      where nid = ${this.network} and ${sql.ref(`${table}.${column}`)} in (${sql.join(values)}) ${isOn}`.execute(
      this.#db.queries,
    );
    return new Set(rows.map((row) => row[column] ?? ''));
  }

  close(): Promise<void> {
    return this.#db.close();
  }

  #texts(table: string, columns: readonly string[]) {
    return sql.join(columns.map((column) => sql`${castToText(this.#db, `${table}.${column}`)} as ${sql.ref(column)}`));
  }
}

/** MySQL has no other name for it; in PostgreSQL that name has a length. */
const castToText = ({ dialect }: Database, column: string) =>
  dialect.engine === 'mysql' ? sql`cast(${sql.ref(column)} as char)` : sql`cast(${sql.ref(column)} as text)`;

async function openSource(dsn: Dsn): Promise<Database> {
  try {
    return await openToRead(dsn);
  } catch (error) {
    const reason = error instanceof OAuthError ? error.debug : error instanceof Error ? error.message : String(error);
    throw new HydraDatabaseError(`The database named by --from cannot be opened: ${reason}.`);
  }
}

async function findNetwork(db: Database, wanted?: string): Promise<string> {
  const which = wanted === undefined ? sql`` : sql`where ${castToText(db, 'networks.id')} = ${wanted}`;
  const { rows } = await sql<{ id: string }>`select ${castToText(db, 'networks.id')} as id from networks ${which}
    order by networks.created_at, networks.id limit 1`.execute(db.queries);
  const [row] = rows;
  if (row) return row.id;
  throw new HydraDatabaseError(
    wanted === undefined ? 'The database named by --from has no network.' : `There is no network '${wanted}'.`,
  );
}
