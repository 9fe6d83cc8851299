import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { openStore as openConfiguredStore } from '../server.ts';
import type { Database } from '../store/db.ts';

export type OpenStore = {
  readonly config: Config;
  readonly db: Database;
  readonly now: () => number;
  close(): Promise<void>;
};

/** The database of the server that these files configure, for commands that work beside it. Throws ConfigError, StartError. */
export async function openStore(options: { readonly config: readonly string[] }): Promise<OpenStore> {
  const { config } = loadConfig({ files: options.config, env: process.env, flags: {} });
  const db = await openConfiguredStore(config);
  return { config, db, now: Date.now, close: () => db.close() };
}
