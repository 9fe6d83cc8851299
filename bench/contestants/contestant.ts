import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinned } from '../cores.ts';

/** A process that is measured. */
export type Contestant = {
  readonly pid: number;
  readonly publicPort: number;
  readonly adminPort: number;
  /** Between two turns. */
  tidy(): void;
  close(): Promise<void>;
};

type Start = {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cores: string | undefined;
  readonly publicPort: number;
  readonly adminPort: number;
  /** Answers 200 as soon as it is ready. */
  readonly health: string;
};

/** Its log goes to a file, as under most supervisors, that is emptied between turns. Throws with it where it does not start. */
export async function startContestant({ command, env, cores, health, ...ports }: Start): Promise<Contestant> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const log = openSync(join(folder, 'log'), 'a');
  const [program = '', ...args] = pinned(cores, command);
  const child = spawn(program, args, {
    stdio: ['ignore', log, log],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  });
  const close = async () => {
    await end(child);
    closeSync(log);
    rmSync(folder, { recursive: true });
  };
  try {
    await untilReady(`http://127.0.0.1:${ports.adminPort}${health}`, child);
  } catch (error) {
    const said = readFileSync(join(folder, 'log'), 'utf8').slice(-2000);
    await close();
    throw new Error(`${command.join(' ')} did not become ready: ${said}`, { cause: error });
  }
  return { pid: child.pid ?? 0, ...ports, tidy: () => ftruncateSync(log), close };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

const PATIENCE = 60_000;
/** Between two questions: a start is measured to this, in milliseconds. */
const PAUSE = 2;

async function untilReady(health: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const isReady = await fetch(health).then(
      (response) => response.arrayBuffer().then(() => response.ok),
      () => false,
    );
    if (isReady) return;
    await sleep(PAUSE);
  }
  throw new Error('it ended, or took too long');
}
