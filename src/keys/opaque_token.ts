import { createHash, createHmac, hash, timingSafeEqual } from 'node:crypto';
import { ProvenTokens } from './proven_tokens.ts';
import { randomBytes } from './random.ts';
import { derive } from './seal.ts';

/**
 * Opaque tokens in the format of the reference: `ory_at_`, then 32 bytes and their HMAC-SHA-512/256, each in base64url.
 * The HMAC is checked before the database is asked; what is stored is a hash of it. Of our own the first six bytes are the
 * time and the rest is random; the HMAC tells them from those that the reference issued, whose bytes are all random.
 */
export const PREFIX = {
  access_token: 'ory_at_',
  refresh_token: 'ory_rt_',
  authorization_code: 'ory_ac_',
  device_code: 'ory_dc_',
} as const;

export type OpaqueKind = keyof typeof PREFIX;

const SHAPE = /^(?:ory_(?<kind>at|rt|ac|dc)_)?(?<bytes>[\w-]{43})\.(?<signature>[\w-]{43})$/;

export type MintedToken = { readonly token: string; readonly hash: Buffer };

/** Of an access token with its prefix, as clients send it again and again. */
const ACCESS_TOKEN_LENGTH = PREFIX.access_token.length + 43 + 1 + 43;

export class OpaqueTokens {
  readonly #keys: readonly { readonly own: Buffer; readonly imported: Buffer }[];
  readonly #provenAccessTokens = new ProvenTokens();

  /** The first secret signs, all of them verify. */
  constructor(secrets: readonly string[]) {
    this.#keys = secrets.map((secret) => ({
      own: derive(secret, 'gatehouse/opaque-tokens/hmac-sha512-256', 32),
      imported: createHash('sha256').update(secret).digest(),
    }));
  }

  mint(kind: OpaqueKind): MintedToken {
    const [key] = this.#keys;
    if (!key) throw new Error('no secret to sign tokens with');
    const bytes = randomBytes(32);
    bytes.writeUIntBE(Date.now(), 0, TIME);
    const signature = hmac(key.own, bytes).toString('base64url');
    return { token: `${PREFIX[kind]}${bytes.toString('base64url')}.${signature}`, hash: timedHash(bytes, signature) };
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
    if (!parts?.bytes || !parts.signature) return undefined;
    if (parts.kind && PREFIX[kind] !== `ory_${parts.kind}_`) return undefined;
    const bytes = Buffer.from(parts.bytes, 'base64url');
    const signature = Buffer.from(parts.signature, 'base64url');
    // The last character of 43 carries two bits that decoding drops: only the canonical text is ours.
    if (`${bytes.toString('base64url')}.${signature.toString('base64url')}` !== `${parts.bytes}.${parts.signature}`) {
      return undefined;
    }
    const isSignedBy = (key: Buffer) => timingSafeEqual(hmac(key, bytes), signature);
    if (this.#keys.some(({ own }) => isSignedBy(own))) return timedHash(bytes, parts.signature);
    return this.#keys.some(({ imported }) => isSignedBy(imported)) ? tokenHash(parts.signature) : undefined;
  }
}

const hmac = (key: Buffer, bytes: Buffer): Buffer => createHmac('sha512-256', key).update(bytes).digest();

/**
 * What stands in the database for a token of the reference: 32 bytes of the SHA-384 of its last part, the HMAC of an opaque
 * token or the signature of a JWT. SHA-384 because the reference keeps access tokens under it, so that they can be imported.
 */
export function tokenHash(signature: string): Buffer {
  return hash('sha384', signature, 'buffer').subarray(0, 32);
}

/** Bytes of the milliseconds since 1970. */
const TIME = 6;

/**
 * And for one of ours: the time when it was issued and 208 bits of the same hash. What is issued or swept at the same time
 * stands side by side in the index, and changes one page of it and not one each (docs/performance.md).
 */
export const timedHash = (time: Uint8Array, signature: string): Buffer =>
  Buffer.concat([time.subarray(0, TIME), tokenHash(signature)], 32);
