import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { randomBytes } from './random.ts';

/**
 * Authenticated encryption of what we have to read back: AES-256-GCM (NIST SP 800-38D) under keys that HKDF (RFC 5869)
 * derives from the configured secrets. Layout: version (1 byte), key id (4), nonce (12), ciphertext, tag (16).
 * The key id names the secret, so that a rotation can tell what is left to do. A random nonce of 96 bits is good for
 * 2^32 values a key.
 *
 * A value that was sealed again, under a later secret, has a second key id after the first: that of the secret it was
 * first sealed under. What was issued with the value is bound to that one by its HMAC, and remains so.
 */
const VERSION = 1;
const RESEALED = 2;
const KEY_ID = 4;
/** Bytes before the nonce, by version. */
const HEADERS: Readonly<Record<number, number>> = { [VERSION]: 1 + KEY_ID, [RESEALED]: 1 + 2 * KEY_ID };
const NONCE = 12;
const TAG = 16;

type Key = { readonly id: Buffer; readonly secret: Buffer };

export class Seal {
  readonly #keys: readonly Key[];

  /** The first secret seals, all of them open. */
  constructor(secrets: readonly string[], use: string) {
    this.#keys = secrets.map((secret) => ({
      id: derive(secret, `gatehouse/${use}/id`, KEY_ID),
      secret: derive(secret, `gatehouse/${use}/aes-256-gcm`, 32),
    }));
  }

  /** Which secrets there are, in their order. */
  get ids(): readonly Buffer[] {
    return this.#keys.map(({ id }) => id);
  }

  /** `purpose` is authenticated: a value opens only where it was meant to. */
  seal(plaintext: Uint8Array, purpose: string): Buffer {
    return this.#seal(plaintext, purpose);
  }

  /** The same under the first secret. Undefined for what we did not seal for one of these purposes. */
  reseal(sealed: Uint8Array, purposes: readonly string[]): Buffer | undefined {
    for (const purpose of purposes) {
      const plaintext = this.open(sealed, purpose);
      if (plaintext) return this.#seal(plaintext, purpose, firstKeyId(sealed));
    }
    return undefined;
  }

  #seal(plaintext: Uint8Array, purpose: string, first_id?: Uint8Array): Buffer {
    const [key] = this.#keys;
    if (!key) throw new Error('no secret to seal with');
    const nonce = randomBytes(NONCE);
    const header = first_id ? [Buffer.of(RESEALED), key.id, first_id] : [Buffer.of(VERSION), key.id];
    const cipher = createCipheriv('aes-256-gcm', key.secret, nonce).setAAD(authenticated(purpose, first_id));
    const ciphertext = cipher.update(plaintext);
    cipher.final();
    return Buffer.concat([...header, nonce, ciphertext, cipher.getAuthTag()]);
  }

  /** Undefined for what we did not seal for this purpose. */
  open(sealed: Uint8Array, purpose: string): Buffer | undefined {
    const header = HEADERS[sealed[0] ?? 0];
    if (header === undefined || sealed.length < header + NONCE + TAG) return undefined;
    const key = this.#keys.find(({ id }) => id.equals(sealed.subarray(1, 1 + KEY_ID)));
    if (!key) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', key.secret, sealed.subarray(header, header + NONCE))
      .setAAD(authenticated(purpose, sealed[0] === RESEALED ? firstKeyId(sealed) : undefined))
      .setAuthTag(sealed.subarray(sealed.length - TAG));
    try {
      const plaintext = decipher.update(sealed.subarray(header + NONCE, sealed.length - TAG));
      decipher.final();
      return plaintext;
    } catch {
      return undefined;
    }
  }

  sealJson(value: unknown, purpose: string): Buffer {
    return this.seal(Buffer.from(JSON.stringify(value)), purpose);
  }

  /** Throws where the database holds what none of the secrets opens: an operator removed one too early. */
  openJson<T>(sealed: Uint8Array, purpose: string): T {
    const plaintext = this.open(sealed, purpose);
    if (!plaintext) throw new Error(`a stored value (${purpose}) opens with none of secrets.system`);
    return JSON.parse(plaintext.toString()) as T;
  }
}

/** The key id that ends the header. */
const firstKeyId = (sealed: Uint8Array): Uint8Array => {
  const header = HEADERS[sealed[0] ?? 0] ?? 0;
  return sealed.subarray(header - KEY_ID, header);
};

const authenticated = (purpose: string, first_id?: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(purpose), first_id ?? Buffer.of()]);

export const derive = (secret: string, info: string, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', info, length));
