import { type Argon2Parameters, argon2 as deriveWith, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { base64, bytes, type PasswordHashForm } from './password_hash.ts';

/** RFC 9106, as PHC strings: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. Ours are argon2id, argon2i can be imported. */
const derive = promisify(deriveWith);

type Cost = { readonly memory: number; readonly passes: number; readonly parallelism: number };

/** OWASP's least for argon2id: 19 MiB, and some 50 ms on a thread of the pool. */
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT = 16;
const HASH = 32;

/** KiB, and KiB that are written in all passes. */
const MOST_MEMORY = 262_144;
const MOST_WORK = 3 * MOST_MEMORY;

const PHC =
  /^\$(?<kind>argon2id?)\$v=19\$m=(?<m>\d{1,7}),t=(?<t>\d{1,3}),p=(?<p>\d{1,2})\$(?<salt>[\w+/]{11,86})\$(?<hash>[\w+/]{22,86})$/;

export const argon2: PasswordHashForm = (text) => {
  const parts = PHC.exec(text)?.groups;
  if (!parts) return undefined;
  const kind = parts.kind === 'argon2i' ? 'argon2i' : 'argon2id';
  const cost = { memory: Number(parts.m), passes: Number(parts.t), parallelism: Number(parts.p) };
  // Section 3.1: what the algorithm needs.
  if (cost.passes === 0 || cost.parallelism === 0 || cost.memory < 8 * cost.parallelism) return undefined;
  const [salt, hash] = [bytes(parts.salt), bytes(parts.hash)];
  return {
    isAffordable: cost.memory <= MOST_MEMORY && cost.memory * cost.passes <= MOST_WORK,
    verify: async (password) => timingSafeEqual(await derive(kind, input(cost, password, salt, hash.length)), hash),
    shouldRehash: () => kind === 'argon2i' || isWeaker(cost) || hash.length < HASH,
  };
};

const isWeaker = ({ memory, passes }: Cost): boolean =>
  memory < COST.memory || memory * passes < COST.memory * COST.passes;

export async function hashWithArgon2(password: string): Promise<string> {
  const salt = randomBytes(SALT);
  return phc(salt, await derive('argon2id', input(COST, password, salt, HASH)));
}

/** Costs what a hash of ours costs, and is the hash of no password that anybody knows. */
export const hashOfNobody = (): string => phc(randomBytes(SALT), randomBytes(HASH));

const input = (cost: Cost, message: string, nonce: Buffer, tagLength: number): Argon2Parameters => ({
  ...cost,
  message,
  nonce,
  tagLength,
});

const phc = (salt: Buffer, hash: Buffer): string =>
  `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${base64(salt)}$${base64(hash)}`;
