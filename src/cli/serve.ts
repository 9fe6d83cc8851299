import cluster from 'node:cluster';
import { isIP } from 'node:net';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import type { Config } from '../config/schema.ts';
import type { ListenerName } from '../server.ts';
import { closeOnSignal, closeWorkerOnSignal } from './close_on_signal.ts';
import { collect, group } from './group.ts';
import { checkWorkers, parseWorkers, sayReady, Workers } from './workers.ts';

const LISTENERS: readonly (readonly [command: string, listeners: readonly ListenerName[], description: string])[] = [
  ['all', ['public', 'admin'], 'Serves the public and the admin API.'],
  ['public', ['public'], 'Serves the public API: what clients and browsers use.'],
  ['admin', ['admin'], 'Serves the admin API: what your login app and your operators use.'],
];

type ServeOptions = {
  readonly config?: readonly string[];
  readonly dev?: true;
  readonly migrate?: true;
  readonly workers?: number;
};

export function serveCommand(): Command {
  const serve = group('serve', 'Starts the server.')
    // Hydra: the options stand before or after what is served.
    .enablePositionalOptions(false)
    .option('-c, --config <file>', 'configuration file (YAML, JSON or TOML); may be repeated', collect)
    .option('--dev', 'development: allows an http issuer and cookies without https')
    .option('--migrate', 'brings the tables of the database to this version first')
    .option('--workers <number>', 'processes that serve together, or "auto" for one for each processor', parseWorkers)
    .option('--sqa-opt-out', 'accepted for compatibility; there is no telemetry to opt out of');
  for (const [name, listeners, description] of LISTENERS) {
    serve
      .command(name)
      .description(description)
      .configureHelp({ showGlobalOptions: true })
      .action((_options, command: Command) => run(listeners, command.optsWithGlobals<ServeOptions>()));
  }
  return serve;
}

async function run(listeners: readonly ListenerName[], options: ServeOptions): Promise<void> {
  const [{ loadConfig }, { createLog }] = await Promise.all([
    import('../config/load.ts'),
    import('../telemetry/log.ts'),
  ]);
  const flags = options.dev ? { dev: true } : {};
  const loaded = loadConfig({ files: options.config ?? [], env: process.env, flags });
  const { config, warnings } = loaded;
  const { workers = 1 } = options;
  const log = createLog(config.log, workers > 1 ? { pid: process.pid } : null);
  if (workers > 1 && cluster.isWorker) return work(config, log, listeners, options);
  if (workers > 1) checkWorkers(workers, loaded);
  for (const warning of warnings) log.warn(warning);
  if (listeners.includes('admin')) warnIfOpen(config, log);
  if (workers > 1) return lead(workers, config, log);
  const { startServer } = await import('../server.ts');
  const running = await startServer(config, { listeners, log, migrate: options.migrate ?? false });
  log.info(running.addresses, 'listening');
  closeOnSignal(running.close, log, patienceOf(config));
}

/** The parent of the processes that serve. */
async function lead(count: number, config: Config, log: Logger): Promise<void> {
  const workers = new Workers(count, log);
  closeOnSignal(() => workers.stop(), log, patienceOf(config) + REST);
  // The one that ended has said why.
  if (!(await workers.start())) process.exit(1);
  log.info({ workers: count }, 'serving');
}

/** One of several processes that serve together. */
async function work(
  config: Config,
  log: Logger,
  listeners: readonly ListenerName[],
  { migrate }: ServeOptions,
): Promise<void> {
  const [{ startServer }, { shareMetrics }] = await Promise.all([
    import('../server.ts'),
    import('../telemetry/worker_metrics.ts'),
  ]);
  const running = await startServer(config, { listeners, log, migrate: migrate ?? false, shareMetrics });
  log.info(running.addresses, 'listening');
  closeWorkerOnSignal(running.close, log, patienceOf(config));
  sayReady();
}

/** Milliseconds that closing leaves for what comes after the last answer. */
const REST = 300;

const patienceOf = ({ gatehouse: { shutdown } }: Config): number => (shutdown.delay + shutdown.deadline) * 1000 + REST;

/** Without API keys the admin API asks nobody who they are: whoever reaches it, rules. */
function warnIfOpen({ serve: { admin }, gatehouse }: Config, log: Logger): void {
  if (isLoopback(admin.host) || gatehouse.admin.api_keys === 'required') return;
  log.warn(
    `The admin API listens on ${admin.host}, beyond this machine, and asks nobody who they are: ` +
      'set serve.admin.host to 127.0.0.1, let only trusted machines reach it, or set gatehouse.admin.api_keys to required.',
  );
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('unix:') || (isIP(host) === 4 && host.startsWith('127.'));
