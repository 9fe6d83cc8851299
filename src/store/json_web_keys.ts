import type { Insertable, Selectable } from 'kysely';
import { takeTurn } from './leases.ts';
import type { JsonWebKeysTable, Queries } from './tables.ts';

export type JsonWebKeyRow = Selectable<JsonWebKeysTable>;

/** Newest first: the first one that can sign is the one that signs. */
export function listKeys(db: Queries, sets: readonly string[]): Promise<JsonWebKeyRow[]> {
  return db.selectFrom('json_web_keys').selectAll().where('set_name', 'in', sets).orderBy('id', 'desc').execute();
}

/** Only into an empty set: of several servers that start at once, one makes the key. */
export async function insertFirstKey(tx: Queries, row: Insertable<JsonWebKeysTable>): Promise<void> {
  await takeTurn(tx, `first key of ${row.set_name}`.slice(0, 200));
  const taken = await tx
    .selectFrom('json_web_keys')
    .select('id')
    .where('set_name', '=', row.set_name)
    .limit(1)
    .executeTakeFirst();
  if (!taken) await tx.insertInto('json_web_keys').values(row).execute();
}

/** Newest first. */
export function listSet(db: Queries, set_name: string): Promise<JsonWebKeyRow[]> {
  return listKeys(db, [set_name]);
}

export function findKey(db: Queries, set_name: string, kid: string): Promise<JsonWebKeyRow | undefined> {
  return db
    .selectFrom('json_web_keys')
    .selectAll()
    .where('set_name', '=', set_name)
    .where('kid', '=', kid)
    .executeTakeFirst();
}

/** False when the set has a key of that id. */
export async function insertKey(tx: Queries, row: Insertable<JsonWebKeysTable>): Promise<boolean> {
  const result = await tx
    .insertInto('json_web_keys')
    .values(row)
    .onConflict((conflict) => conflict.columns(['set_name', 'kid']).doNothing())
    .executeTakeFirstOrThrow();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function deleteKey(tx: Queries, set_name: string, kid: string): Promise<void> {
  await tx.deleteFrom('json_web_keys').where('set_name', '=', set_name).where('kid', '=', kid).execute();
}

export async function deleteSet(tx: Queries, set_name: string): Promise<void> {
  await tx.deleteFrom('json_web_keys').where('set_name', '=', set_name).execute();
}
