import type { Selectable } from 'kysely';
import type { AccountsTable, Queries } from './tables.ts';

export type AccountRow = Selectable<AccountsTable>;

export function findAccountByEmail(db: Queries, email: string): Promise<AccountRow | undefined> {
  return db.selectFrom('accounts').selectAll().where('email', '=', email).executeTakeFirst();
}

export function findAccount(db: Queries, subject: string): Promise<AccountRow | undefined> {
  return db.selectFrom('accounts').selectAll().where('subject', '=', subject).executeTakeFirst();
}

/** In the order of their addresses, those after `after`. */
export function listAccounts(db: Queries, after: string, limit: number): Promise<AccountRow[]> {
  return db.selectFrom('accounts').selectAll().where('email', '>', after).orderBy('email').limit(limit).execute();
}

/** False when the address is taken. */
export async function insertAccount(tx: Queries, row: AccountRow): Promise<boolean> {
  const result = await tx
    .insertInto('accounts')
    .values(row)
    .onConflict((conflict) => conflict.column('email').doNothing())
    .executeTakeFirstOrThrow();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function deleteAccount(tx: Queries, email: string): Promise<boolean> {
  const result = await tx.deleteFrom('accounts').where('email', '=', email).executeTakeFirst();
  return result.numDeletedRows === 1n;
}
