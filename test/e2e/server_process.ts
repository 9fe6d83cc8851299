import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { LAUNCHER } from '../cli/command.ts';
import { freePort } from '../free_port.ts';

/** A server as operators run it: a process of its own, which can be killed. */
export type ServerProcess = {
  readonly publicOrigin: string;
  readonly adminOrigin: string;
  /** Without a chance to say goodbye. */
  kill(): Promise<void>;
  /** As its supervisor asks it to. */
  stop(): Promise<void>;
};

/** `env` configures it, beside what lets it run on this machine. */
export async function startServerProcess(
  dsn: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const [publicOrigin, adminOrigin] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${adminPort}`];
  const child = spawn(LAUNCHER, ['serve', 'all', '--dev'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DSN: dsn,
      SECRETS_SYSTEM: 'a-secret-that-outlives-the-process',
      SERVE_PUBLIC_PORT: String(port),
      SERVE_PUBLIC_HOST: '127.0.0.1',
      SERVE_ADMIN_PORT: String(adminPort),
      SERVE_ADMIN_HOST: '127.0.0.1',
      URLS_SELF_ISSUER: publicOrigin,
      LOG_LEVEL: 'error',
      ...env,
    },
  });
  await untilReady(adminOrigin, child);
  return { publicOrigin, adminOrigin, kill: () => end(child, 'SIGKILL'), stop: () => end(child, 'SIGTERM') };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

async function untilReady(adminOrigin: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 400 && child.exitCode === null; attempt++) {
    const isReady = await fetch(new URL('/health/ready', adminOrigin)).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await sleep(50);
  }
  throw new Error('the server did not become ready');
}
