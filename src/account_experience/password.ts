import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * Passwords of accounts: argon2id (RFC 9106) as PHC strings, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash` in base64
 * without padding. The cost is OWASP's least for argon2id: 19 MiB and some 50 ms on a thread of the pool.
 */
const derive = promisify(argon2);

type Cost = { readonly memory: number; readonly passes: number; readonly parallelism: number };

const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT = 16;
const HASH = 32;

const PHC =
  /^\$argon2id\$v=19\$m=(?<m>\d{1,7}),t=(?<t>\d{1,3}),p=(?<p>\d{1,2})\$(?<salt>[\w+/]{11,86})\$(?<hash>[\w+/]{22,86})$/;

/** What is verified when there is no account: the same work, for nothing. */
const NOBODY = phc(COST, randomBytes(SALT), randomBytes(HASH));

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT);
  return phc(COST, salt, await derive('argon2id', parameters(COST, password, salt, HASH)));
}

/** Takes as long for nobody's password as for somebody's. A string that is no hash of ours matches nothing. */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const parts = PHC.exec(stored ?? '')?.groups;
  if (!parts) {
    await verifyPassword(password, NOBODY);
    return false;
  }
  const cost = { memory: Number(parts.m), passes: Number(parts.t), parallelism: Number(parts.p) };
  const expected = Buffer.from(parts.hash ?? '', 'base64');
  const salt = Buffer.from(parts.salt ?? '', 'base64');
  const actual = await derive('argon2id', parameters(cost, password, salt, expected.length));
  return timingSafeEqual(actual, expected) && stored !== NOBODY;
}

/** RFC 8265 section 4.2.2: one password has one spelling, whichever keyboard typed it. */
const parameters = (cost: Cost, password: string, nonce: Buffer, tagLength: number): Argon2Parameters => ({
  ...cost,
  message: password.normalize('NFC'),
  nonce,
  tagLength,
});

function phc(cost: Cost, salt: Buffer, hash: Buffer): string {
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${b64(salt)}$${b64(hash)}`;
}

function b64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
