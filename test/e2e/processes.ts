import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDsn } from '../../src/config/dsn.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { type Database, openDatabase } from '../../src/store/db.ts';
import { LAUNCHER } from '../cli/command.ts';
import { freePort } from '../free_port.ts';
import { validateAnswersOf } from '../openapi/validation.ts';
import { chosenEngine } from '../store/engines.ts';
import { configOf, ISSUER, startDeployment } from './deployment.ts';
import { Deployment } from './flow.ts';

type Test = { after(action: () => Promise<void>): void };

/** Milliseconds that a server may take to its first answer, on a machine that does other things too. */
const PATIENCE = 60_000;

/** A server as operators run it, which keeps its ports when it starts again. */
export class ServerProcess {
  readonly addresses: { readonly public: string; readonly admin: string };
  readonly #folder = mkdtempSync(join(tmpdir(), 'gatehouse-process-'));
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;

  constructor(ports: { readonly public: number; readonly admin: number }, config: JsonObject, env: NodeJS.ProcessEnv) {
    this.addresses = { public: `http://127.0.0.1:${ports.public}`, admin: `http://127.0.0.1:${ports.admin}` };
    this.#env = env;
    writeFileSync(join(this.#folder, 'gatehouse.json'), JSON.stringify(config));
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('the server does not run');
    return this.#child.pid;
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    const child = spawn(LAUNCHER, ['serve', 'all', '--dev', '-c', 'gatehouse.json'], {
      cwd: this.#folder,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...this.#env },
    });
    this.#child = child;
    const deadline = performance.now() + PATIENCE;
    while (!(await this.isReady())) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
      if (performance.now() > deadline) throw new Error('the server did not become ready');
      await sleep(20);
    }
  }

  isReady(): Promise<boolean> {
    return fetch(new URL('/health/ready', this.addresses.admin)).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** Resolves to the exit code, which is null when the signal ended it, or nothing ran. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return null;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
    return child.exitCode;
  }

  /** Ends it for good. */
  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.#folder, { recursive: true });
  }
}

export type Servers = {
  readonly deployment: Deployment;
  readonly processes: readonly ServerProcess[];
  /** A look from aside. */
  readonly db: Database;
};

type Wanted = {
  readonly count?: number;
  /** Of a database that is there already, and stays. */
  readonly dsn?: string;
  readonly config?: JsonObject;
  readonly env?: NodeJS.ProcessEnv;
};

/** As many processes on one database of the chosen engine; requests go to any of them. */
export async function startProcesses(
  test: Test,
  { count = 2, dsn: shared, config = {}, env = {} }: Wanted = {},
): Promise<Servers> {
  const { dsn, drop } =
    shared === undefined ? await chosenEngine('file').create() : { dsn: shared, drop: async () => {} };
  const processes: ServerProcess[] = [];
  let db: Database | undefined;
  test.after(async () => {
    for (const server of processes) await server.remove();
    await db?.close();
    await drop();
  });
  for (let number = 0; number < count; number++) {
    const ports = { public: await freePort(), admin: await freePort() };
    const server = new ServerProcess(ports, { ...configOf(dsn, ports), ...config }, env);
    processes.push(server);
    await server.start();
    validateAnswersOf(server.addresses.public, server.addresses.admin);
  }
  db = await openDatabase(parseDsn(dsn));
  const addresses = processes.map((server) => server.addresses);
  return { deployment: new Deployment(addresses, ISSUER), processes, db };
}

/** How many processes share the database: GATEHOUSE_TEST_PROCESSES, or none but this one. */
const COUNT = Number(process.env.GATEHOUSE_TEST_PROCESSES ?? 0);

/** For tests that must hold whether the server is this process or several. */
export async function startServers(test: Test, config: JsonObject = {}): Promise<Omit<Servers, 'processes'>> {
  if (COUNT > 0) return startProcesses(test, { count: COUNT, config });
  const { deployment, running } = await startDeployment({ test, storage: 'file', config });
  return { deployment, db: running.server.db };
}
