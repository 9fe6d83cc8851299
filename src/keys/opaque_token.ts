import { createHash, createHmac, hash, timingSafeEqual } from 'node:crypto';
import { ProvenTokens } from './proven_tokens.ts';
import { randomBytes } from './random.ts';

/**
 * Opaque tokens in the format of the reference: `ory_at_`, then 32 random bytes and their HMAC-SHA-512/256, each in
 * base64url. The HMAC is checked before the database is asked; what is stored is a hash of it.
 */
export const PREFIX = {
  access_token: 'ory_at_',
  refresh_token: 'ory_rt_',
  authorization_code: 'ory_ac_',
  device_code: 'ory_dc_',
} as const;

export type OpaqueKind = keyof typeof PREFIX;

const SHAPE = /^(?:ory_(?<kind>at|rt|ac|dc)_)?(?<random>[\w-]{43})\.(?<signature>[\w-]{43})$/;

export type MintedToken = { readonly token: string; readonly hash: Buffer };

/** Of an access token with its prefix, as clients send it again and again. */
const ACCESS_TOKEN_LENGTH = PREFIX.access_token.length + 43 + 1 + 43;

export class OpaqueTokens {
  readonly #keys: readonly Buffer[];
  readonly #provenAccessTokens = new ProvenTokens();

  /** The first secret signs, all of them verify. */
  constructor(secrets: readonly string[]) {
    this.#keys = secrets.map((secret) => createHash('sha256').update(secret).digest());
  }

  mint(kind: OpaqueKind): MintedToken {
    const [key] = this.#keys;
    if (!key) throw new Error('no secret to sign tokens with');
    const random = randomBytes(32);
    const signature = hmac(key, random).toString('base64url');
    return { token: `${PREFIX[kind]}${random.toString('base64url')}.${signature}`, hash: tokenHash(signature) };
  }

  /** The hash to look for, or undefined for what we never issued. The prefix may be missing, but not be another's. */
  verify(kind: OpaqueKind, token: string): Buffer | undefined {
    if (kind !== 'access_token' || token.length !== ACCESS_TOKEN_LENGTH) return this.#prove(kind, token);
    const known = this.#provenAccessTokens.find(token);
    if (known) return known;
    const stored = this.#prove(kind, token);
    return stored && this.#provenAccessTokens.add(token, stored);
  }

  #prove(kind: OpaqueKind, token: string): Buffer | undefined {
    const parts = SHAPE.exec(token)?.groups;
    if (!parts?.random || !parts.signature) return undefined;
    if (parts.kind && PREFIX[kind] !== `ory_${parts.kind}_`) return undefined;
    const random = Buffer.from(parts.random, 'base64url');
    const signature = Buffer.from(parts.signature, 'base64url');
    // The last character of 43 carries two bits that decoding drops: only the canonical text is ours.
    if (`${random.toString('base64url')}.${signature.toString('base64url')}` !== `${parts.random}.${parts.signature}`) {
      return undefined;
    }
    return this.#keys.some((key) => timingSafeEqual(hmac(key, random), signature))
      ? tokenHash(parts.signature)
      : undefined;
  }
}

const hmac = (key: Buffer, random: Buffer): Buffer => createHmac('sha512-256', key).update(random).digest();

/**
 * What stands in the database for a token: 32 bytes of the SHA-384 of its last part, the HMAC of an opaque token or the
 * signature of a JWT. SHA-384 because the reference keeps access tokens under it, so that they can be imported.
 */
export function tokenHash(signature: string): Buffer {
  return hash('sha384', signature, 'buffer').subarray(0, 32);
}
