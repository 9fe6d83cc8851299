import { Command, InvalidArgumentError } from 'commander';
import { createAccount } from '../src/account_experience/accounts.ts';
import { closeOnSignal } from '../src/cli/close_on_signal.ts';
import { explain } from '../src/cli/failure.ts';
import { loadConfig } from '../src/config/load.ts';
import type { Config } from '../src/config/schema.ts';
import { type RunningServer, StartError, startServer } from '../src/server.ts';
import { ACCOUNT, banner } from './banner.ts';
import { registerClient } from './demo_client.ts';
import { type RelyingParty, startRelyingParty } from './relying_party.ts';
import { secretFor } from './secret.ts';

/**
 * One host name everywhere: the pages of one flow find each other's cookies, and the redirect URI is where the browser
 * is. Not `localhost`, which may also be ::1.
 */
const HOST = '127.0.0.1';

type DevOptions = {
  readonly dsn: string;
  readonly publicPort: number;
  readonly adminPort: number;
  readonly clientPort: number;
};

const options = new Command('npm run dev --')
  .description('Starts Gatehouse with an account and an application to try it with.')
  .option('--dsn <dsn>', 'where to keep everything, for example sqlite://./dev.sqlite', 'memory')
  .option('--public-port <port>', 'port of the public API', parsePort, 4444)
  .option('--admin-port <port>', 'port of the admin API', parsePort, 4445)
  .option('--client-port <port>', 'port of the demo application', parsePort, 5555)
  .parse()
  .opts<DevOptions>();

try {
  await start(options);
} catch (error) {
  console.error(await explain(error));
  process.exit(1);
}

async function start({ clientPort, ...wanted }: DevOptions): Promise<void> {
  const { config, warnings } = configure(wanted);
  const running = await startServer(config, { listeners: ['public', 'admin'] });
  const { server, close } = running;
  for (const warning of warnings) server.log.warn(warning);
  try {
    await createDemoAccount(server);
    const client = await startClient(running, clientPort);
    closeOnSignal(async () => void (await Promise.all([client.close(), close()])), server.log);
    console.log(banner(config, client.url));
  } catch (error) {
    await close();
    throw error;
  }
}

/** Nothing that is set in the environment changes the demo, except for the log. */
function configure({ dsn, publicPort, adminPort }: Omit<DevOptions, 'clientPort'>): ReturnType<typeof loadConfig> {
  const { LOG_LEVEL = 'warn', LOG_FORMAT = 'text' } = process.env;
  const forced = {
    dsn,
    secrets: { system: [secretFor(dsn)] },
    serve: { public: { host: HOST, port: publicPort }, admin: { host: HOST, port: adminPort } },
    urls: { self: { issuer: `http://${HOST}:${publicPort}` } },
  };
  return loadConfig({ files: [], env: { LOG_LEVEL, LOG_FORMAT }, flags: { dev: true }, forced });
}

/** A database that outlives us has it already. */
async function createDemoAccount(server: RunningServer['server']): Promise<void> {
  try {
    await createAccount(server, ACCOUNT);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 409;
}

async function startClient({ server: { config } }: RunningServer, port: number): Promise<RelyingParty> {
  const redirect_uri = `http://${HOST}:${port}/callback`;
  const credentials = await registerClient(adminUrl(config), redirect_uri);
  try {
    return await startRelyingParty({ ...credentials, issuer: config.urls.self.issuer, redirect_uri, host: HOST, port });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new StartError(
      `The client port ${port} on ${HOST} is taken: stop the program that listens there, or choose another with --client-port.`,
    );
  }
}

function adminUrl({ serve: { admin } }: Config): string {
  return `http://${admin.host}:${admin.port}`;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 1 to 65535.');
}
