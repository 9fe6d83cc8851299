import { createHmac } from 'node:crypto';
import { isSameText } from '../lib/same_text.ts';
import { derive } from './seal.ts';

/** HMAC-SHA-256 (RFC 2104) under keys that HKDF derives from the configured secrets, of what we only have to recognize. */
export class Mac {
  readonly #keys: readonly Buffer[];

  /** The first secret signs, all of them verify. */
  constructor(secrets: readonly string[], use: string) {
    this.#keys = secrets.map((secret) => derive(secret, `gatehouse/${use}/hmac-sha256`, 32));
  }

  /** In base64url. */
  sign(text: string): string {
    const [key] = this.#keys;
    if (!key) throw new Error('no secret to sign with');
    return hmac(key, text);
  }

  verify(text: string, signature: string): boolean {
    return this.#keys.some((key) => isSameText(hmac(key, text), signature));
  }
}

const hmac = (key: Buffer, text: string): string => createHmac('sha256', key).update(text).digest('base64url');
