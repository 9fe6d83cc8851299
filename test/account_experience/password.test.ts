import assert from 'node:assert/strict';
import { argon2Sync } from 'node:crypto';
import { it } from 'node:test';
import { hashPassword, verifyPassword } from '../../src/account_experience/password.ts';

const PASSWORD = 'correct horse battery staple';

it('a hash is a PHC string of argon2id with the cost that OWASP asks for, and salted anew each time', async () => {
  const [first, second] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)]);
  assert.match(first, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(first, second);
});

it('the right password is known again, another is not', async () => {
  const stored = await hashPassword(PASSWORD);
  assert.equal(await verifyPassword(PASSWORD, stored), true);
  for (const wrong of ['', `${PASSWORD} `, PASSWORD.toUpperCase(), 'x'.repeat(100_000)]) {
    assert.equal(await verifyPassword(wrong, stored), false);
  }
});

it('a hash of another cost is verified with its own cost', async () => {
  const [salt, cost] = [Buffer.from('a salt of some length'), { memory: 64, passes: 3, parallelism: 2 }];
  const hash = argon2Sync('argon2id', { ...cost, message: PASSWORD, nonce: salt, tagLength: 24 });
  const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  const stored = `$argon2id$v=19$m=64,t=3,p=2$${base64(salt)}$${base64(hash)}`;
  assert.equal(await verifyPassword(PASSWORD, stored), true);
  assert.equal(await verifyPassword('another', stored), false);
});

it('RFC 8265 4.2.2: a password may be typed composed or decomposed', async () => {
  const stored = await hashPassword('schlo\u0308sser und pa\u0308sse');
  assert.equal(await verifyPassword('schl\u00f6sser und p\u00e4sse', stored), true);
});

it('what is no hash of ours matches nothing', async () => {
  const stored = await hashPassword(PASSWORD);
  for (const odd of ['', PASSWORD, stored.slice(0, -1), stored.replace('argon2id', 'argon2i'), `${stored}$`]) {
    assert.equal(await verifyPassword(PASSWORD, odd), false, odd);
  }
});

it('the password of nobody takes as long as a wrong password', async () => {
  const stored = await hashPassword(PASSWORD);
  const [wrong, nobody]: [number[], number[]] = [[], []];
  // In turns, so that both meet whatever else this machine does.
  for (let round = 0; round < 9; round++) {
    wrong.push(await timeOf(() => verifyPassword('wrong', stored)));
    nobody.push(await timeOf(() => verifyPassword('wrong', undefined)));
  }
  const ratio = median(nobody) / median(wrong);
  assert.ok(ratio > 0.5 && ratio < 2, `${nobody} ms instead of ${wrong} ms`);
});

async function timeOf(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? assert.fail();
