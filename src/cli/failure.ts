import { inspect } from 'node:util';

/** One sentence for what the operator can mend; the whole error, with its stack, for what only we can. */
export async function explain(error: unknown): Promise<string> {
  // Loaded here, so that a command that succeeds does not pay for it.
  const [{ ConfigError }, { StartError }, { OAuthError }, { HydraDatabaseError }, { MigrationError }] =
    await Promise.all([
      import('../config/load.ts'),
      import('../server.ts'),
      import('../oauth/error.ts'),
      import('../store/hydra/database.ts'),
      import('../store/migrate.ts'),
    ]);
  const ours = [ConfigError, StartError, HydraDatabaseError, MigrationError];
  if (error instanceof Error && ours.some((kind) => error instanceof kind)) return error.message;
  if (error instanceof OAuthError) return error.hint || error.description();
  return inspect(error);
}
