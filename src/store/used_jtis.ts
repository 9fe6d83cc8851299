import type { Queries } from './tables.ts';

/** False when it was there already: of two that present the same assertion, one is right. */
export async function insertUsedJti(tx: Queries, hash: Uint8Array, expires_at: number): Promise<boolean> {
  const result = await tx
    .insertInto('used_jtis')
    .values({ hash, expires_at })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .executeTakeFirstOrThrow();
  return result.numInsertedOrUpdatedRows === 1n;
}
