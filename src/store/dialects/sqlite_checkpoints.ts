import { DatabaseSync } from 'node:sqlite';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/**
 * The write-ahead log of SQLite has to be copied to the file before it can begin anew. SQLite does that within the COMMIT
 * that makes the log long enough, and a few thousand pages and a flush of the file keep a server from everything else for
 * 50 to 500 milliseconds (docs/performance.md). So a thread with a connection of its own does it.
 */

/** Pages of 4 kB. A page that many writes change is copied once, so seldom is cheaper than often. */
const LONGEST_LOG = 20_000;
/** What a transaction writes beside its rows, and what a row does with its indexes: counted, not measured. */
const PAGES_A_COMMIT = 4;
const PAGES_A_ROW = 2;

/** Where the thread is too slow, the COMMIT does it after all. */
export const LAST_RESORT = 3 * LONGEST_LOG;

/** How long the thread waits for a writer, in milliseconds. */
const PATIENCE = 1_000;

/** It has next to nothing to remember. */
const SMALL = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 };

export class Checkpoints {
  readonly #path: string;
  readonly #longestLog: number;
  #pages = 0;
  #thread: Worker | undefined;

  /** `longestLog` in pages. */
  constructor(path: string, longestLog = LONGEST_LOG) {
    this.#path = path;
    this.#longestLog = longestLog;
  }

  /** After each COMMIT, with how many rows it changed. The thread starts when it has something to do. */
  committed(rows: number): void {
    this.#pages += PAGES_A_COMMIT + PAGES_A_ROW * rows;
    if (this.#pages < this.#longestLog) return;
    this.#pages = 0;
    this.#thread ??= this.#start();
    this.#thread.postMessage('checkpoint');
  }

  #start(): Worker {
    const thread = new Worker(new URL(import.meta.url), {
      workerData: { checkpointed: this.#path },
      execArgv: [],
      resourceLimits: SMALL,
    });
    // What it leaves undone the next one does, or LAST_RESORT.
    thread.on('error', () => {});
    thread.once('exit', () => {
      this.#thread = undefined;
    });
    thread.unref();
    return thread;
  }

  /** Resolves when the connection of the thread is closed. */
  async close(): Promise<void> {
    const thread = this.#thread;
    if (!thread) return;
    await new Promise((resolve) => {
      thread.ref();
      thread.once('exit', resolve);
      thread.postMessage('end');
    });
  }
}

/**
 * Most of it beside the writers; then what they have added meanwhile, without them, so that the next one begins the log
 * anew. `restart` would make sure of that, but keep them waiting for readers.
 */
function checkpoint(database: DatabaseSync): void {
  try {
    database.exec('pragma wal_checkpoint(passive)');
    database.exec('pragma wal_checkpoint(full)');
  } catch {
    // A full disk, say: the next one may do.
  }
}

if (!isMainThread && typeof workerData?.checkpointed === 'string') {
  const database = new DatabaseSync(workerData.checkpointed, { timeout: PATIENCE });
  database.exec('pragma synchronous = full');
  parentPort?.on('message', (message) => {
    if (message === 'checkpoint') return checkpoint(database);
    database.close();
    parentPort?.close();
  });
}
