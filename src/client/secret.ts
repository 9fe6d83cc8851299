import { createHash, createHmac, pbkdf2, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Config } from '../config/schema.ts';
import { argon2, bcrypt } from '../lib/password_hashes/index.ts';
import { OAuthError } from '../oauth/error.ts';

const derive = promisify(pbkdf2);

type Hashers = Config['oauth2']['hashers'];

/** 26 of 66 characters, 157 bits: what the reference generates. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.~';
const LENGTH = 26;

export const generateSecret = (): string =>
  Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** Hash of a secret that we generated: it cannot be guessed, so one salted HMAC is enough (NIST SP 800-63B 5.1.1.2). */
export function hashGeneratedSecret(secret: string): string {
  const salt = randomBytes(16);
  return `$hmac-sha256$${b64(salt)}$${b64(hmac(salt, secret))}`;
}

/** More bytes bcrypt would ignore without a word. */
const BCRYPT_LIMIT = 72;

/** Hash of a secret that somebody chose, in the reference's forms. Throws `invalid_client_metadata`. */
export async function hashChosenSecret({ algorithm, bcrypt, pbkdf2 }: Hashers, secret: string): Promise<string> {
  if (algorithm === 'bcrypt') {
    if (Buffer.byteLength(secret) > BCRYPT_LIMIT) {
      throw new OAuthError('invalid_client_metadata', `With bcrypt, a secret has at most ${BCRYPT_LIMIT} bytes.`);
    }
    return (await loadBcrypt()).hash(secret, bcrypt.cost);
  }
  const salt = randomBytes(16);
  const key = await derive(secret, salt, pbkdf2.iterations, 32, 'sha256');
  return `$pbkdf2-sha256$i=${pbkdf2.iterations},l=32$${b64(salt)}$${b64(key)}`;
}

/** A native module: only those who store such hashes load it. */
const loadBcrypt = async () => (await import('bcrypt')).default;

/** Costs what a verification costs: for clients that do not exist, and for secrets that no slow hash was asked about. */
async function burnTime({ algorithm, bcrypt, pbkdf2 }: Hashers, secret: string): Promise<void> {
  if (algorithm === 'bcrypt') await (await loadBcrypt()).hash(secret, bcrypt.cost);
  else await derive(secret, NO_SALT, pbkdf2.iterations, 32, 'sha256');
}

const NO_SALT = randomBytes(16);

/**
 * Whether the secret is the one of one of the hashes. Failing takes the same time for every client, known or not. A
 * proof that succeeded is remembered under the stored hash, so that it ends with the hash, on every node.
 */
export async function verifySecret(hashers: Hashers, secret: string, hashes: readonly string[]): Promise<boolean> {
  if (hashes.some((hash) => proofs.get(hash) === proofOf(secret))) return true;
  let slow = 0;
  for (const hash of hashes) {
    if (!hash.startsWith('$hmac')) slow++;
    if (await matches(secret, hash)) {
      remember(hash, secret);
      return true;
    }
  }
  if (slow === 0) await burnTime(hashers, secret);
  return false;
}

async function matches(secret: string, hash: string): Promise<boolean> {
  const [, scheme, ...parts] = hash.split('$');
  if (scheme === 'hmac-sha256') return equal(hmac(bytes(parts[0]), secret), bytes(parts[1]));
  const digest = DIGESTS[scheme ?? ''];
  if (digest === undefined) return (argon2(hash) ?? bcrypt(hash))?.verify(secret) ?? false;
  const [, iterations = '1', length = '32'] = /^i=(\d+),l=(\d+)$/.exec(parts[0] ?? '') ?? [];
  return equal(await derive(secret, bytes(parts[1]), Number(iterations), Number(length), digest), bytes(parts[2]));
}

/** Hydra: two names stand for hashes of SHA-3. Clients that were imported may have any of them. */
const DIGESTS: Readonly<Record<string, string>> = {
  'pbkdf2-sha1': 'sha1',
  'pbkdf2-sha224': 'sha3-224',
  'pbkdf2-sha256': 'sha256',
  'pbkdf2-sha384': 'sha3-384',
  'pbkdf2-sha512': 'sha512',
};

/** Of this process alone: a proof is worth nothing elsewhere. */
const PROOF_KEY = randomBytes(32);
const PROOF_LIMIT = 10_000;
const proofs = new Map<string, string>();

function remember(hash: string, secret: string): void {
  if (proofs.size >= PROOF_LIMIT) proofs.delete(proofs.keys().next().value ?? '');
  proofs.set(hash, proofOf(secret));
}

const proofOf = (secret: string): string => createHmac('sha256', PROOF_KEY).update(secret).digest('base64');

const hmac = (salt: Buffer, secret: string): Buffer => createHmac('sha256', salt).update(secret).digest();

const bytes = (text = ''): Buffer => Buffer.from(text, 'base64');

function b64(value: Buffer): string {
  return value.toString('base64').replaceAll('=', '');
}

/** In constant time, also for values of different length. */
const equal = (a: Buffer, b: Buffer): boolean => timingSafeEqual(sha256(a), sha256(b)) && b.length > 0;

const sha256 = (value: Buffer): Buffer => createHash('sha256').update(value).digest();
