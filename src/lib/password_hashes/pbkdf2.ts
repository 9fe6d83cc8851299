import { pbkdf2 as deriveWith, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { bytes, type PasswordHashForm } from './password_hash.ts';

/** RFC 8018 section 5.2, with SHA-256 or SHA-512. */
const derive = promisify(deriveWith);

/** As PHC strings, with a length or without: `$pbkdf2-sha256$i=600000,l=32$salt$hash`. */
const PHC =
  /^\$pbkdf2-(?<digest>sha(?:256|512))\$i=(?<i>\d{1,9})(?:,l=(?<l>\d{2}))?\$(?<salt>[\w+/]*)\$(?<hash>[\w+/]+)$/;
/** As Passlib writes them, whose base64 has a dot for the plus: `$pbkdf2-sha256$29000$salt$hash`. */
const PASSLIB = /^\$pbkdf2-(?<digest>sha(?:256|512))\$(?<i>\d{1,9})\$(?<salt>[\w./]*)\$(?<hash>[\w./]+)$/;
/** As Django writes them, where the salt is text: `pbkdf2_sha256$1000000$salt$hash`. */
const DJANGO = /^pbkdf2_(?<digest>sha(?:256|512))\$(?<i>\d{1,9})\$(?<salt>[!-#%-~]{1,128})\$(?<hash>[\w+/]+=*)$/;

/** Rounds of the whole hash: 250 ms a million. */
const MOST = 4_000_000;
/** Bytes. */
const SHORTEST = 16;
const LONGEST = 64;
const BLOCK = { sha256: 32, sha512: 64 } as const;

export const pbkdf2: PasswordHashForm = (text) => {
  const { l, ...read } = PHC.exec(text)?.groups ?? PASSLIB.exec(text)?.groups ?? {};
  const { digest, i, salt, hash } = read.digest === undefined ? (DJANGO.exec(text)?.groups ?? {}) : read;
  if (digest !== 'sha256' && digest !== 'sha512') return undefined;
  const expected = bytes(hash?.replaceAll('.', '+'));
  if (expected.length < SHORTEST || expected.length > LONGEST || Number(l ?? expected.length) !== expected.length) {
    return undefined;
  }
  const iterations = Number(i);
  if (iterations === 0) return undefined;
  const key = text.startsWith('$') ? bytes(salt?.replaceAll('.', '+')) : Buffer.from(salt ?? '');
  return {
    isAffordable: iterations * Math.ceil(expected.length / BLOCK[digest]) <= MOST,
    async verify(password) {
      const actual = await derive(password, key, iterations, expected.length, digest);
      // RFC 2104 section 2: a key is filled up with NUL, so one that ends so is the same as another.
      return timingSafeEqual(actual, expected) && !password.endsWith('\0');
    },
    shouldRehash: () => true,
  };
};
