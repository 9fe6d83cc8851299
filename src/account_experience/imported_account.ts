import { randomUUID } from 'node:crypto';
import { isObject, type Json, type JsonObject, parseJson } from '../lib/json.ts';
import type { ImportedRow } from '../store/accounts.ts';
import { findClaimProblem } from './claims.ts';
import { readEmail } from './email.ts';
import { parsePasswordHash } from './password.ts';

/** What a line says, or why it cannot be taken over. A reason names no value: a password may stand in the wrong place. */
export type ReadLine = { readonly account: ImportedRow } | { readonly reason: string };

/** `{"email": ..., "password_hash": ..., "subject": ..., CLAIMS}`, of which the subject may be left out. */
export function readAccount(line: Uint8Array, created_at: number): ReadLine {
  const value = parsedLine(line);
  if (typeof value === 'string') return { reason: value };
  const { email, password_hash, subject, ...claims } = value;
  const address = typeof email === 'string' ? readEmail(email) : undefined;
  const problem =
    (address === undefined && "'email' is not an e-mail address") ||
    hashProblem(password_hash) ||
    (!isSubject(subject) && "'subject' must have 1 to 40 characters of ASCII that can be seen") ||
    findClaimProblem(claims);
  if (problem || address === undefined) return { reason: problem || '' };
  const row = {
    subject: typeof subject === 'string' ? subject : randomUUID(),
    email: address,
    password: password_hash as string,
    claims: JSON.stringify(claims),
    created_at,
  };
  return { account: { row, hasSubject: subject !== undefined } };
}

function parsedLine(line: Uint8Array): JsonObject | string {
  try {
    const value = parseJson(line);
    return isObject(value) ? value : 'the line is not a JSON object';
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return error.message.replace('the body', 'the line');
  }
}

function hashProblem(value: Json | undefined): string | undefined {
  if (typeof value !== 'string') return "'password_hash' is missing";
  const hash = parsePasswordHash(value);
  if (!hash) return "'password_hash' is not one of argon2id, argon2i, bcrypt or PBKDF2 with SHA-256 or SHA-512";
  return hash.isAffordable ? undefined : "'password_hash' would take too long at a login";
}

/** As long as the column. */
const isSubject = (value: Json | undefined): boolean =>
  value === undefined || (typeof value === 'string' && /^[!-~]{1,40}$/.test(value));
