import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { JsonObject } from '../lib/json.ts';
import { OAuthError } from '../oauth/error.ts';
import {
  type AccountRow,
  deleteAccount,
  findAccount,
  findAccountByEmail,
  insertAccount,
  listAccounts,
  rehashPassword,
  resetPassword,
  updateAccount,
} from '../store/accounts.ts';
import { write } from '../store/write.ts';
import { findClaimProblem } from './claims.ts';
import { normalEmail, readEmail } from './email.ts';
import { hashPassword, shouldRehash, verifyPassword } from './password.ts';
import { findPasswordProblem, LONGEST_PASSWORD, type PasswordProblem, SHORTEST_PASSWORD } from './password_rules.ts';

export type Account = {
  readonly subject: string;
  readonly email: string;
  /** By their names of OpenID Connect Core section 5.1. */
  readonly claims: JsonObject;
  readonly created_at: number;
  /** Another one whenever the stored hash of the password is. */
  readonly password_version: string;
};

export type NewAccount = {
  readonly email: string;
  readonly password: string;
  readonly name?: string | undefined;
  readonly claims?: JsonObject | undefined;
};

type Store = Pick<AuthorizationServer, 'db' | 'now'>;

/** Throws `invalid_request` for an address or a password that will not do, and a conflict for one that is taken. */
export async function createAccount(server: Store, { email, password, name, claims }: NewAccount): Promise<Account> {
  const address = parseEmail(email);
  const row = {
    subject: randomUUID(),
    email: address,
    password: await hashNewPassword(password, address),
    claims: checkedClaims({ ...claims, ...(name ? { name } : {}) }),
    created_at: seconds(server),
  };
  const isNew = await write(server, (tx) => insertAccount(tx, row));
  if (!isNew) throw emailTaken(row.email);
  return accountOf(row);
}

/** In the order of their addresses, read a page at a time. */
export async function* allAccounts(server: Pick<Store, 'db'>, pageSize = 500): AsyncGenerator<Account> {
  let last = '';
  for (;;) {
    const rows = await listAccounts(server.db.queries, last, pageSize);
    for (const row of rows) yield accountOf(row);
    if (rows.length < pageSize) return;
    last = rows.at(-1)?.email ?? '';
  }
}

/** With all sessions, consents and tokens of its person. Returns the address as it was stored. Throws `not_found`. */
export async function removeAccount(server: Store, email: string): Promise<string> {
  const { subject, email: stored } = await accountRow(server, email);
  await write(server, (tx) => deleteAccount(tx, subject, seconds(server)));
  return stored;
}

export type AccountChange = {
  readonly email?: string | undefined;
  /** By name; null takes one away (RFC 7396). */
  readonly claims?: JsonObject | undefined;
};

/** What was said of the old address is not said of a new one. Throws `invalid_request`, `not_found` and a conflict. */
export async function changeAccount(
  server: Pick<Store, 'db'>,
  email: string,
  { email: next, claims = {} }: AccountChange,
): Promise<Account> {
  const row = await accountRow(server, email);
  const address = next === undefined ? row.email : parseEmail(next);
  const { email_verified, ...others } = JSON.parse(row.claims) as JsonObject;
  const kept = address === row.email && email_verified !== undefined ? { ...others, email_verified } : others;
  const changed = { email: address, claims: checkedClaims(withoutNull({ ...kept, ...claims })) };
  await write(server, async (tx) => {
    const other = await findAccountByEmail(tx, address);
    if (other && other.subject !== row.subject) throw emailTaken(address);
    await updateAccount(tx, row.subject, changed);
  });
  return accountOf({ ...row, ...changed });
}

const withoutNull = (claims: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));

/** As JSON. Throws `invalid_request`. */
function checkedClaims(claims: JsonObject): string {
  const problem = findClaimProblem(claims);
  if (problem) throw new OAuthError('invalid_request', `${problem[0]?.toUpperCase()}${problem.slice(1)}.`);
  return JSON.stringify(claims);
}

