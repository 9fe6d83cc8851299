import { timingSafeEqual } from 'node:crypto';
import type { PasswordHashForm } from './password_hash.ts';

/** `$2b$12$`, then salt and hash. `a` and `y` are other names of the same; `x` was a mistake, and is not taken. */
const FORM = /^\$2[aby]\$(?<cost>0[4-9]|[12]\d|3[01])\$(?<salt>[./A-Za-z\d]{22})(?<hash>[./A-Za-z\d]{31})$/;

/** Doubles with each: 14 is 1 s. */
const MOST = 14;
/** Bytes of a password; bcrypt sees no more of it. */
const LONGEST = 72;

export const bcrypt: PasswordHashForm = (text) => {
  const { cost, salt, hash: expected } = FORM.exec(text)?.groups ?? {};
  if (expected === undefined) return undefined;
  return {
    isAffordable: Number(cost) <= MOST,
    async verify(password) {
      // A native module: loaded only where there is such a hash.
      const { hash } = (await import('bcrypt')).default;
      // Cut here, because under the name `a` the module counts bytes up to 255 and then from 0 again.
      const actual = await hash(Buffer.from(password).subarray(0, LONGEST), `$2b$${cost}$${salt}`);
      // Not the salt: of its last character four bits count, and some have written others.
      return timingSafeEqual(Buffer.from(actual.slice(-expected.length)), Buffer.from(expected));
    },
    // What comes after was not compared: it would become part of the password.
    shouldRehash: (password) => Buffer.byteLength(password) <= LONGEST,
  };
};
