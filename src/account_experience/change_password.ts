import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { type AccountRow, findAccount, replacePassword } from '../store/accounts.ts';
import { write } from '../store/write.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { guess, sessionCounters } from './password_guesses.ts';
import { findPasswordProblem, type PasswordProblem } from './password_rules.ts';

/** Why a password was not changed: what the new one lacks, or that the current one was wrong, or too often so. */
export type ChangeRefusal =
  | { readonly reason: PasswordProblem | 'wrong' }
  | { readonly reason: 'throttled'; readonly retry_after: number };

/**
 * By the person who is logged in, who knows the current one. Ends all their login sessions: whoever shows the page begins
 * a new one for this browser. Undefined when it was changed.
 */
export async function changePassword(
  server: AuthorizationServer,
  subject: string,
  current: string,
  next: string,
): Promise<ChangeRefusal | undefined> {
  const { found: row, retry_after } = await guess(server, sessionCounters(server, subject), () =>
    accountOf(server, subject, current),
  );
  if (retry_after > 0) return { reason: 'throttled', retry_after };
  if (!row) return { reason: 'wrong' };
  const problem = await findPasswordProblem(next, row.email);
  if (problem) return { reason: problem };
  const password = await hashPassword(next);
  const isChanged = await write(server, (tx) => replacePassword(tx, subject, row.password, password, seconds(server)));
  return isChanged ? undefined : { reason: 'wrong' };
}

async function accountOf(
  { db }: AuthorizationServer,
  subject: string,
  password: string,
): Promise<AccountRow | undefined> {
  const row = await findAccount(db.queries, subject);
  return (await verifyPassword(password, row?.password)) ? row : undefined;
}
