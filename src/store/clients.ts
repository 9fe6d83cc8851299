import type { Selectable } from 'kysely';
import { HotQuery } from './hot_query.ts';
import type { ClientsTable, Queries } from './tables.ts';

export type ClientRow = Selectable<ClientsTable>;

const clientOfId = new HotQuery((db, { client_id }: { readonly client_id: string }) =>
  db.selectFrom('clients').selectAll().where('client_id', '=', client_id),
);

export const findClient = (db: Queries, client_id: string): Promise<ClientRow | undefined> =>
  clientOfId.first(db, { client_id });

export type ClientFilter = { readonly client_name?: string; readonly owner?: string };

/** In the order of `client_id`, those after `after`. */
export function listClients(db: Queries, filter: ClientFilter, after: string, limit: number): Promise<ClientRow[]> {
  let query = db.selectFrom('clients').selectAll().where('client_id', '>', after);
  if (filter.client_name) query = query.where('client_name', '=', filter.client_name);
  if (filter.owner) query = query.where('owner', '=', filter.owner);
  return query.orderBy('client_id').limit(limit).execute();
}

/** In the order of `client_id`, those after `after` whose document has this text. Reads all of them. */
export function listClientsThatContain(db: Queries, text: string, after: string, limit: number): Promise<ClientRow[]> {
  return db
    .selectFrom('clients')
    .selectAll()
    .where('client_id', '>', after)
    .where('document', 'like', `%${text}%`)
    .orderBy('client_id')
    .limit(limit)
    .execute();
}

/** False when the id is taken. */
export async function insertClient(tx: Queries, row: ClientRow): Promise<boolean> {
  const result = await tx
    .insertInto('clients')
    .values(row)
    .onConflict((conflict) => conflict.column('client_id').doNothing())
    .executeTakeFirstOrThrow();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Only while the row is still the one that was read: false when somebody changed it since, or deleted it. */
export async function replaceClient(
  tx: Queries,
  read: ClientRow,
  { client_id: _, ...values }: ClientRow,
): Promise<boolean> {
  const result = await tx
    .updateTable('clients')
    .set(values)
    .where('client_id', '=', read.client_id)
    .where('document', '=', read.document)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** With everything that was issued to it. False when there is no such client. */
export async function deleteClient(tx: Queries, client_id: string): Promise<boolean> {
  const result = await tx.deleteFrom('clients').where('client_id', '=', client_id).executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** One that is as it was read, and of which nothing is left. False otherwise. */
export async function deleteIdleClient(tx: Queries, { client_id, document }: ClientRow): Promise<boolean> {
  const result = await tx
    .deleteFrom('clients')
    .where('client_id', '=', client_id)
    .where('document', '=', document)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('tokens').select('tokens.id').whereRef('tokens.client_id', '=', 'clients.client_id'))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('consents').select('flow_id').whereRef('consents.client_id', '=', 'clients.client_id'))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(selectFrom('device_codes').select('hash').whereRef('device_codes.client_id', '=', 'clients.client_id')),
      ),
    )
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** Those that completed a flow in this login session. */
export function listSessionClients(db: Queries, sid: string, subject: string): Promise<ClientRow[]> {
  const consented = db
    .selectFrom('consents')
    .select('client_id')
    .where('login_session_id', '=', sid)
    .where('subject', '=', subject);
  return db.selectFrom('clients').selectAll().where('client_id', 'in', consented).orderBy('client_id').execute();
}
