import { hash } from 'node:crypto';
import { BoundedMap } from '../lib/bounded_map.ts';

/** Some 200 bytes each. */
const MOST = 10_000;

/**
 * Tokens whose HMAC or signature was good, with what the database knows them by: those that come again and again are
 * asked for there each time, but not proven again. Kept under a hash, so that no token stays in memory.
 */
export class ProvenTokens {
  readonly #hashes = new BoundedMap<string, Buffer>(MOST);

  find(token: string): Buffer | undefined {
    return this.#hashes.get(nameOf(token));
  }

  add(token: string, stored: Buffer): Buffer {
    this.#hashes.set(nameOf(token), stored);
    return stored;
  }
}

const nameOf = (token: string): string => hash('sha256', token, 'base64url');
