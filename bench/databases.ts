import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/free_port.ts';
import { type Engine, SHARED_ENGINES } from '../test/store/engines.ts';
import { ENGINE_NAMES, type EngineName } from './options.ts';

const SCRIPT = new URL('../test/databases', import.meta.url).pathname;

/** PostgreSQL and MariaDB of our own where they are asked for, which keep what they have answered, as SQLite does here. */
export async function startDatabases(
  engines: readonly EngineName[],
): Promise<{ readonly engines: Readonly<Record<string, Engine>>; stop(): void }> {
  const named = Object.fromEntries(SHARED_ENGINES.map((engine, at) => [ENGINE_NAMES[at] ?? '', engine]));
  if (engines.every((name) => name === 'sqlite')) return { engines: named, stop: () => {} };
  Object.assign(process.env, {
    GATEHOUSE_TEST_DATABASES: join(tmpdir(), `gatehouse-bench-${process.pid}`),
    GATEHOUSE_TEST_POSTGRES_PORT: String(await freePort()),
    GATEHOUSE_TEST_MYSQL_PORT: String(await freePort()),
    GATEHOUSE_TEST_DURABLE: '1',
  });
  const stop = () => void execFileSync(SCRIPT, ['stop']);
  // They do not hear the terminal.
  process.once('SIGINT', () => {
    stop();
    process.exit(1);
  });
  execFileSync(SCRIPT, ['start'], { stdio: 'ignore' });
  return { engines: named, stop };
}
