import { OAuthError } from '../oauth/error.ts';
import { attemptsOf, type Loan, type PooledEngine, queriesOn } from './dialects/pooled.ts';
import { retried, unavailable } from './dialects/retry.ts';
import type { Queries } from './tables.ts';

/** Writes of an engine with many writers: a transaction a body, repeated where others were in its way. */
export class Transactions {
  readonly #engine: PooledEngine;
  #running = 0;
  #idle = Promise.withResolvers<void>();

  constructor(engine: PooledEngine) {
    this.#engine = engine;
    this.#idle.resolve();
  }

  async add<T>(body: (tx: Queries) => Promise<T>): Promise<T> {
    if (this.#running === 0) this.#idle = Promise.withResolvers<void>();
    this.#running += 1;
    try {
      return await retried(attemptsOf(this.#engine), () => this.#once(body));
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle.resolve();
    }
  }

  /** Resolves when nothing is left to write. */
  idle(): Promise<void> {
    return this.#idle.promise;
  }

  async #once<T>(body: (tx: Queries) => Promise<T>): Promise<T> {
    const loan = await this.#engine.acquire();
    let value: T;
    try {
      await loan.execute('begin', []);
      value = await body(queriesOn(this.#engine, loan));
    } catch (error) {
      await this.#rollback(loan, error);
      throw error;
    }
    await this.#commit(loan);
    return value;
  }

  async #rollback(loan: Loan, error: unknown): Promise<void> {
    if (this.#engine.isGone(error)) return loan.release(true);
    await loan.execute('rollback', []).then(
      () => loan.release(false),
      () => loan.release(true),
    );
  }

  /** A COMMIT that a conflict fails has not happened. Of one whose connection broke nobody knows: it is not repeated. */
  async #commit(loan: Loan): Promise<void> {
    try {
      await loan.execute('commit', []);
    } catch (error) {
      loan.release(true);
      throw this.#engine.isConflict(error) || error instanceof OAuthError ? error : unavailable(error);
    }
    loan.release(false);
  }
}
