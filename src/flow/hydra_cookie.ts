import { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The session cookie of the reference, so that whoever is logged in there is logged in here once its sessions were
 * imported. The format is that of the Go package gorilla/securecookie: base64url of `time|value|mac`, where the MAC is an
 * HMAC-SHA-256 over `name|time|value`, and the value is base64url of AES-256-CTR over a map in Go's gob encoding.
 */
const MAC = 32;
const IV = 16;

/** The id of the login session, or undefined. Hydra: the time does not count, the session has its own. */
export function openHydraSession(secrets: readonly string[], name: string, cookie: string): string | undefined {
  const bytes = Buffer.from(cookie, 'base64url');
  const [signed, mac] = [bytes.subarray(0, -MAC - 1).toString('latin1'), bytes.subarray(-MAC)];
  const value = /^\d+\|([\w-]+=*)$/.exec(signed)?.[1];
  if (value === undefined || mac.length !== MAC || bytes.at(-MAC - 1) !== SEPARATOR) return undefined;
  const key = keysOf(secrets).find((key) => timingSafeEqual(macOf(key, `${name}|${signed}`), mac));
  return key && readText(decrypt(key, Buffer.from(value, 'base64url')), 'sid');
}

const SEPARATOR = '|'.charCodeAt(0);

/** Hydra: the secret as it is where `secrets.cookie` is set, and the hash of `secrets.system` where it is not. */
const keysOf = (secrets: readonly string[]): Buffer[] =>
  secrets.flatMap((secret) => [Buffer.from(secret), sha256(Buffer.from(secret))]);

const sha256 = (value: Buffer): Buffer => createHash('sha256').update(value).digest();

const macOf = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text, 'latin1').digest();

const decrypt = (key: Buffer, sealed: Buffer): Buffer =>
  sealed.length < IV
    ? Buffer.alloc(0)
    : createDecipheriv('aes-256-ctr', sha256(key), sealed.subarray(0, IV)).update(sealed.subarray(IV));

/** The text under a key of a map from anything to anything (Go's package encoding/gob). */
function readText(gob: Buffer, wanted: string): string | undefined {
  try {
    const reader = new GobReader(gob);
    reader.skipTypes();
    for (let left = reader.uint(); left > 0; left -= 1) {
      const [key, value] = [reader.anything(), reader.anything()];
      if (key === wanted) return value;
    }
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Throws a RangeError where the bytes end too early. */
class GobReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Up to 127 in one byte; else the number of bytes that follow, negated. */
  uint(): number {
    const first = this.#bytes.readUInt8(this.#at++);
    if (first < 0x80) return first;
    const length = 0x100 - first;
    const value = this.#bytes.readUIntBE(this.#at, length);
    this.#at += length;
    return value;
  }

  /** The messages that define types have a negative one, whose lowest bit is set. What is left is the map's content. */
  skipTypes(): void {
    for (;;) {
      const end = this.uint() + this.#at;
      if (this.uint() % 2 === 0) break;
      this.#at = end;
    }
    this.uint();
  }

  /** The name of the type, its number, and the length of the value. Undefined for what is no text. */
  anything(): string | undefined {
    const type = this.#text();
    this.uint();
    const end = this.uint() + this.#at;
    const value = type === 'string' && this.uint() === 0 ? this.#text() : undefined;
    this.#at = end;
    return value;
  }

  #text(): string {
    const length = this.uint();
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError('the text is longer than what is left');
    return this.#bytes.toString('utf8', start, this.#at);
  }
}
