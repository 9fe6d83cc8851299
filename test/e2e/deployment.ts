import { loadConfig } from '../../src/config/load.ts';
import { API_KEY_SCOPES, createApiKey } from '../../src/keys/api_key.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { type ListenerName, type RunningServer, startServer } from '../../src/server.ts';
import { validateAnswersOf } from '../openapi/validation.ts';
import { chosenEngine, type Engine } from '../store/engines.ts';
import { checkPlans, hearStatements } from '../store/query_plans.ts';
import { Deployment } from './flow.ts';

type Wanted = {
  /** Closes the server when it ends, also when it fails. */
  readonly test?: { after(action: () => Promise<void>): void };
  /** Of SQLite, where no other engine is chosen. */
  readonly storage: 'memory' | 'file';
  /** Of a database that is there already, and stays. */
  readonly dsn?: string;
  /** Over the defaults of a development server whose apps are elsewhere. */
  readonly config?: JsonObject;
  readonly listeners?: readonly ListenerName[];
};

type Started = {
  readonly deployment: Deployment;
  readonly running: RunningServer;
  /** Moves the server's clock, seconds. */
  advance(seconds: number): void;
  close(): Promise<void>;
};

/** A whole server in this process, on ports of its own, with a clock that the test moves. */
export async function startDeployment({
  test,
  storage,
  dsn: shared,
  config = {},
  listeners = ['public', 'admin'],
}: Wanted): Promise<Started> {
  const { dsn, drop } =
    shared === undefined ? await chosenEngine(storage).create() : { dsn: shared, drop: async () => {} };
  let offset = 0;
  const now = () => Date.now() + offset * 1000;
  const loaded = loadConfig({
    files: [],
    env: {},
    flags: { dev: true },
    forced: { ...configOf(dsn), ...config },
  });
  hearStatements();
  const running = await startServer(loaded.config, { listeners, now });
  validateAnswersOf(running.addresses.public, running.addresses.admin);
  const close = async () => {
    await checkPlans(running).finally(() => running.close());
    await drop();
  };
  test?.after(close);
  return {
    deployment: new Deployment(running.addresses, ISSUER, now, await keyFor(running)),
    running,
    advance(seconds) {
      offset += seconds;
    },
    close,
  };
}

/** A server in this process for each configuration, on one database. */
export async function startTogether(
  test: { after(action: () => Promise<void>): void },
  engine: Engine,
  ...configs: readonly JsonObject[]
): Promise<Deployment[]> {
  const { dsn, drop } = await engine.create();
  const started: Started[] = [];
  test.after(async () => {
    await Promise.all(started.map(({ close }) => close()));
    await drop();
  });
  for (const config of configs) started.push(await startDeployment({ storage: 'file', dsn, config }));
  return started.map(({ deployment }) => deployment);
}

export const ISSUER = 'http://issuer.test/';

/** Whose apps are elsewhere. */
export const configOf = (dsn: string, ports = { public: 0, admin: 0 }): JsonObject => ({
  dsn,
  serve: { public: { host: '127.0.0.1', port: ports.public }, admin: { host: '127.0.0.1', port: ports.admin } },
  secrets: { system: ['a-secret-that-only-tests-use'] },
  log: { level: 'error' },
  urls: {
    self: { issuer: ISSUER },
    login: 'https://apps.example.com/login',
    consent: 'https://apps.example.com/consent',
    error: 'https://apps.example.com/error',
  },
});

/** For rules that a development server is spared. */
export const OUT_OF_DEVELOPMENT = {
  dev: false,
  urls: {
    self: { issuer: 'https://issuer.test/' },
    login: 'https://apps.example.com/login',
    consent: 'https://apps.example.com/consent',
    error: 'https://apps.example.com/error',
  },
};

/** One that is good for everything, where one is needed. */
async function keyFor({ server }: RunningServer): Promise<string | undefined> {
  if (server.config.gatehouse.admin.api_keys === 'off') return undefined;
  return (await createApiKey(server, { name: 'test', scopes: API_KEY_SCOPES, expires_at: null })).key;
}
