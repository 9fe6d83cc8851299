import type { Selectable } from 'kysely';
import type { ApiKeysTable, Queries } from './tables.ts';

export type ApiKeyRow = Selectable<ApiKeysTable>;

/** What the key is good for; undefined for one that is unknown, revoked or has expired. */
export async function findScopeOfKey(db: Queries, hash: Uint8Array, now: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('api_keys')
    .select('scope')
    .where('hash', '=', hash)
    .where('revoked_at', 'is', null)
    .where(({ eb, or }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .executeTakeFirst();
  return row?.scope;
}

/** All of them, oldest first. People make them by hand, so they are few. */
export function listApiKeys(db: Queries): Promise<ApiKeyRow[]> {
  return db.selectFrom('api_keys').selectAll().orderBy('created_at').orderBy('id').execute();
}

export async function insertApiKey(tx: Queries, row: ApiKeyRow): Promise<void> {
  await tx.insertInto('api_keys').values(row).execute();
}

/** False for one that is not there, or was revoked before. */
export async function revokeApiKey(tx: Queries, id: string, now: number): Promise<boolean> {
  const result = await tx
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
