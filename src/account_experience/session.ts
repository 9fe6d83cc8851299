import { createHash } from 'node:crypto';
import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { Request } from '../http/request.ts';
import { randomBytes } from '../keys/random.ts';
import { deleteAccountSession, findAccountSession, insertAccountSession } from '../store/account_sessions.ts';
import { write } from '../store/write.ts';
import { type Account, accountOf } from './accounts.ts';
import { pageCookie, readPageCookie } from './cookies.ts';

/**
 * Who is signed in on our own pages: not at any client, and not for single sign-on. The cookie holds a sealed random
 * value, the row under its hash says whose it is. The row ends with the sign-out, with its time, with the account, and
 * with the password that it came from.
 */
type Server = Pick<AuthorizationServer, 'config' | 'db' | 'keys' | 'now'>;

export type AccountSession = {
  /** Names it in forms, and is no use as a cookie. */
  readonly id: string;
  readonly account: Account;
};

const PURPOSE = 'account_experience.session';
/** Seconds, whatever happens in them: who wants to look again signs in again. */
export const SESSION_LIFETIME = 3600;

export async function findSession(server: Server, request: Request): Promise<AccountSession | undefined> {
  const hash = hashOf(server, request);
  const row = hash && (await findAccountSession(server.db.queries, hash, seconds(server)));
  if (!row) return undefined;
  const account = accountOf(row);
  return account.password_version === row.password_version ? { id: hash.toString('base64url'), account } : undefined;
}

/** A new one at every login, which is all that the browser has then. Returns the cookie. */
export async function startSession(
  server: Server,
  request: Request,
  { subject, password_version }: Account,
): Promise<string> {
  const previous = hashOf(server, request);
  const secret = randomBytes(32);
  const row = {
    hash: sha256(secret),
    subject,
    password_version,
    expires_at: seconds(server) + SESSION_LIFETIME,
  };
  await write(server, async (tx) => {
    if (previous) await deleteAccountSession(tx, previous);
    await insertAccountSession(tx, row);
  });
  return pageCookie(
    server,
    'account',
    server.keys.cookies.seal(secret, PURPOSE).toString('base64url'),
    SESSION_LIFETIME,
  );
}

/** Returns the headers with which the browser forgets it; none where there is nothing to forget. */
export async function endSession(server: Server, request: Request): Promise<{ readonly 'set-cookie'?: string }> {
  if (readPageCookie(server, request, 'account') === undefined) return {};
  const hash = hashOf(server, request);
  if (hash) await write(server, (tx) => deleteAccountSession(tx, hash));
  return { 'set-cookie': pageCookie(server, 'account', '', 0) };
}

function hashOf(server: Server, request: Request): Buffer | undefined {
  const sealed = readPageCookie(server, request, 'account');
  const secret = sealed && server.keys.cookies.open(Buffer.from(sealed, 'base64url'), PURPOSE);
  return secret ? sha256(secret) : undefined;
}

const sha256 = (value: Uint8Array): Buffer => createHash('sha256').update(value).digest();
