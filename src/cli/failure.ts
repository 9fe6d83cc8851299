import { inspect } from 'node:util';

/** One sentence for what the operator can mend; the whole error, with its stack, for what only we can. */
export async function explain(error: unknown): Promise<string> {
  // Loaded here, so that a command that succeeds does not pay for it.
  const [{ ConfigError }, { StartError }, { OAuthError }] = await Promise.all([
    import('../config/load.ts'),
    import('../server.ts'),
    import('../oauth/error.ts'),
  ]);
  if (error instanceof ConfigError || error instanceof StartError) return error.message;
  if (error instanceof OAuthError) return error.hint || error.description();
  return inspect(error);
}
