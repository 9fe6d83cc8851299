import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts the time of a process in hundredths of a second, whatever the machine. */
const TICK = 0.01;

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** A process and all below it. */
function familyOf(pid: number): number[] {
  const threads = read(`/proc/${pid}/stat`) === '' ? [] : readdirSync(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).trim().split(' '));
  return [pid, ...children.filter((child) => child !== '').flatMap((child) => familyOf(Number(child)))];
}

/** Seconds of processor time so far. */
export const cpuOf = (pid: number): number =>
  familyOf(pid).reduce((sum, member) => {
    // The name of the program is in parentheses, and may hold anything.
    const fields = read(`/proc/${member}/stat`).split(') ').at(-1)?.split(' ') ?? [];
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK;
  }, 0);

/** Megabytes in memory now, of the largest process. */
export const rssOf = (pid: number): number =>
  Math.max(
    ...familyOf(pid).map((member) => Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${member}/status`))?.[1] ?? 0) / 1024),
  );

/** Seconds of processor time of the children of this process that have ended. */
export function endedChildrenTime(): number {
  const fields = read('/proc/self/stat').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) * TICK;
}
