import type { Selectable } from 'kysely';
import { insertEndedLogin } from './ended_logins.ts';
import { HotQuery } from './hot_query.ts';
import type { LoginSessionsTable, Queries } from './tables.ts';

export type LoginSessionRow = Selectable<LoginSessionsTable>;

const rememberedSession = new HotQuery((db, { sid, now }: { readonly sid: string; readonly now: number }) =>
  db
    .selectFrom('login_sessions')
    .selectAll()
    .where('sid', '=', sid)
    .where('remember', '=', 1)
    .where('expires_at', '>', now),
);

/** A login that was to be remembered and still is. */
export const findRememberedSession = (db: Queries, sid: string, now: number): Promise<LoginSessionRow | undefined> =>
  rememberedSession.first(db, { sid, now });

const upsert = new HotQuery((db, row: LoginSessionRow) => {
  const { sid, subject, authenticated_at, expires_at, remember, identity_provider_session_id } = row;
  const values = { subject, authenticated_at, expires_at, remember, identity_provider_session_id };
  return db
    .insertInto('login_sessions')
    .values({ sid, ...values })
    .onConflict((conflict) => conflict.column('sid').doUpdateSet(values));
});

/** A login verifier may come twice: the later one counts. */
export async function upsertSession(tx: Queries, row: LoginSessionRow): Promise<void> {
  await upsert.changes(tx, row);
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
