import { isIP } from 'node:net';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import type { Config } from '../config/schema.ts';
import type { ListenerName } from '../server.ts';
import { closeOnSignal } from './close_on_signal.ts';
import { collect, group } from './group.ts';

const LISTENERS: readonly (readonly [command: string, listeners: readonly ListenerName[], description: string])[] = [
  ['all', ['public', 'admin'], 'Serves the public and the admin API.'],
  ['public', ['public'], 'Serves the public API: what clients and browsers use.'],
  ['admin', ['admin'], 'Serves the admin API: what your login app and your operators use.'],
];

type ServeOptions = { readonly config?: readonly string[]; readonly dev?: true; readonly migrate?: true };

export function serveCommand(): Command {
  const serve = group('serve', 'Starts the server.')
    // Hydra: the options stand before or after what is served.
    .enablePositionalOptions(false)
    .option('-c, --config <file>', 'configuration file (YAML, JSON or TOML); may be repeated', collect)
    .option('--dev', 'development: allows an http issuer and cookies without https')
    .option('--migrate', 'brings the tables of the database to this version first')
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
  const [{ loadConfig }, { startServer }, { createLog }] = await Promise.all([
    import('../config/load.ts'),
    import('../server.ts'),
    import('../telemetry/log.ts'),
  ]);
  const flags = options.dev ? { dev: true } : {};
  const { config, warnings } = loadConfig({ files: options.config ?? [], env: process.env, flags });
  const log = createLog(config.log);
  for (const warning of warnings) log.warn(warning);
  if (listeners.includes('admin')) warnIfOpen(config, log);
  const running = await startServer(config, { listeners, log, migrate: options.migrate ?? false });
  log.info(running.addresses, 'listening');
  closeOnSignal(running.close, log, patienceOf(config));
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
