import type { Selectable } from 'kysely';
import type { AccountRow } from './accounts.ts';
import type { AccountSessionsTable, Queries } from './tables.ts';

export type AccountSessionRow = Selectable<AccountSessionsTable>;

/** One that is not over, with the account as it is now. */
export function findAccountSession(
  db: Queries,
  hash: Uint8Array,
  now: number,
): Promise<(AccountRow & Pick<AccountSessionRow, 'password_version'>) | undefined> {
  return db
    .selectFrom('account_sessions')
    .innerJoin('accounts', 'accounts.subject', 'account_sessions.subject')
    .selectAll('accounts')
    .select('account_sessions.password_version')
    .where('account_sessions.hash', '=', hash)
    .where('account_sessions.expires_at', '>', now)
    .executeTakeFirst();
}

export async function insertAccountSession(tx: Queries, row: AccountSessionRow): Promise<void> {
  await tx.insertInto('account_sessions').values(row).execute();
}

export async function deleteAccountSession(tx: Queries, hash: Uint8Array): Promise<void> {
  await tx.deleteFrom('account_sessions').where('hash', '=', hash).execute();
}
