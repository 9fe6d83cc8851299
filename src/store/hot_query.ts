import type { Compilable, CompiledQuery, QueryResult } from 'kysely';
import type { Queries } from './tables.ts';

/** Runs SQL that is text already. */
export type Runner = {
  /** Who share it speak the same dialect. */
  readonly dialect: object;
  run(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>>;
};

const runners = new WeakMap<Queries, Runner>();

/** Every engine says for its queries how their text is run. */
export function withRunner(queries: Queries, runner: Runner): Queries {
  runners.set(queries, runner);
  return queries;
}

/** Stands for a value while the text of a query is made. */
class Place {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query that every request runs: its text is made once a dialect, with a place for each of the values. To build and
 * compile it each time costs a multiple of what SQLite takes to run it (docs/performance.md).
 */
export class HotQuery<Values extends object, Row> {
  readonly #build: (db: Queries, values: Values) => Compilable<Row>;
  readonly #texts = new WeakMap<object, CompiledQuery>();

  /** `build` sees places instead of values: it may put them anywhere, and must not look at them. */
  constructor(build: (db: Queries, values: Values) => Compilable<Row>) {
    this.#build = build;
  }

  async first(db: Queries, values: Values): Promise<Row | undefined> {
    const { rows } = await this.#run(db, values);
    return rows[0] as Row | undefined;
  }

  /** How many rows it changed. */
  async changes(db: Queries, values: Values): Promise<bigint> {
    return (await this.#run(db, values)).numAffectedRows ?? 0n;
  }

  #run(db: Queries, values: Values): Promise<QueryResult<unknown>> {
    const runner = runners.get(db);
    if (!runner) throw new Error('these queries belong to no engine');
    const { sql, parameters } = this.#textFor(db, runner);
    return runner.run(
      sql,
      parameters.map((place) => (place instanceof Place ? values[place.name as keyof Values] : place)),
    );
  }

  #textFor(db: Queries, { dialect }: Runner): CompiledQuery {
    const known = this.#texts.get(dialect);
    if (known) return known;
    const places = new Proxy({}, { get: (_values, name) => new Place(String(name)) });
    const text = this.#build(db, places as Values).compile();
    this.#texts.set(dialect, text);
    return text;
  }
}
