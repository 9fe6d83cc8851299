import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AuthorizationServer } from './authorization_server.ts';
import { idleRegistrations } from './client/idle_registrations.ts';
import { parseDsn } from './config/dsn.ts';
import type { Config } from './config/schema.ts';
import { originsOfClient } from './endpoints/client_origins.ts';
import { startDelivery } from './flow/deliver.ts';
import { type Listener, listen } from './http/listener.ts';
import { CertificateError } from './http/tls.ts';
import { followKeys, loadKeys } from './keys/keys.ts';
import { RemoteKeySets } from './keys/remote_jwks.ts';
import { OAuthError } from './oauth/error.ts';
import { adminRoutes, publicRoutes } from './routes.ts';
import { type Database, openDatabase } from './store/db.ts';
import { isFreshDatabase, migrateUp, refusal } from './store/migrate.ts';
import { type Chore, startSweeper } from './store/sweeper.ts';
import { createLog, logAnswers } from './telemetry/log.ts';
import { type ShareMetrics, startMetrics } from './telemetry/prometheus.ts';
import { startRotation } from './token/rotate_keys.ts';

export type ListenerName = 'public' | 'admin';

export type RunningServer = {
  readonly server: AuthorizationServer;
  readonly addresses: Readonly<Partial<Record<ListenerName, string>>>;
  /** Is not ready from now on, and lets running requests finish, as `gatehouse.shutdown` says. */
  close(): Promise<void>;
};

/** Why the server does not start: one sentence that says what to change. */
export class StartError extends Error {}

type StartOptions = {
  readonly listeners: readonly ListenerName[];
  readonly log?: Logger;
  /** Brings the tables of the database to this version first. */
  readonly migrate?: boolean;
  /** Of several processes that serve together, each answers for all. */
  readonly shareMetrics?: ShareMetrics;
  readonly now?: () => number;
};

/** The composition root: everything is made here and handed down. Throws StartError. */
export async function startServer(config: Config, options: StartOptions): Promise<RunningServer> {
  const now = options.now ?? Date.now;
  const log = options.log ?? createLog(config.log);
  const db = await openStore(config, log, options.migrate);
  const publication = {
    broadcast: config.webfinger.jwks.broadcast_keys,
    lead_time: config.gatehouse.keys.lead_time,
  };
  const { sweeper } = config.gatehouse;
  const keys = await loadKeys(db, config.secrets, publication, () => Math.floor(now() / 1000));
  const remote_jwks = new RemoteKeySets(config.clients.http, now);
  const { metrics, stop: stopMetrics } = startMetrics(options.shareMetrics);
  const stop = new AbortController();
  const server: AuthorizationServer = Object.freeze({
    ...{ config, db, keys, remote_jwks, log, metrics, now },
    stopping: stop.signal,
  });
  const stopLog = logAnswers(log);
  const stopDelivery = startDelivery(server);
  const stopKeys = followKeys(keys, (error) => log.warn({ err: error }, 'signing keys could not be read'));
  const stopRotation = startRotation(server);
  const stopSweeper = startSweeper({ db, log, now, settings: sweeper, chores: choresOf(config, db) });
  const listeners: [ListenerName, Listener][] = [];
  const { delay, deadline } = config.gatehouse.shutdown;
  const close = async (delay: number) => {
    stop.abort();
    if (delay > 0) await sleep(delay * 1000);
    const end = performance.now() + deadline * 1000;
    await Promise.all(listeners.map(([, listener]) => listener.close(deadline * 1000)));
    await Promise.all([stopDelivery(Math.max(0, end - performance.now())), stopSweeper(), stopKeys(), stopRotation()]);
    stopLog();
    stopMetrics();
    await db.close();
  };
  try {
    for (const name of options.listeners) listeners.push([name, await openListener(server, name)]);
  } catch (error) {
    await close(0);
    throw error;
  }
  const addresses = Object.fromEntries(listeners.map(([name, { address }]) => [name, address]));
  return { server, addresses, close: () => close(delay) };
}

const choresOf = ({ gatehouse: { sweeper } }: Config, db: Database): Chore[] =>
  sweeper.idle_registrations > 0 ? [idleRegistrations(db, sweeper.idle_registrations)] : [];

/** Opens the database; an empty one gets its tables, and one of another version is refused. */
export async function openStore(config: Config, log?: Logger, migrate = false): Promise<Database> {
  const db = await patiently(log, () => openDatabase(parseDsn(config.dsn)));
  try {
    if (migrate || (await isFreshDatabase(db))) await migrateUp(db, { tell: (sentence) => log?.info(sentence) });
    const reason = await refusal(db);
    if (reason) throw new StartError(reason);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** operations.md C.1: how long a database is waited for that does not answer yet, in milliseconds. */
const START_PATIENCE = 5 * 60_000;

/** Containers start in any order. */
async function patiently(log: Logger | undefined, open: () => Promise<Database>): Promise<Database> {
  const deadline = performance.now() + START_PATIENCE;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof OAuthError) || !log || performance.now() > deadline) throw startError(error);
      log.warn(`The database does not answer (${error.debug}): trying again for up to five minutes.`);
      await sleep(1_000);
    }
  }
}

const startError = (error: unknown): unknown =>
  error instanceof OAuthError
    ? new StartError(`The database does not answer (${error.debug}): check the configuration key "dsn".`)
    : error;

async function openListener(server: AuthorizationServer, name: ListenerName): Promise<Listener> {
  const { serve, feature_flags, gatehouse } = server.config;
  const { host, port, tls, cors } = serve[name];
  const routes = name === 'public' ? await publicRoutes(server.config) : adminRoutes(server.config);
  try {
    return await listen(server, routes, {
      name,
      host,
      port,
      tls,
      cors,
      allow_unbounded_origins: feature_flags.legacy_allow_insecure_origins,
      clientOrigins: originsOfClient,
      stopping: server.stopping,
      ...(name === 'public' && gatehouse.single_origin ? { withoutCors: '/admin' } : {}),
    });
  } catch (error) {
    throw listenError(error, name, host, port);
  }
}

const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken: stop the program that listens there, or choose another',
  EACCES: 'is not ours to use: choose one above 1023',
  EADDRNOTAVAIL: 'is on an address that this machine does not have: correct the host',
};

function listenError(error: unknown, name: ListenerName, host: string, port: number): unknown {
  if (error instanceof CertificateError) return new StartError(`${error.message} (serve.${name}.tls, serve.tls).`);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = LISTEN_ERRORS[code];
  return reason === undefined
    ? error
    : new StartError(`The ${name} port ${port} on ${host} ${reason} (serve.${name}.host, serve.${name}.port).`);
}
