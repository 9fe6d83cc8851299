import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import bcrypt from 'bcrypt';
import { verifySecret } from '../../src/client/secret.ts';

const hashers = { algorithm: 'bcrypt', bcrypt: { cost: 4 }, pbkdf2: { iterations: 1 } } as const;

/** What other programs call the same hash. */
const named = (name: string, secret: string) => bcrypt.hashSync(secret, 4).replace('$2b$', `$${name}$`);

describe('A client secret that was hashed elsewhere with bcrypt', () => {
  for (const name of ['2a', '2b', '2y']) {
    it(`is known as ${name}`, async () => {
      const hash = named(name, 'a-secret');
      assert.equal(await verifySecret(hashers, 'a-secret', [hash]), true);
      assert.equal(await verifySecret(hashers, 'a-secreT', [hash]), false);
    });
  }

  it('does not become shorter by its length', async () => {
    const hash = named('2a', 'x');
    assert.equal(await verifySecret(hashers, `x${'\0'.repeat(256)}`, [hash]), false);
    assert.equal(await verifySecret(hashers, 'x'.repeat(257), [hash]), false);
  });
});
