import type { Config } from '../config/schema.ts';
import type { Keys } from '../keys/keys.ts';
import type { Database } from '../store/db.ts';

export type OpenStore = {
  readonly config: Config;
  readonly db: Database;
  readonly now: () => number;
  close(): Promise<void>;
};

/**
 * The database of the server that these files configure, for commands that work beside it. An empty one gets its tables,
 * as when the server starts. Throws ConfigError and StartError.
 */
export async function openStore({ config: files }: { readonly config: readonly string[] }): Promise<OpenStore> {
  // Loaded here: whoever only asks for the version or for help does not pay for a server.
  const [{ loadConfig }, server] = await Promise.all([import('../config/load.ts'), import('../server.ts')]);
  const { config } = loadConfig({ files, env: process.env, flags: {} });
  const db = await server.openStore(config);
  return { config, db, now: Date.now, close: () => db.close() };
}

/** The database that a DSN names, or else the configuration or the environment: for commands that need nothing else of it. */
export async function openNamed(dsn: string | undefined, files: readonly string[]): Promise<Database> {
  const [{ findDsn }, { parseDsn }, { openDatabase }] = await Promise.all([
    import('../config/load.ts'),
    import('../config/dsn.ts'),
    import('../store/db.ts'),
  ]);
  return openDatabase(parseDsn(dsn ?? findDsn({ files, env: process.env, flags: {} })));
}

export type KeyedStore = OpenStore & { readonly keys: Keys };

/** Works on the database with what the configured secrets open. */
export async function withKeys(
  options: { readonly config: readonly string[] },
  work: (store: KeyedStore) => Promise<void>,
): Promise<void> {
  const { loadKeys } = await import('../keys/keys.ts');
  const store = await openStore(options);
  const { config, db, now } = store;
  const publication = { broadcast: config.webfinger.jwks.broadcast_keys, lead_time: config.gatehouse.keys.lead_time };
  try {
    await work({ ...store, keys: await loadKeys(db, config.secrets, publication, () => Math.floor(now() / 1000)) });
  } finally {
    await store.close();
  }
}
