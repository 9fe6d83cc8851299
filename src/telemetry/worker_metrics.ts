import type { Worker } from 'node:cluster';
import { randomUUID } from 'node:crypto';
import { type Counted, remains, type ShareMetrics } from './prometheus.ts';

/** Milliseconds that one process waits for another. One that is busy is counted as it was when it last answered. */
const PATIENCE = 1_000;

type Message =
  /** A worker wants to know what all have counted. */
  | { readonly metrics: 'collect'; readonly id: string }
  /** The parent asks a worker, and is told. */
  | { readonly metrics: 'tell'; readonly id: string }
  | { readonly metrics: 'told'; readonly id: string; readonly counted: Counted }
  | { readonly metrics: 'collected'; readonly id: string; readonly all: readonly Counted[] };

const isMessage = (message: unknown): message is Message =>
  typeof message === 'object' && message !== null && 'metrics' in message;

/** In a worker: whichever of them is asked for its metrics answers for all. */
export const shareMetrics: ShareMetrics = (own) => {
  const waiting = new Map<string, (all: readonly Counted[]) => void>();
  process.on('message', async (message) => {
    if (!isMessage(message)) return;
    if (message.metrics === 'tell') say({ metrics: 'told', id: message.id, counted: await own() });
    if (message.metrics === 'collected') waiting.get(message.id)?.(message.all);
  });
  return async () => {
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<readonly Counted[]>();
    waiting.set(id, resolve);
    const timer = setTimeout(async () => resolve([await own()]), 2 * PATIENCE);
    say({ metrics: 'collect', id });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  };
};

const say = (message: Message): void => void process.send?.(message);

/** In the parent. What workers counted that are gone still counts: a counter never goes back. */
export class WorkerMetrics {
  readonly #latest = new Map<Worker, Counted>();
  readonly #waiting = new Map<string, (worker: Worker, counted: Counted) => void>();
  #departed: Counted | undefined;

  add(worker: Worker, peers: () => readonly Worker[]): void {
    worker.on('message', async (message: unknown) => {
      if (!isMessage(message)) return;
      if (message.metrics === 'told') this.#waiting.get(message.id)?.(worker, message.counted);
      if (message.metrics !== 'collect') return;
      await this.#ask(peers());
      const all = [...this.#latest.values(), ...(this.#departed ? [this.#departed] : [])];
      tell(worker, { metrics: 'collected', id: message.id, all });
    });
  }

  async remove(worker: Worker): Promise<void> {
    const counted = this.#latest.get(worker);
    this.#latest.delete(worker);
    if (counted) this.#departed = await remains(this.#departed ? [this.#departed, counted] : [counted]);
  }

  /** Resolves when all have answered, or when patience ends. */
  async #ask(workers: readonly Worker[]): Promise<void> {
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<void>();
    const missing = new Set(workers);
    this.#waiting.set(id, (worker, counted) => {
      if (!missing.delete(worker)) return;
      this.#latest.set(worker, counted);
      if (missing.size === 0) resolve();
    });
    const timer = setTimeout(resolve, PATIENCE);
    for (const worker of workers) tell(worker, { metrics: 'tell', id });
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(id);
  }
}

const tell = (worker: Worker, message: Message): void => {
  if (worker.isConnected()) worker.send(message, () => {});
};
