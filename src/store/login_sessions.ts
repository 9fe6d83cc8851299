import type { Selectable } from 'kysely';
import { insertEndedLogin } from './ended_logins.ts';
import type { LoginSessionsTable, Queries } from './tables.ts';

export type LoginSessionRow = Selectable<LoginSessionsTable>;

/** A login that was to be remembered and still is. */
export function findRememberedSession(db: Queries, sid: string, now: number): Promise<LoginSessionRow | undefined> {
  return db
    .selectFrom('login_sessions')
    .selectAll()
    .where('sid', '=', sid)
    .where('remember', '=', 1)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

/** A login verifier may come twice: the later one counts. */
export async function upsertSession(tx: Queries, row: LoginSessionRow): Promise<void> {
  const { sid, ...values } = row;
  await tx
    .insertInto('login_sessions')
    .values(row)
    .onConflict((conflict) => conflict.column('sid').doUpdateSet(values))
    .execute();
}

export async function extendSession(tx: Queries, sid: string, expires_at: number): Promise<void> {
  await tx.updateTable('login_sessions').set({ expires_at }).where('sid', '=', sid).execute();
}

export async function deleteSession(tx: Queries, sid: string): Promise<boolean> {
  const result = await tx.deleteFrom('login_sessions').where('sid', '=', sid).executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** All of a person, remembered or not, and those that are about to begin. */
export async function endSubjectSessions(tx: Queries, subject: string, now: number): Promise<void> {
  await tx.deleteFrom('login_sessions').where('subject', '=', subject).execute();
  await insertEndedLogin(tx, { subject }, now);
}

/** One that was to be remembered: true for the one caller who ended it. */
export async function deleteRememberedSession(tx: Queries, sid: string): Promise<boolean> {
  const result = await tx
    .deleteFrom('login_sessions')
    .where('sid', '=', sid)
    .where('remember', '=', 1)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** One that was to be remembered, whether or not its time is over: what a logout can end. */
export function findEndableSession(db: Queries, sid: string): Promise<LoginSessionRow | undefined> {
  return db
    .selectFrom('login_sessions')
    .selectAll()
    .where('sid', '=', sid)
    .where('remember', '=', 1)
    .executeTakeFirst();
}
