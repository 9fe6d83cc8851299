import { unavailable } from './dialects/retry.ts';
import type { Queries } from './tables.ts';

/** What the engine lends for a batch. */
export type BatchEngine = {
  readonly tx: Queries;
  /** Waits for the writers of other processes. */
  begin(): Promise<void>;
  commit(): void;
  execute(sql: string): void;
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Nothing can be written at the moment; what the batch did may have been taken back already. */
  isFull(error: unknown): boolean;
  /** Gives back what the disk need not hold, by and by. */
  makeRoom(): void;
};

type Pending = {
  readonly body: (tx: Queries) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
};

const LARGEST_BATCH = 256;

/**
 * SQLite has one writer and a COMMIT costs a flush to the disk, so bodies that arrive in one turn of the loop share one:
 * they run one after the other, each in its savepoint, and are answered after the COMMIT. A COMMIT that fails fails all.
 */
export class GroupCommit {
  readonly #engine: BatchEngine;
  readonly #queue: Pending[] = [];
  #running: Promise<void> | undefined;
  /** How many were begun. */
  batches = 0;

  constructor(engine: BatchEngine) {
    this.#engine = engine;
  }

  add<T>(body: (tx: Queries) => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#queue.push({ body, resolve: resolve as (value: unknown) => void, reject });
    this.#running ??= this.#drain();
    return promise;
  }

  /** Resolves when nothing is left to write. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#gather();
      const batch = this.#queue.splice(0, LARGEST_BATCH);
      await this.#engine.alone(() => this.#commit(batch)).catch((error) => this.#failAll(batch, error));
    }
    this.#running = undefined;
  }

  /** The rest of this turn of the loop may bring more; and while a turn did, the next may too. */
  async #gather(): Promise<void> {
    let known: number;
    do {
      known = this.#queue.length;
      await new Promise(setImmediate);
    } while (this.#queue.length > known && this.#queue.length < LARGEST_BATCH);
  }

  async #commit(batch: readonly Pending[]): Promise<void> {
    this.batches += 1;
    await this.#engine.begin();
    const answers: (() => void)[] = [];
    try {
      for (const pending of batch) answers.push(await this.#run(pending));
      this.#engine.commit();
    } catch (error) {
      this.#rollback();
      throw error;
    }
    for (const answer of answers) answer();
  }

  /** One body. Its failure is its own; the others of the batch go on. */
  async #run({ body, resolve, reject }: Pending): Promise<() => void> {
    this.#engine.execute('savepoint body');
    try {
      const value = await body(this.#engine.tx);
      this.#engine.execute('release body');
      return () => resolve(value);
    } catch (error) {
      if (this.#engine.isFull(error)) throw error;
      this.#engine.execute('rollback to body');
      this.#engine.execute('release body');
      return () => reject(error);
    }
  }

  /** After a failed COMMIT the transaction may be open or gone. */
  #rollback(): void {
    try {
      this.#engine.execute('rollback');
    } catch {
      // Gone: that is what we want.
    }
  }

  #failAll(batch: readonly Pending[], error: unknown): void {
    const isFull = this.#engine.isFull(error);
    if (isFull) this.#engine.makeRoom();
    const reason = isFull ? unavailable(error) : error;
    for (const { reject } of batch) reject(reason);
  }
}
