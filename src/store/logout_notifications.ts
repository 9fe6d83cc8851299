import type { Selectable } from 'kysely';
import type { LogoutNotificationsTable, Queries } from './tables.ts';

export type LogoutNotificationRow = Selectable<LogoutNotificationsTable>;

export async function insertNotifications(tx: Queries, rows: LogoutNotificationRow[]): Promise<void> {
  if (rows.length > 0) await tx.insertInto('logout_notifications').values(rows).execute();
}

/** Oldest first, of all clients but these. */
export function listDueNotifications(
  db: Queries,
  now: number,
  limit: number,
  except: readonly string[],
): Promise<LogoutNotificationRow[]> {
  return db
    .selectFrom('logout_notifications')
    .selectAll()
    .where('due_at', '<=', now)
    .$if(except.length > 0, (query) => query.where('client_id', 'not in', except))
    .orderBy('due_at')
    .limit(limit)
    .execute();
}

/** Takes it for one attempt: true for one of all who found it due. It comes back at `due_at` unless it is deleted. */
export async function claimNotification(tx: Queries, row: LogoutNotificationRow, due_at: number): Promise<boolean> {
  const result = await tx
    .updateTable('logout_notifications')
    .set({ due_at, attempts: row.attempts + 1 })
    .where('id', '=', row.id)
    .where('attempts', '=', row.attempts)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Gives a claimed one back, as if nobody had tried. */
export async function releaseNotification(tx: Queries, row: LogoutNotificationRow, due_at: number): Promise<void> {
  await tx
    .updateTable('logout_notifications')
    .set({ due_at, attempts: row.attempts })
    .where('id', '=', row.id)
    .where('attempts', '=', row.attempts + 1)
    .execute();
}

export async function deleteNotification(tx: Queries, id: string): Promise<void> {
  await tx.deleteFrom('logout_notifications').where('id', '=', id).execute();
}
