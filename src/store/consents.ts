import { type Selectable, sql } from 'kysely';
import type { ConsentsTable, Queries } from './tables.ts';

export type ConsentRow = Selectable<ConsentsTable>;
export type NewConsent = ConsentRow & { readonly login_session_id: string };

/** Single use of a flow: false when it was completed before. A login session that is gone by now is not named. */
export async function insertConsent(tx: Queries, row: NewConsent): Promise<boolean> {
  const login_session_id = sql<string | null>`(select sid from login_sessions where sid = ${row.login_session_id})`;
  const result = await tx
    .insertInto('consents')
    .values({ ...row, login_session_id })
    .onConflict((conflict) => conflict.column('flow_id').doNothing())
    .executeTakeFirstOrThrow();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** The newest consent that this person asked us to remember for this client, and that was not itself skipped. */
export function findRememberedConsent(
  db: Queries,
  subject: string,
  client_id: string,
  now: number,
): Promise<Pick<ConsentRow, 'granted_scope'> | undefined> {
  return db
    .selectFrom('consents')
    .select('granted_scope')
    .where('subject', '=', subject)
    .where('client_id', '=', client_id)
    .where('skip', '=', 0)
    .where('remember', '=', 1)
    .where((is) => is.or([is('remembered_until', 'is', null), is('remembered_until', '>', now)]))
    .orderBy('requested_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}
