import { hash } from 'node:crypto';

/** Some 200 bytes each. */
const MOST = 10_000;

/**
 * Tokens whose HMAC or signature was good, with what the database knows them by: those that come again and again are
 * asked for there each time, but not proven again. Kept under a hash, so that no token stays in memory.
 */
export class ProvenTokens {
  readonly #hashes = new Map<string, Buffer>();

  find(token: string): Buffer | undefined {
    return this.#hashes.get(nameOf(token));
  }

  add(token: string, stored: Buffer): Buffer {
    const [oldest] = this.#hashes.size >= MOST ? this.#hashes.keys() : [];
    if (oldest !== undefined) this.#hashes.delete(oldest);
    this.#hashes.set(nameOf(token), stored);
    return stored;
  }
}

const nameOf = (token: string): string => hash('sha256', token, 'base64url');
