import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/**
 * The write-ahead log of SQLite has to be copied to the file before it can begin anew. SQLite does that within the COMMIT
 * that makes the log long enough, and a few thousand pages and a flush of the file keep a server from everything else for
 * 50 to 500 milliseconds (docs/performance.md). So a thread with a connection of its own does it.
 */

/** Pages of 4 kB. A page that many writes change is copied once, so seldom is cheaper than often. */
const LONGEST_LOG = 20_000;
const PAGE = 4096;
/** The log takes no more than this part of what is left of the disk, which is looked at every so many pages. */
const PART = 1 / 4;
const LOOK = 1_000;
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
  readonly #room: (path: string) => number;
  #pages = 0;
  #nextLook: number;
  #isMakingRoom = false;
  #thread: Worker | undefined;

  /** `longestLog` in pages, `room` in bytes. */
  constructor(path: string, longestLog = LONGEST_LOG, room = roomAround) {
    this.#path = path;
    this.#longestLog = longestLog;
    this.#room = room;
    this.#nextLook = Math.min(LOOK, longestLog);
  }

  /** After each COMMIT, with how many rows it changed. The thread starts when it has something to do. */
  committed(rows: number): void {
    this.#pages += PAGES_A_COMMIT + PAGES_A_ROW * rows;
    if (this.#pages < this.#nextLook) return;
    const isLong = this.#pages >= this.#longestLog || this.#pages * PAGE > PART * this.#room(this.#path);
    if (isLong) {
      this.#pages = 0;
      this.#tell('checkpoint');
    }
    this.#nextLook = Math.min(this.#pages + LOOK, this.#longestLog);
  }

  /** After each write that found the disk full: the log is copied, where there is room for that, and cut off. */
  makeRoom(): void {
    if (this.#isMakingRoom) return;
    this.#isMakingRoom = true;
    this.#tell('make room');
  }

  #tell(message: 'checkpoint' | 'make room'): void {
    this.#thread ??= this.#start();
    this.#thread.postMessage(message);
  }

  #start(): Worker {
    const thread = new Worker(new URL(import.meta.url), {
      workerData: { checkpointed: this.#path },
      execArgv: [],
      resourceLimits: SMALL,
    });
    // What it leaves undone the next one does, or LAST_RESORT.
    thread.on('error', () => {});
    thread.on('message', () => {
      this.#isMakingRoom = false;
    });
    thread.once('exit', () => {
      this.#thread = undefined;
      this.#isMakingRoom = false;
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

/** Bytes that are left on the disk of a file. What was committed stays so, whatever the disk says. */
function roomAround(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * Most of it beside the writers; then what they have added meanwhile, without them, so that the next one begins the log
 * anew. `restart` would make sure of that, but keep them waiting for readers.
 */
const CHECKPOINT = ['passive', 'full'];
/** So that the log gives back what it takes of the disk. */
const MAKE_ROOM = ['truncate'];

function checkpoint(database: DatabaseSync, modes: readonly string[]): void {
  try {
    for (const mode of modes) database.exec(`pragma wal_checkpoint(${mode})`);
  } catch {
    // A full disk, say: the next one may do.
  }
}

if (!isMainThread && typeof workerData?.checkpointed === 'string') {
  const database = new DatabaseSync(workerData.checkpointed, { timeout: PATIENCE });
  database.exec('pragma synchronous = full');
  parentPort?.on('message', (message) => {
    if (message === 'checkpoint') return checkpoint(database, CHECKPOINT);
    if (message === 'make room') {
      checkpoint(database, MAKE_ROOM);
      return parentPort?.postMessage('tried');
    }
    database.close();
    parentPort?.close();
  });
}
