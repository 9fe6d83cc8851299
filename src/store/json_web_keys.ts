import type { Insertable, Selectable } from 'kysely';
import type { JsonWebKeysTable, Queries } from './tables.ts';

export type JsonWebKeyRow = Selectable<JsonWebKeysTable>;

/** Newest first: the first one that can sign is the one that signs. */
export function listKeys(db: Queries, sets: readonly string[]): Promise<JsonWebKeyRow[]> {
  return db.selectFrom('json_web_keys').selectAll().where('set_name', 'in', sets).orderBy('id', 'desc').execute();
}

/** Only into an empty set: of several servers that start at once, one makes the key. */
export async function insertFirstKey(tx: Queries, row: Insertable<JsonWebKeysTable>): Promise<void> {
  const taken = await tx
    .selectFrom('json_web_keys')
    .select('id')
    .where('set_name', '=', row.set_name)
    .limit(1)
    .executeTakeFirst();
  if (!taken) await tx.insertInto('json_web_keys').values(row).execute();
}
