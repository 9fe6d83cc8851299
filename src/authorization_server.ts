import type { Logger } from 'pino';
import type { Config } from './config/schema.ts';
import type { Keys } from './keys/keys.ts';
import type { RemoteKeySets } from './keys/remote_jwks.ts';
import type { Database } from './store/db.ts';

/** What an endpoint may use. Made once, in server.ts, and handed down. */
export type AuthorizationServer = {
  readonly config: Config;
  readonly db: Database;
  readonly keys: Keys;
  readonly remote_jwks: RemoteKeySets;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Aborted as soon as the server was told to stop, though it may go on for a while. */
  readonly stopping: AbortSignal;
  /** Milliseconds since 1970; tests freeze it. */
  readonly now: () => number;
};

/** What is counted, in the text format of Prometheus. */
export type Metrics = { read(): Promise<string> };

/** Whole seconds since 1970, as tokens and rows carry them. */
export const seconds = (server: { now: () => number }): number => Math.floor(server.now() / 1000);
