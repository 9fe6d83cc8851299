import { hashOfNobody, hashWithArgon2 } from '../lib/password_hashes/argon2.ts';
import * as forms from '../lib/password_hashes/index.ts';
import type { PasswordHash } from '../lib/password_hashes/password_hash.ts';

export const hashPassword = (password: string): Promise<string> => hashWithArgon2(spelled(password));

/** Undefined for what is no hash of a form that we read. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  for (const form of Object.values(forms)) {
    const hash = form(text);
    if (hash) return hash;
  }
  return undefined;
}

/** What is verified when there is no account: the same work, for nothing. */
const NOBODY = hashOfNobody();

/**
 * Takes as long for nobody's password as for one in a hash of ours. A hash that cannot be read, or that costs too much,
 * matches nothing.
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const hash = parsePasswordHash(stored ?? NOBODY);
  if (!hash?.isAffordable) return verifyPassword(password, NOBODY);
  return (await hash.verify(spelled(password))) && stored !== undefined && stored !== NOBODY;
}

/** Whether a password that was right is better kept in a hash of ours: the stored one is of another kind, or weaker. */
export const shouldRehash = (password: string, stored: string): boolean =>
  parsePasswordHash(stored)?.shouldRehash(spelled(password)) ?? false;

/** RFC 8265 section 4.2.2: one password has one spelling, whichever keyboard typed it. */
const spelled = (password: string): string => password.normalize('NFC');
