import { type ExpressionBuilder, type Selectable, sql } from 'kysely';
import type { ClientRow } from './clients.ts';
import { HotQuery } from './hot_query.ts';
import type { ConsentsTable, Queries, Tables } from './tables.ts';
import { deleteChains } from './tokens.ts';

export type ConsentRow = Selectable<ConsentsTable>;
export type NewConsent = ConsentRow & { readonly login_session_id: string };

const insertion = new HotQuery((db, row: NewConsent) =>
  db
    .insertInto('consents')
    .values({
      flow_id: row.flow_id,
      consent_request_id: row.consent_request_id,
      client_id: row.client_id,
      subject: row.subject,
      login_session_id: sql<string | null>`(select sid from login_sessions where sid = ${row.login_session_id})`,
      granted_scope: row.granted_scope,
      granted_audience: row.granted_audience,
      requested_at: row.requested_at,
      handled_at: row.handled_at,
      skip: row.skip,
      remember: row.remember,
      remember_for: row.remember_for,
      remembered_until: row.remembered_until,
      expires_at: row.expires_at,
      details: row.details,
    })
    .onConflict((conflict) => conflict.column('flow_id').doNothing()),
);

/** Single use of a flow: false when it was completed before. A login session that is gone by now is not named. */
export const insertConsent = async (tx: Queries, row: NewConsent): Promise<boolean> =>
  (await insertion.changes(tx, row)) === 1n;

type Remembering = Pick<ConsentRow, 'subject' | 'client_id'> & { readonly now: number };

const rememberedConsent = new HotQuery((db, { subject, client_id, now }: Remembering) =>
  db
    .selectFrom('consents')
    .select('granted_scope')
    .where('subject', '=', subject)
    .where('client_id', '=', client_id)
    .where('skip', '=', 0)
    .where('remember', '=', 1)
    .where((is) => is.or([is('remembered_until', 'is', null), is('remembered_until', '>', now)]))
    .orderBy('requested_at', 'desc')
    .limit(1),
);

/** The newest consent that this person asked us to remember for this client, and that was not itself skipped. */
export const findRememberedConsent = (
  db: Queries,
  subject: string,
  client_id: string,
  now: number,
): Promise<Pick<ConsentRow, 'granted_scope'> | undefined> => rememberedConsent.first(db, { subject, client_id, now });

export type ConsentFilter = { readonly subject: string; readonly login_session_id?: string };

/** What a person granted and what has not run out, with the clients, in the order of `flow_id`, those after `after`. */
export function listConsents(
  db: Queries,
  { subject, login_session_id }: ConsentFilter,
  now: number,
  after: string,
  limit: number,
): Promise<(ConsentRow & Pick<ClientRow, 'document'>)[]> {
  let query = db
    .selectFrom('consents')
    .innerJoin('clients', 'clients.client_id', 'consents.client_id')
    .selectAll('consents')
    .select('clients.document')
    .where('subject', '=', subject)
    .where('flow_id', '>', after)
    .where('skip', '=', 0)
    .where((is) => is.or([is('remembered_until', 'is', null), is('remembered_until', '>', now)]));
  if (login_session_id) query = query.where('login_session_id', '=', login_session_id);
  return query.orderBy('flow_id').limit(limit).execute();
}

/** A client that a person gave something to. Whatever is not swept yet counts: somebody may still use it. */
export type GrantedClientRow = Pick<ClientRow, 'document'> & {
  readonly client_id: string;
  readonly first_requested_at: number;
};

export type GrantFilter = { readonly subject: string; readonly client_id?: string };

/** Those with the latest consent first. */
export function listGrantedClients(
  db: Queries,
  { subject, client_id }: GrantFilter,
  limit: number,
  offset: number,
): Promise<GrantedClientRow[]> {
  let query = db
    .selectFrom('consents')
    .innerJoin('clients', 'clients.client_id', 'consents.client_id')
    .select(({ fn }) => ['clients.client_id', 'clients.document', fn.min('requested_at').as('first_requested_at')])
    .where('subject', '=', subject)
    .groupBy('clients.client_id')
    .orderBy(({ fn }) => fn.max('requested_at'), 'desc')
    .orderBy('clients.client_id')
    .limit(limit)
    .offset(offset);
  if (client_id !== undefined) query = query.where('consents.client_id', '=', client_id);
  return query.execute();
}

/** What a person gave to each of these clients, and when a token was last issued because of it. */
export function listGrantedScopes(db: Queries, subject: string, client_ids: readonly string[]) {
  return db
    .selectFrom('consents')
    .leftJoin('tokens', 'tokens.request_id', 'consents.consent_request_id')
    .select(({ fn }) => [
      'consents.client_id',
      'consents.granted_scope',
      fn.max('consents.handled_at').as('last_handled_at'),
      fn.max('tokens.issued_at').as('last_issued_at'),
    ])
    .where('consents.subject', '=', subject)
    .where('consents.client_id', 'in', client_ids)
    .groupBy(['consents.client_id', 'consents.granted_scope'])
    .execute();
}

/** Which consents are to end: one, those of a person for a client, or all of a person. */
export type ConsentChoice =
  | { readonly consent_request_id: string }
  | { readonly subject: string; readonly client_id: string }
  | { readonly subject: string };

/** How many are ended by one statement. */
const BATCH = 500;

/** Ends them, and everything that was issued because of them. */
export async function deleteConsents(tx: Queries, choice: ConsentChoice): Promise<void> {
  const conditions = Object.entries(choice) as [keyof ConsentRow, string][];
  const chosen = (is: ExpressionBuilder<Tables, 'consents'>) =>
    is.and(conditions.map(([column, value]) => is(column, '=', value)));
  const rows = await tx.selectFrom('consents').select('consent_request_id').where(chosen).execute();
  const request_ids = rows.map((row) => row.consent_request_id);
  for (let at = 0; at < request_ids.length; at += BATCH) {
    const batch = request_ids.slice(at, at + BATCH);
    // Devices first: one that is redeeming its code has no token yet that could be waited for.
    await tx.deleteFrom('device_codes').where('request_id', 'in', batch).execute();
    await deleteChains(tx, batch);
    await tx.deleteFrom('consents').where('consent_request_id', 'in', batch).execute();
  }
}
