import { createHash, createHmac, pbkdf2, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);

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

const ITERATIONS = 25_000;

/** Hash of a secret that somebody chose, in the reference's PHC form. */
export async function hashChosenSecret(secret: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(secret, salt, ITERATIONS, 32, 'sha256');
  return `$pbkdf2-sha256$i=${ITERATIONS},l=32$${b64(salt)}$${b64(key)}`;
}

/** Costs as much as the slowest verification: for clients that do not exist and secrets that are wrong. */
const DUMMY = `$pbkdf2-sha256$i=${ITERATIONS},l=32$${b64(randomBytes(16))}$${b64(randomBytes(32))}`;

/**
 * Whether the secret is the one of one of the hashes. Failing takes the same time for every client, known or not. A
 * proof that succeeded is remembered under the stored hash, so that it ends with the hash, on every node.
 */
export async function verifySecret(secret: string, hashes: readonly string[]): Promise<boolean> {
  if (hashes.some((hash) => proofs.get(hash) === proofOf(secret))) return true;
  let slow = 0;
  for (const hash of hashes) {
    if (hash.startsWith('$pbkdf2')) slow++;
    if (await matches(secret, hash)) {
      remember(hash, secret);
      return true;
    }
  }
  if (slow === 0) await matches(secret, DUMMY);
  return false;
}

async function matches(secret: string, hash: string): Promise<boolean> {
  const [, scheme, ...parts] = hash.split('$');
  if (scheme === 'hmac-sha256') return equal(hmac(bytes(parts[0]), secret), bytes(parts[1]));
  if (scheme !== 'pbkdf2-sha256') return false;
  const [, iterations = '1', length = '32'] = /^i=(\d+),l=(\d+)$/.exec(parts[0] ?? '') ?? [];
  return equal(await derive(secret, bytes(parts[1]), Number(iterations), Number(length), 'sha256'), bytes(parts[2]));
}

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
