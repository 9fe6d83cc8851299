import type { Selectable } from 'kysely';
import type { LogoutRequestsTable, Queries } from './tables.ts';

export type LogoutRequestRow = Selectable<LogoutRequestsTable>;

export async function insertLogoutRequest(tx: Queries, row: LogoutRequestRow): Promise<void> {
  await tx.insertInto('logout_requests').values(row).execute();
}

export function findLogoutRequest(db: Queries, hash: Uint8Array): Promise<LogoutRequestRow | undefined> {
  return db.selectFrom('logout_requests').selectAll().where('hash', '=', hash).executeTakeFirst();
}

/** A request that is done stays done. */
export async function setLogoutState(tx: Queries, hash: Uint8Array, state: LogoutRequestRow['state']): Promise<void> {
  await tx
    .updateTable('logout_requests')
    .set({ state })
    .where('hash', '=', hash)
    .where('state', '!=', 'done')
    .execute();
}
