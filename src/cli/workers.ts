import cluster, { type Worker } from 'node:cluster';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import type { Logger } from 'pino';
import { ConfigError } from '../config/config_error.ts';
import { parseDsn } from '../config/dsn.ts';
import type { Loaded } from '../config/load.ts';
import { WorkerMetrics } from '../telemetry/worker_metrics.ts';

/** What `--workers` may say. */
export function parseWorkers(text: string): number {
  if (text === 'auto') return availableParallelism();
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number from 1 to 999, or "auto" for one for each processor.');
}

/** What processes cannot have in common. Throws ConfigError. */
export function checkWorkers(count: number, { config, hasRandomSecret }: Loaded): void {
  const dsn = parseDsn(config.dsn);
  if (dsn.engine === 'sqlite' && dsn.path === ':memory:') {
    throw new ConfigError(
      `The configuration key "dsn" must name a file or a server where --workers starts ${count} processes: each would have a memory of its own.`,
    );
  }
  if (hasRandomSecret) {
    throw new ConfigError(
      `The configuration key "secrets.system" must be set where --workers starts ${count} processes: each would make a secret of its own.`,
    );
  }
}

/** How a worker says that it serves. */
const READY = 'gatehouse: ready';

export const sayReady = (): void => void process.send?.(READY);

/** Milliseconds before a worker that died is replaced; twice as long each time, until one has lived for a while. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 30_000;
const LONG_LIFE = 60_000;

/** The processes that serve, seen from the parent, which only holds the listeners for them. */
export class Workers {
  readonly #count: number;
  readonly #log: Logger;
  readonly #metrics = new WorkerMetrics();
  readonly #ready = new Set<Worker>();
  readonly #running = new Map<Worker, Promise<number | null>>();
  #deaths = 0;
  #isStopping = false;

  constructor(count: number, log: Logger) {
    this.#count = count;
    this.#log = log;
  }

  /** One goes first: it says why the server cannot start, and changes the tables where it may. False: it ended. */
  async start(): Promise<boolean> {
    if (!(await this.#fork())) return false;
    await Promise.all(Array.from({ length: this.#count - 1 }, () => this.#fork()));
    return true;
  }

  /** Lets all of them finish. Throws when one had to be cut off. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const worker of this.#running.keys()) worker.process.kill('SIGTERM');
    const codes = await Promise.all(this.#running.values());
    if (codes.some((code) => code !== 0 && code !== null)) throw new Error('a worker did not end in time');
  }

  /** Resolves when it serves, or false when it ended before. */
  #fork(): Promise<boolean> {
    const worker = cluster.fork();
    const born = performance.now();
    const started = Promise.withResolvers<boolean>();
    const ended = Promise.withResolvers<number | null>();
    this.#running.set(worker, ended.promise);
    this.#metrics.add(worker, () => [...this.#ready]);
    worker.on('message', (message: unknown) => {
      if (message !== READY) return;
      this.#ready.add(worker);
      started.resolve(true);
    });
    worker.on('error', (error) => this.#log.error({ err: error }, 'a worker could not be reached'));
    worker.once('exit', (code: number | null, signal: string | null) => {
      const wasReady = this.#ready.delete(worker);
      this.#running.delete(worker);
      void this.#metrics.remove(worker);
      started.resolve(false);
      ended.resolve(code);
      const isFirst = !wasReady && this.#ready.size === 0 && this.#deaths === 0;
      if (this.#isStopping || isFirst) return;
      this.#log.error({ worker: worker.process.pid, code, signal }, 'a worker ended, and is replaced');
      void this.#replace(performance.now() - born);
    });
    return started.promise;
  }

  async #replace(lived: number): Promise<void> {
    this.#deaths = lived > LONG_LIFE ? 1 : this.#deaths + 1;
    await sleep(Math.min(FIRST_PAUSE * 2 ** (this.#deaths - 1), LONGEST_PAUSE));
    if (!this.#isStopping) await this.#fork();
  }
}
