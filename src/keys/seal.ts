import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Authenticated encryption of what we have to read back: AES-256-GCM (NIST SP 800-38D) under keys that HKDF (RFC 5869)
 * derives from the configured secrets. Layout: version (1 byte), key id (4), nonce (12), ciphertext, tag (16).
 * The key id names the secret, so that a rotation can tell what is left to do. A random nonce of 96 bits is good for
 * 2^32 values a key.
 */
const VERSION = 1;
const HEADER = 1 + 4;
const NONCE = 12;
const TAG = 16;

type Key = { readonly id: Buffer; readonly secret: Buffer };

export class Seal {
  readonly #keys: readonly Key[];

  /** The first secret seals, all of them open. */
  constructor(secrets: readonly string[], use: string) {
    this.#keys = secrets.map((secret) => ({
      id: derive(secret, `gatehouse/${use}/id`, 4),
      secret: derive(secret, `gatehouse/${use}/aes-256-gcm`, 32),
    }));
  }

  /** `purpose` is authenticated: a value opens only where it was meant to. */
  seal(plaintext: Uint8Array, purpose: string): Buffer {
    const [key] = this.#keys;
    if (!key) throw new Error('no secret to seal with');
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', key.secret, nonce).setAAD(Buffer.from(purpose));
    const ciphertext = cipher.update(plaintext);
    cipher.final();
    return Buffer.concat([Buffer.of(VERSION), key.id, nonce, ciphertext, cipher.getAuthTag()]);
  }

  /** Undefined for what we did not seal for this purpose. */
  open(sealed: Uint8Array, purpose: string): Buffer | undefined {
    if (sealed.length < HEADER + NONCE + TAG || sealed[0] !== VERSION) return undefined;
    const key = this.#keys.find(({ id }) => id.equals(sealed.subarray(1, HEADER)));
    if (!key) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', key.secret, sealed.subarray(HEADER, HEADER + NONCE))
      .setAAD(Buffer.from(purpose))
      .setAuthTag(sealed.subarray(sealed.length - TAG));
    try {
      const plaintext = decipher.update(sealed.subarray(HEADER + NONCE, sealed.length - TAG));
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

const derive = (secret: string, info: string, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', info, length));
