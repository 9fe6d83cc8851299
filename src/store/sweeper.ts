import { randomUUID } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { SweeperSettings } from '../config/schema.ts';
import type { Database } from './db.ts';
import { acquireLease, releaseLease } from './leases.ts';
import { type Batch, EVERYTHING, type Order, sweepBatch } from './sweep.ts';

/** What is swept batch by batch until a batch is not full. */
export type Chore = { readonly name: string; batch(order: Order): Promise<Batch> };

/** What telemetry hears: how many rows of a table went, and after each round whether it was ours. */
export type Swept = { readonly table: string; readonly deleted: number };
export type Round = { readonly isLeader: boolean; readonly ended_at: number };

const swept = channel('gatehouse:swept');
const rounds = channel('gatehouse:sweeper');

const LEASE_NAME = 'sweeper';
/** Rounds that a leader may miss before another server takes over. */
const MISSED_ROUNDS = 3;
/** After a batch the sweeper rests four times as long as it took, so that it takes a fifth of anything at most. */
const REST = 4;
/** Milliseconds. */
const SHORTEST_REST = 10;
/** For a batch of a database that is in this process, and how many rows that are at least. Milliseconds. */
const BRIEF = 2;
const LEAST_BATCH = 10;

type Wanted = {
  readonly db: Database;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly settings: SweeperSettings;
  /** Beyond the tables. */
  readonly chores?: readonly Chore[];
};

/** Deletes what has expired, out of anybody's way, on one server at a time, until it is stopped. */
export function startSweeper(wanted: Wanted): () => Promise<void> {
  if (!wanted.settings.enabled) return async () => {};
  const sweeper = new Sweeper(wanted);
  const done = sweeper.run();
  return () => {
    sweeper.end.abort();
    return done;
  };
}

class Sweeper {
  readonly end = new AbortController();
  readonly #wanted: Wanted;
  readonly #chores: readonly Chore[];
  readonly #lease = { name: LEASE_NAME, holder: randomUUID() };
  /** Until when it is ours. */
  #until = 0;
  /** How many rows the next batch has. */
  #limit: number;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    const { batch } = wanted.settings;
    this.#limit = wanted.db.dialect.isInProcess ? Math.min(LEAST_BATCH, batch) : batch;
    const tables = EVERYTHING.map((table) => ({
      name: table.name,
      batch: (order: Order) => sweepBatch(wanted.db, table, order),
    }));
    this.#chores = [...tables, ...(wanted.chores ?? [])];
  }

  async run(): Promise<void> {
    const { log } = this.#wanted;
    while (await this.#rest(this.#interval * (0.5 + Math.random() / 2))) {
      await this.#round().catch((error) => log.error({ err: error }, 'sweeping failed'));
    }
    if (this.#leads) await releaseLease(this.#wanted.db, this.#lease).catch(() => {});
  }

  get #interval(): number {
    return this.#wanted.settings.interval * 1000;
  }

  get #leads(): boolean {
    return this.#until > this.#wanted.now();
  }

  async #round(): Promise<void> {
    await this.#renew();
    const deleted: Record<string, number> = {};
    for (const chore of this.#chores) {
      const count = await this.#finish(chore);
      if (count > 0) deleted[chore.name] = count;
    }
    if (Object.keys(deleted).length > 0) this.#wanted.log.info({ deleted }, 'swept');
    const round: Round = { isLeader: this.#leads, ended_at: this.#wanted.now() / 1000 };
    if (rounds.hasSubscribers) rounds.publish(round);
  }

  /** How many rows went. */
  async #finish({ name, batch }: Chore): Promise<number> {
    const { settings, now } = this.#wanted;
    let total = 0;
    while (this.#leads && !this.end.signal.aborted) {
      const began = performance.now();
      const limit = this.#limit;
      const order = { now: Math.floor(now() / 1000), keep: settings.keep, limit };
      const { found, deleted } = await batch(order);
      total += deleted;
      if (deleted > 0 && swept.hasSubscribers) swept.publish({ table: name, deleted } satisfies Swept);
      const took = performance.now() - began;
      await this.#rest(Math.max(SHORTEST_REST, REST * took));
      if (found < limit) return total;
      this.#adapt(took);
      if (this.#until - now() < this.#interval) await this.#renew();
    }
    return total;
  }

  /** After a full batch: nobody shall wait for long while it runs. */
  #adapt(took: number): void {
    const { db, settings } = this.#wanted;
    if (!db.dialect.isInProcess) return;
    const fitting = took > BRIEF ? this.#limit / 2 : this.#limit * 1.5;
    this.#limit = Math.min(settings.batch, Math.max(LEAST_BATCH, Math.floor(fitting)));
  }

  async #renew(): Promise<void> {
    const now = this.#wanted.now();
    const until = now + MISSED_ROUNDS * this.#interval;
    this.#until = (await acquireLease(this.#wanted.db, this.#lease, now, until)) ? until : 0;
  }

  /** False when it is time to end. */
  async #rest(milliseconds: number): Promise<boolean> {
    await sleep(milliseconds, undefined, { signal: this.end.signal }).catch(() => {});
    return !this.end.signal.aborted;
  }
}
