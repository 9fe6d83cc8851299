import type { Insertable, Selectable } from 'kysely';
import { takeTurn } from './leases.ts';
import type { JsonWebKeysTable, Queries } from './tables.ts';

export type JsonWebKeyRow = Selectable<JsonWebKeysTable>;

/** Newest first: the first one that can sign is the one that signs. */
export function listKeys(db: Queries, sets: readonly string[]): Promise<JsonWebKeyRow[]> {
  return db.selectFrom('json_web_keys').selectAll().where('set_name', 'in', sets).orderBy('id', 'desc').execute();
}

/** Another one whenever a key was added to the sets or left them: ids are never used twice. */
export async function keysRevision(db: Queries, sets: readonly string[]): Promise<string> {
  const { count, sum } = await db
    .selectFrom('json_web_keys')
    .select(({ fn }) => [fn.count<string>('id').as('count'), fn.sum<string>('id').as('sum')])
    .where('set_name', 'in', sets)
    .executeTakeFirstOrThrow();
  return `${count} ${sum}`;
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

/** Only while no key is newer than this one: of several servers that rotate, one adds a key. */
export async function insertNextKey(
  tx: Queries,
  row: Insertable<JsonWebKeysTable>,
  newest_id: number,
): Promise<boolean> {
  await takeTurn(tx, `next key of ${row.set_name}`.slice(0, 200));
  const newer = await tx
    .selectFrom('json_web_keys')
    .select('id')
    .where('set_name', '=', row.set_name)
    .where('id', '>', newest_id)
    .limit(1)
    .executeTakeFirst();
  if (newer) return false;
  await tx.insertInto('json_web_keys').values(row).execute();
  return true;
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