/** By whoever runs the server. Ends the logins of the person. Throws `invalid_request` and `not_found`. */
export async function setPassword(server: Store, email: string, password: string): Promise<Account> {
  const row = await accountRow(server, email);
  const hash = await hashNewPassword(password, row.email);
  if (!(await write(server, (tx) => resetPassword(tx, row.subject, hash, seconds(server)))))
    throw unknownAccount(row.email);
  return accountOf(row);
}

async function accountRow({ db }: Pick<Store, 'db'>, email: string): Promise<AccountRow> {
  const normal = normalEmail(email);
  const row = await findAccountByEmail(db.queries, normal);
  if (!row) throw unknownAccount(normal);
  return row;
}

const emailTaken = (email: string) =>
  new OAuthError('conflict', `There is already an account with the e-mail address ${email}.`);

const unknownAccount = (email: string) =>
  new OAuthError('not_found', `There is no account with the e-mail address ${email}.`);

/** Throws `not_found`. */
export async function accountOfEmail(server: Pick<Store, 'db'>, email: string): Promise<Account> {
  return accountOf(await accountRow(server, email));
}

/** What a client is told of somebody who has no account any more. */
export const GONE = {
  error: 'login_required',
  error_description: 'The account of the session does not exist any more.',
  status_code: 400,
};

export async function accountOfSubject(server: Pick<Store, 'db'>, subject: string): Promise<Account | undefined> {
  const row = await findAccount(server.db.queries, subject);
  return row && accountOf(row);
}

/**
 * When a refusal is said, in milliseconds. Hashes that were imported take other times than ours, which would tell that
 * there is an account. Longer than this take bcrypt from cost 13 on, and PBKDF2 from 2 million rounds: those can be told
 * apart until their people have logged in once.
 */
const REFUSAL_AFTER = 500;

/** Undefined for an unknown address as for a wrong password, after the same time. */
export async function accountOfPassword(
  server: Pick<Store, 'db'>,
  email: string,
  password: string,
): Promise<Account | undefined> {
  const began = performance.now();
  const row = await findAccountByEmail(server.db.queries, normalEmail(email));
  const isRight = await verifyPassword(password, row?.password);
  if (row && isRight) return accountOf(await rehash(server, row, password));
  await pause(Math.max(0, REFUSAL_AFTER - (performance.now() - began)));
  return undefined;
}

/** A hash that was imported, or made when less was enough, is replaced while the password is at hand. */
async function rehash(server: Pick<Store, 'db'>, row: AccountRow, verified: string): Promise<AccountRow> {
  if (!shouldRehash(verified, row.password)) return row;
  const password = await hashPassword(verified);
  const isReplaced = await write(server, (tx) => rehashPassword(tx, row.subject, row.password, password));
  return isReplaced ? { ...row, password } : row;
}

export const accountOf = (row: AccountRow): Account => ({
  subject: row.subject,
  email: row.email,
  claims: JSON.parse(row.claims) as JsonObject,
  created_at: row.created_at,
  password_version: createHash('sha256').update(row.password).digest('base64url'),
});

function parseEmail(email: string): string {
  if (email.trim() === '') throw new OAuthError('invalid_request', 'An account needs an e-mail address.');
  const address = readEmail(email);
  if (address === undefined) throw new OAuthError('invalid_request', `'${email}' is not an e-mail address.`);
  return address;
}

const PROBLEMS: Readonly<Record<PasswordProblem, string>> = {
  length: `A password has ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters.`,
  common: 'This password is one of those that are tried first: choose another one.',
};

async function hashNewPassword(password: string, email: string): Promise<string> {
  const problem = await findPasswordProblem(password, email);
  if (problem) throw new OAuthError('invalid_request', PROBLEMS[problem]);
  return hashPassword(password);
}
