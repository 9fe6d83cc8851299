import { setTimeout as sleep } from 'node:timers/promises';
import { OAuthError } from '../../oauth/error.ts';

export type Attempts = {
  /** What failed for no fault of its own, and has not happened. */
  mayRepeat(error: unknown): boolean;
};

/** How long a request waits for a connection, for a lock, or for a database that restarts, in milliseconds. */
export const PATIENCE = 5_000;
const MOST_ATTEMPTS = 20;
const FIRST_PAUSE = 4;
const LONGEST_PAUSE = 300;

/** Repeats with jitter, so that those who met do not meet again. When patience ends the client is asked to come back. */
export async function retried<T>({ mayRepeat }: Attempts, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!mayRepeat(error)) throw error;
      if (attempt >= MOST_ATTEMPTS || performance.now() > deadline) throw unavailable(error);
      const pause = Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE);
      await sleep(pause * (0.5 + Math.random()));
    }
  }
}

/** RFC 9110 section 15.6.4. */
export function unavailable(cause: unknown): OAuthError {
  const debug = cause instanceof Error ? cause.message : String(cause);
  return new OAuthError('temporarily_unavailable', 'The database does not answer in time.', {
    debug,
    headers: { 'retry-after': '1' },
  });
}
