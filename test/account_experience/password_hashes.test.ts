import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  hashPassword,
  parsePasswordHash,
  shouldRehash,
  verifyPassword,
} from '../../src/account_experience/password.ts';

const PASSWORD = 'correct horse battery staple';

/** Made by PHP, glibc, Passlib and Python, as their documents have them or their programs print them. */
const FOREIGN = {
  'bcrypt of glibc': [PASSWORD, '$2y$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS'],
  'bcrypt of glibc, whose salt has more bits than count': [
    'rasmuslerdorf',
    '$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq',
  ],
  'argon2i of PHP': [
    'rasmuslerdorf',
    '$argon2i$v=19$m=1024,t=2,p=2$YzJBSzV4TUhkMzc3d3laeg$zqU/1IN0/AogfP4cmSJI1vc8lpXRW9/S0sYY2i2jHT0',
  ],
  'PBKDF2 of Passlib': [
    'toomanysecrets',
    '$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk',
  ],
  'PBKDF2 of Django': [PASSWORD, 'pbkdf2_sha256$1000$sodiumchloride$cOF+pvw5DigyYSeO05cC8eVphEkPrJDEsm5kPU+QIb8='],
  'PBKDF2 with SHA-512 as a PHC string': [
    PASSWORD,
    '$pbkdf2-sha512$i=1000,l=64$YSBzYWx0IG9mIDE3IGJ5dGU$Swf6qWBtotR2DNv5qY5E71uSNqP173FPgV2u676Hlzd1QMDWLLvQxZ50Huk8uBm2Dqya5B8oMYG//lPsLRi/4w',
  ],
} as const;

describe('a hash that another system made', () => {
  for (const [name, [password, hash]] of Object.entries(FOREIGN)) {
    it(`lets the right password in alone, and is outdated: ${name}`, async () => {
      assert.equal(await verifyPassword(password, hash), true);
      for (const wrong of ['', `${password} `, password.toUpperCase(), `${password}\0`, 'x'.repeat(100_000)]) {
        assert.equal(await verifyPassword(wrong, hash), false, wrong.slice(0, 40));
      }
      assert.equal(shouldRehash(password, hash), true);
    });
  }

  it('is known by all three names of bcrypt', async () => {
    for (const name of ['2a', '2b', '2y']) {
      assert.equal(await verifyPassword(PASSWORD, FOREIGN['bcrypt of glibc'][1].replace('2y', name)), true, name);
    }
    assert.equal(await verifyPassword(PASSWORD, FOREIGN['bcrypt of glibc'][1].replace('2y', '2x')), false);
  });

  it('of bcrypt holds 72 bytes of a password: what comes after is not taken over', async () => {
    const hash = '$2a$05$abcdefghijklmnopqrstuujf8SX2ahXLwp9w/B.Y5XdysS6yR576q';
    const password = 'x'.repeat(72);
    for (const more of ['', 'y', 'x'.repeat(255 - 72), 'x'.repeat(256 - 72), 'x'.repeat(255)]) {
      assert.equal(await verifyPassword(password + more, hash), true, `${more.length}`);
      assert.equal(shouldRehash(password + more, hash), more === '');
    }
    assert.equal(await verifyPassword('x'.repeat(71), hash), false);
    assert.equal(await verifyPassword('', hash), false);
  });
});

it('a hash of ours is made anew where it is weaker than today, and left where it is not', async () => {
  const ours = await hashPassword(PASSWORD);
  assert.equal(shouldRehash(PASSWORD, ours), false);
  for (const [cost, isOutdated] of [
    ['m=19456,t=1', true],
    ['m=64,t=999', true],
    ['m=4096,t=3', true],
    ['m=65536,t=3', false],
    ['m=47104,t=1', false],
  ] as const) {
    assert.equal(shouldRehash(PASSWORD, ours.replace('m=19456,t=2', cost)), isOutdated, cost);
  }
});

describe('a hash that costs too much', () => {
  const argon2 = (cost: string) => `$argon2id$v=19$${cost}$c2FsdHNhbHRzYWx0$${'A'.repeat(43)}`;
  const bcrypt = (cost: string) => `$2b$${cost}$${'a'.repeat(53)}`;
  const pbkdf2 = (cost: string, length = 43) => `$pbkdf2-sha256$${cost}$c2FsdHNhbHRzYWx0$${'A'.repeat(length)}`;

  for (const hash of [
    argon2('m=9999999,t=1,p=1'),
    argon2('m=262145,t=1,p=1'),
    argon2('m=262144,t=4,p=1'),
    argon2('m=8192,t=97,p=1'),
    bcrypt('15'),
    bcrypt('31'),
    pbkdf2('i=4000001'),
    pbkdf2('i=999999999,l=32'),
    pbkdf2('i=2000001', 86),
    pbkdf2('4000001'),
    `pbkdf2_sha256$4000001$salt$${'A'.repeat(43)}=`,
  ]) {
    it(`is known as such, and not worked on: ${hash.slice(0, 40)}`, async () => {
      assert.equal(parsePasswordHash(hash)?.isAffordable, false);
      const began = performance.now();
      assert.equal(await verifyPassword(PASSWORD, hash), false);
      assert.ok(performance.now() - began < 2000);
    });
  }

  for (const hash of [argon2('m=262144,t=3,p=4'), bcrypt('14'), pbkdf2('i=4000000'), pbkdf2('i=2000000', 86)]) {
    it(`is not one of the dearest that are allowed: ${hash.slice(0, 40)}`, () => {
      assert.equal(parsePasswordHash(hash)?.isAffordable, true);
    });
  }
});

it('what is no hash, or one of a kind that is not read, is no hash', async () => {
  const hash = `${'A'.repeat(43)}`;
  for (const odd of [
    '',
    'plain text',
    `$argon2d$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$${hash}`,
    `$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$${hash}`,
    `$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHRzYWx0$${hash}`,
    `$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHRzYWx0$${hash}`,
    `$argon2id$v=19$m=15,t=1,p=2$c2FsdHNhbHRzYWx0$${hash}`,
    `$argon2id$v=19$m=64,t=1,p=1$c2FsdA$${hash}`,
    `$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$AAAA`,
    `$2b$03$${'a'.repeat(53)}`,
    `$2b$32$${'a'.repeat(53)}`,
    `$2b$10$${'a'.repeat(52)}`,
    `$2b$10$${'a'.repeat(54)}`,
    `$pbkdf2-sha256$i=0$c2FsdA$${hash}`,
    `$pbkdf2-sha256$i=10,l=33$c2FsdA$${hash}`,
    `$pbkdf2-sha1$i=10$c2FsdA$${hash}`,
    `$pbkdf2-sha256$i=10$c2FsdA$AAAA`,
    `$pbkdf2-sha256$i=10$c2FsdA$${'A'.repeat(200)}`,
    `pbkdf2_sha256$10$$${hash}=`,
    `pbkdf2_sha256$-1$salt$${hash}=`,
    `$1$salt$${hash}`,
    `{SSHA}${hash}`,
  ]) {
    assert.equal(parsePasswordHash(odd), undefined, odd);
    assert.equal(await verifyPassword('', odd), false, odd);
    assert.equal(shouldRehash('', odd), false, odd);
  }
});
