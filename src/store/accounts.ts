import type { Selectable } from 'kysely';
import { deleteConsents } from './consents.ts';
import { endSubjectSessions } from './login_sessions.ts';
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

/** Of an account that is there. Throws where the address is that of another one. */
export async function updateAccount(
  tx: Queries,
  subject: string,
  values: Partial<Pick<AccountRow, 'email' | 'claims'>>,
): Promise<void> {
  await tx.updateTable('accounts').set(values).where('subject', '=', subject).execute();
}

/** The same password in another hash: false when `verified` is not the stored one any more. */
export async function rehashPassword(
  tx: Queries,
  subject: string,
  verified: string,
  password: string,
): Promise<boolean> {
  const result = await tx
    .updateTable('accounts')
    .set({ password })
    .where('subject', '=', subject)
    .where('password', '=', verified)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Another password, and the end of all logins with the old one: false when `verified` is not the stored one any more. */
export async function replacePassword(
  tx: Queries,
  subject: string,
  verified: string,
  password: string,
  now: number,
): Promise<boolean> {
  const isChanged = await rehashPassword(tx, subject, verified, password);
  if (isChanged) await endSubjectSessions(tx, subject, now);
  return isChanged;
}

/** Whatever the password was. Ends all logins too. False when there is no such account. */
export async function resetPassword(tx: Queries, subject: string, password: string, now: number): Promise<boolean> {
  const result = await tx.updateTable('accounts').set({ password }).where('subject', '=', subject).executeTakeFirst();
  await endSubjectSessions(tx, subject, now);
  return result.numUpdatedRows === 1n;
}

/** With what its person agreed to, and all that was issued because of it. False when there is none. */
export async function deleteAccount(tx: Queries, subject: string, now: number): Promise<boolean> {
  const result = await tx.deleteFrom('accounts').where('subject', '=', subject).executeTakeFirst();
  if (result.numDeletedRows === 0n) return false;
  await endSubjectSessions(tx, subject, now);
  await deleteConsents(tx, { subject });
  return true;
}

export type AccountOutcome = 'created' | 'updated' | 'already_there' | 'other_email' | 'other_subject';

/** A subject that was made up only counts where there is no account yet. */
export type ImportedRow = { readonly row: AccountRow; readonly hasSubject: boolean };

/** `update`: what is there already is changed. */
export type ImportChoice = { readonly update: boolean; readonly now: number };

/** In their order, of which a later one finds what an earlier one wrote. */
export async function importRows(
  tx: Queries,
  rows: readonly ImportedRow[],
  { update, now }: ImportChoice,
): Promise<AccountOutcome[]> {
  const outcomes: AccountOutcome[] = [];
  for (const row of rows) outcomes.push(await importRow(tx, row, { update, now }));
  return outcomes;
}

async function importRow(
  tx: Queries,
  { row, hasSubject }: ImportedRow,
  { update, now }: ImportChoice,
): Promise<AccountOutcome> {
  const ofSubject = hasSubject ? await findAccount(tx, row.subject) : undefined;
  if (ofSubject && ofSubject.email !== row.email) return 'other_email';
  if (!ofSubject && (await insertAccount(tx, row))) return 'created';
  const there = ofSubject ?? (await findAccountByEmail(tx, row.email));
  if (!there || (hasSubject && there !== ofSubject)) return 'other_subject';
  if (!update) return 'already_there';
  await updateAccount(tx, there.subject, { claims: row.claims });
  if (there.password !== row.password) await resetPassword(tx, there.subject, row.password, now);
  return 'updated';
}
