import { createDecipheriv, createHash } from 'node:crypto';
import { type Json, parseJson } from '../lib/json.ts';
import { Unfit } from './values.ts';

const NONCE = 12;
const TAG = 16;

/** What the reference encrypts in its database: AES-256-GCM under the SHA-256 of a secret, in base64url with padding. */
export class HydraCipher {
  readonly #keys: readonly Buffer[];

  constructor(secrets: readonly string[]) {
    this.#keys = secrets.map((secret) => createHash('sha256').update(secret).digest());
  }

  /** Undefined for what none of the secrets opens. */
  open(text: string): Buffer | undefined {
    const sealed = Buffer.from(text, 'base64url');
    if (sealed.length < NONCE + TAG) return undefined;
    for (const key of this.#keys) {
      const plaintext = openWith(key, sealed);
      if (plaintext) return plaintext;
    }
    return undefined;
  }

  /** Throws Unfit. */
  openJson(text: string): Json {
    const plaintext = this.open(text);
    if (!plaintext) throw new Unfit('opens with none of the secrets');
    return parsed(plaintext) ?? malformed();
  }

  /** The same for what is encrypted only where `oauth2.session.encrypt_at_rest` is on. */
  openJsonOrPlain(text: string): Json {
    return parsed(Buffer.from(text)) ?? this.openJson(text);
  }
}

function openWith(key: Buffer, sealed: Buffer): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAuthTag(sealed.subarray(-TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function parsed(bytes: Buffer): Json | undefined {
  try {
    return parseJson(bytes);
  } catch {
    return undefined;
  }
}

const malformed = (): never => {
  throw new Unfit('holds what is not JSON');
};
