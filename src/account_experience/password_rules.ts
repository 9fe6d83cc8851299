/** NIST SP 800-63B section 5.1.1.2: how long, counted in characters; nothing about its composition. */
export const SHORTEST_PASSWORD = 8;
export const LONGEST_PASSWORD = 256;

/** Why a password will not do. */
export type PasswordProblem = 'length' | 'common';

/**
 * Of a new one, that somebody chooses. Section 5.1.1.2 again: none of those that are tried first, which are the common
 * ones, one character again and again, and what everybody knows of the account.
 */
export async function findPasswordProblem(password: string, email: string): Promise<PasswordProblem | undefined> {
  const characters = [...password.normalize('NFC')];
  if (characters.length < SHORTEST_PASSWORD || characters.length > LONGEST_PASSWORD) return 'length';
  const guess = password.normalize('NFKC').toLowerCase();
  const known = [email, email.slice(0, email.lastIndexOf('@'))];
  const isCommon = new Set(guess).size === 1 || known.includes(guess) || (await loadCommonPasswords()).has(guess);
  return isCommon ? 'common' : undefined;
}

let commonPasswords: Promise<ReadonlySet<string>> | undefined;

/** 18 000 of this length, for those who ask: 50 ms once, and 2 MB from then on. */
async function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  commonPasswords ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].filter(({ length }) => length >= SHORTEST_PASSWORD)),
  );
  return commonPasswords;
}
