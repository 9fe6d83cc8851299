import type { Selectable } from 'kysely';
import type { Queries, TrustedJwtIssuersTable } from './tables.ts';

export type TrustRow = Selectable<TrustedJwtIssuersTable>;

/** False when this issuer is trusted with this key for this subject already. */
export async function insertTrust(tx: Queries, row: TrustRow): Promise<boolean> {
  const result = await tx
    .insertInto('trusted_jwt_issuers')
    .values(row)
    .onConflict((conflict) => conflict.columns(['issuer', 'subject', 'key_id']).doNothing())
    .executeTakeFirstOrThrow();
  return result.numInsertedOrUpdatedRows === 1n;
}

export function findTrust(db: Queries, id: string): Promise<TrustRow | undefined> {
  return db.selectFrom('trusted_jwt_issuers').selectAll().where('id', '=', id).executeTakeFirst();
}

/** In the order of `id`, those after `after`; of one issuer, or of all. */
export function listTrusts(db: Queries, issuer: string, after: string, limit: number): Promise<TrustRow[]> {
  let query = db.selectFrom('trusted_jwt_issuers').selectAll().where('id', '>', after);
  if (issuer !== '') query = query.where('issuer', '=', issuer);
  return query.orderBy('id').limit(limit).execute();
}

/** Those under which an issuer may assert this subject now, newest first. */
export function listUsableTrusts(
  db: Queries,
  issuer: string,
  subject: string,
  now: number,
  limit: number,
): Promise<TrustRow[]> {
  return db
    .selectFrom('trusted_jwt_issuers')
    .selectAll()
    .where('issuer', '=', issuer)
    .where('subject', 'in', [subject, ''])
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
}

export async function deleteTrust(tx: Queries, id: string): Promise<void> {
  await tx.deleteFrom('trusted_jwt_issuers').where('id', '=', id).execute();
}

export async function isKeyTrusted(tx: Queries, issuer: string, key_id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('trusted_jwt_issuers')
    .select('id')
    .where('issuer', '=', issuer)
    .where('key_id', '=', key_id)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteTrustsOfKey(tx: Queries, issuer: string, key_id: string): Promise<void> {
  await tx.deleteFrom('trusted_jwt_issuers').where('issuer', '=', issuer).where('key_id', '=', key_id).execute();
}

export async function deleteTrustsOfSet(tx: Queries, issuer: string): Promise<void> {
  await tx.deleteFrom('trusted_jwt_issuers').where('issuer', '=', issuer).execute();
}
