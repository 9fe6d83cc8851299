import mysql from 'mysql2';
import pg from 'pg';
import { SqliteConnection } from '../../src/store/dialects/sqlite.ts';

type Times = { count: number; total: number };

/** How long the statements of this process take, as whoever asks sees it. Milliseconds. */
export class Profile {
  readonly #times = new Map<string, Times>();

  add(statement: string, milliseconds: number): void {
    const times = this.#times.get(statement) ?? { count: 0, total: 0 };
    this.#times.set(statement, { count: times.count + 1, total: times.total + milliseconds });
  }

  clear(): void {
    this.#times.clear();
  }

  get total(): number {
    return [...this.#times.values()].reduce((sum, { total }) => sum + total, 0);
  }

  /** The one that took most time of all. */
  get slowest(): readonly [statement: string, Times] | undefined {
    return [...this.#times].sort(([, one], [, other]) => other.total - one.total)[0];
  }
}

type Method = (this: unknown, ...args: never[]) => unknown;

/** Puts another function in place of the one that a class has, or inherits. */
function replace(holder: object, name: string, make: (original: Method) => Method): void {
  let owner: object | null = holder;
  while (owner && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
  if (!owner) throw new Error(`there is no ${name} to measure`);
  const methods = owner as Record<string, Method>;
  const original = methods[name];
  if (original) methods[name] = make(original);
}

type Callback = (...answer: unknown[]) => void;

/** At the drivers, so that the product has nothing to do with it. For the rest of this process. */
export function profileStatements(): Profile {
  const profile = new Profile();
  const timed = (statement: string, began: number) => profile.add(statement, performance.now() - began);
  replace(
    SqliteConnection.prototype,
    'run',
    (original) =>
      function run(this: unknown, sql: string, parameters: readonly unknown[]) {
        const began = performance.now();
        const result = original.call(this, ...([sql, parameters] as never[]));
        timed(sql, began);
        return result;
      } as Method,
  );
  replace(
    pg.Client.prototype,
    'query',
    (original) =>
      function query(this: unknown, ...args: [{ text: string }]) {
        const began = performance.now();
        const result = original.apply(this, args as unknown as never[]);
        if (result instanceof Promise)
          result.then(
            () => timed(args[0].text, began),
            () => {},
          );
        return result;
      } as Method,
  );
  const { prototype } = (mysql as unknown as { Connection: { prototype: object } }).Connection;
  replace(
    prototype,
    'execute',
    (original) =>
      function execute(this: unknown, options: { sql: string }, done: Callback) {
        const began = performance.now();
        const measured: Callback = (...answer) => {
          timed(options.sql, began);
          done(...answer);
        };
        return original.apply(this, [options, measured] as never[]);
      } as Method,
  );
  return profile;
}
