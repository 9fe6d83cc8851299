import type { Selectable } from 'kysely';
import type { Queries, ThrottlesTable } from './tables.ts';

export type ThrottleRow = Selectable<ThrottlesTable>;

/** Those of the keys with a window that is still open. */
export function listThrottles(db: Queries, key_hashes: readonly Uint8Array[], now: number): Promise<ThrottleRow[]> {
  return db
    .selectFrom('throttles')
    .selectAll()
    .where('key_hash', 'in', key_hashes)
    .where('expires_at', '>', now)
    .execute();
}

/** One failure more for each key, in one statement. Where no window is open, one begins that ends at `expires_at`. */
export async function countFailure(
  tx: Queries,
  key_hashes: readonly Uint8Array[],
  now: number,
  expires_at: number,
): Promise<void> {
  // Always in the same order, so that two writers of the same rows do not wait for each other.
  const rows = key_hashes.toSorted(Buffer.compare).map((key_hash) => ({ key_hash, failures: 1, expires_at }));
  await tx
    .insertInto('throttles')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('key_hash').doUpdateSet(({ eb, ref }) => {
        const isOver = eb('throttles.expires_at', '<=', now);
        const more = eb(ref('throttles.failures'), '+', 1);
        // MySQL assigns from first to last: `failures` has to see the old end of the window.
        return {
          failures: eb.case().when(isOver).then(1).else(more).end(),
          expires_at: eb.case().when(isOver).then(eb.val(expires_at)).else(ref('throttles.expires_at')).end(),
        };
      }),
    )
    .execute();
}
