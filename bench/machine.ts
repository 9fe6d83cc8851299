import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spreadOf } from './sample.ts';

/** What figures depend on, beside the code. */
export type Machine = {
  readonly commit: string;
  readonly node: string;
  readonly processor: string;
  /** How many of them. */
  readonly processors: number;
  /** Milliseconds until the disk has stored a page of 4096 bytes. */
  readonly fsync: number;
  /** Milliseconds that a core takes for a signature with RSA-2048. */
  readonly rsa: number;
};

const git = (root: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

export function commitOf(root: string): string {
  try {
    return (
      git(root, 'rev-parse', '--short', 'HEAD') + (git(root, 'status', '--porcelain', 'src') ? ' and changes' : '')
    );
  } catch {
    return 'unknown';
  }
}

const PAGES = 100;

/** In the folder in which the databases of SQLite are. */
function timeOfFsync(): number {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const file = openSync(join(folder, 'pages'), 'w');
  const times = Array.from({ length: PAGES }, (_, page) => {
    const began = performance.now();
    writeSync(file, Buffer.alloc(4096, page), 0, 4096, page * 4096);
    fdatasyncSync(file);
    return performance.now() - began;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  return spreadOf(times).median;
}

export const describeMachine = (root: string, rsa: number): Machine => ({
  commit: commitOf(root),
  node: process.version,
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
  fsync: timeOfFsync(),
  rsa,
});
