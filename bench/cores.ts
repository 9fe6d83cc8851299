import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Which processors the server has, and which the load generators and databases. Undefined: no process is pinned. */
export type Cores = { readonly server: string; readonly others: string };

/** Puts this process, and what it starts from now on, beside the server's core. */
export function divideCores(): Cores | undefined {
  const count = availableParallelism();
  if (count < 2) return undefined;
  const others = count === 2 ? '1' : `1-${count - 1}`;
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', others, String(process.pid)], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return { server: '0', others };
}

/** The command line that runs another one there. */
export const pinned = (cores: string | undefined, command: readonly string[]): string[] =>
  cores === undefined ? [...command] : ['taskset', '--cpu-list', cores, ...command];
