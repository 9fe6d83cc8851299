import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  accountOfEmail,
  accountOfPassword,
  accountOfSubject,
  allAccounts,
  changeAccount,
  createAccount,
  removeAccount,
} from '../../src/account_experience/accounts.ts';
import { claimsOf } from '../../src/account_experience/claims.ts';
import { hashPassword } from '../../src/account_experience/password.ts';
import { parseDsn } from '../../src/config/dsn.ts';
import { loadConfig } from '../../src/config/load.ts';
import { OAuthError } from '../../src/oauth/error.ts';
import { findAccount, resetPassword } from '../../src/store/accounts.ts';
import { type Database, openDatabase } from '../../src/store/db.ts';
import { migrateUp } from '../../src/store/migrate.ts';
import { write } from '../../src/store/write.ts';

const PASSWORD = 'correct horse battery staple';

let server: { db: Database; now: () => number };
before(async () => {
  server = { db: await openDatabase(parseDsn('memory')), now: () => 1_700_000_000_999 };
  await migrateUp(server.db);
});
after(() => server.db.close());

const create = (email: string, password = PASSWORD) => createAccount(server, { email, password });

describe('creating an account', () => {
  it('keeps the address in one spelling, in which everybody finds it', async () => {
    const account = await create('  Rene\u0301@B\u00fccher.Example ');
    assert.equal(account.email, 'ren\u00e9@xn--bcher-kva.example');
    assert.equal(account.created_at, 1_700_000_000);
    for (const spelling of [account.email, 'REN\u00c9@b\u00fccher.example', 'rene\u0301@XN--BCHER-KVA.example']) {
      assert.deepEqual(await accountOfPassword(server, spelling, PASSWORD), account, spelling);
    }
    assert.deepEqual(await accountOfSubject(server, account.subject), account);
  });

  it('keeps name and claims', async () => {
    const claims = { email_verified: true, address: { country: 'NL' } };
    const account = await createAccount(server, { email: 'ada@example.com', password: PASSWORD, name: 'Ada', claims });
    assert.deepEqual(account.claims, { email_verified: true, address: { country: 'NL' }, name: 'Ada' });
  });

  it('refuses an address that is taken, however it is written', async () => {
    await create('taken@example.com');
    await assert.rejects(create('TAKEN@example.com'), isError(409, /taken@example\.com/));
  });

  it('refuses what is no address', async () => {
    for (const email of [
      'nobody',
      '@example.com',
      'a@',
      'a b@example.com',
      'a@exa mple.com',
      'a@@example.com',
      'a@b@example.com',
      '.a@example.com',
      'a..b@example.com',
      'a@example..com',
      'a@-example.com',
      'a@example.com/path',
      'a@example.com:80',
      'a@b\u00fccher.de/path',
      'a@[::1]',
      '<a@example.com>',
      'a\u0007@example.com',
      `${'a'.repeat(65)}@example.com`,
      `a@${'b'.repeat(64)}.com`,
      `a@${'b.'.repeat(130)}com`,
    ]) {
      await assert.rejects(create(email), isError(400, /is not an e-mail address/), email);
    }
    await assert.rejects(create('  '), isError(400, /needs an e-mail address/));
  });

  it('NIST SP 800-63B 5.1.1.2: a password has 8 to 256 characters, of whatever kind', async () => {
    for (const password of ['', '1234567', '\u{1f511}'.repeat(7), 'xy'.repeat(129)]) {
      await assert.rejects(create('length@example.com', password), isError(400, /8 to 256 characters/), password);
    }
    for (const [at, password] of [
      '97315084',
      '\u{1f511}\u{1f512}'.repeat(4),
      'xy'.repeat(128),
      ' . . . . ',
    ].entries()) {
      await create(`length${at}@example.com`, password);
    }
  });

  it('NIST SP 800-63B 5.1.1.2: none of the passwords that are tried first', async () => {
    const known = ['common.name@example.com', 'Common.Name'];
    for (const password of ['password', 'PassWord1', '12345678', 'iloveyou', 'xxxxxxxxxx', '        ', ...known]) {
      await assert.rejects(create('common.name@example.com', password), isError(400, /tried first/), password);
    }
  });
});

it('unknown address and wrong password find no account', async () => {
  await create('known@example.com');
  for (const [email, password] of [
    ['known@example.com', 'wrong'],
    ['known@example.com', ''],
    ['unknown@example.com', PASSWORD],
    ['', ''],
    ['%', PASSWORD],
    ['known@example.com/', PASSWORD],
    ['x'.repeat(100_000), PASSWORD],
  ] as const) {
    assert.equal(await accountOfPassword(server, email, password), undefined);
  }
});

it('a password that was right in an outdated hash is kept in one of ours from then on', async () => {
  const { subject } = await create('outdated@example.com');
  const django = 'pbkdf2_sha256$1000$sodiumchloride$cOF+pvw5DigyYSeO05cC8eVphEkPrJDEsm5kPU+QIb8=';
  await write(server, (tx) => resetPassword(tx, subject, django, 1));
  const hash = async () => (await findAccount(server.db.queries, subject))?.password ?? '';
  assert.equal(await accountOfPassword(server, 'outdated@example.com', 'wrong'), undefined);
  assert.equal(await hash(), django);
  assert.equal((await accountOfPassword(server, 'outdated@example.com', PASSWORD))?.subject, subject);
  const ours = await hash();
  assert.match(ours, /^\$argon2id\$/);
  assert.equal((await accountOfPassword(server, 'outdated@example.com', PASSWORD))?.subject, subject);
  assert.equal(await hash(), ours);
  assert.equal(await accountOfPassword(server, 'outdated@example.com', 'wrong'), undefined);
});

it('an unknown account and a wrong password take the same time, in whichever hash it is', async () => {
  const bcrypt = '$2y$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS';
  const cheap = '$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$'.padEnd(88, 'A');
  const people = await Promise.all(
    [undefined, bcrypt, cheap, await hashPassword(PASSWORD)].map(async (hash, at) => {
      const email = `timed${at}@example.com`;
      if (hash === undefined) return { email, times: [] as number[] };
      const { subject } = await create(email);
      await write(server, (tx) => resetPassword(tx, subject, hash, 1));
      return { email, times: [] as number[] };
    }),
  );
  for (let round = 0; round < 3; round++) {
    for (const { email, times } of people) {
      const began = performance.now();
      assert.equal(await accountOfPassword(server, email, 'wrong'), undefined);
      times.push(performance.now() - began);
    }
  }
  const medians = people.map(({ times }) => times.toSorted((a, b) => a - b)[1] ?? 0);
  const [least, most] = [Math.min(...medians), Math.max(...medians)];
  assert.ok(least >= 499 && most < 1.5 * least, medians.join(' '));
});

it('accounts are listed by address, each once, however many pages they take', async () => {
  await removeAll();
  const emails = ['e', 'a', 'd', 'c', 'b'].map((name) => `${name}@example.com`);
  await Promise.all(emails.map((email) => create(email)));
  for (const pageSize of [1, 2, 5, 100]) {
    const accounts = await Array.fromAsync(allAccounts(server, pageSize));
    assert.deepEqual(
      accounts.map(({ email }) => email),
      emails.toSorted(),
    );
  }
});

it('a removed account is gone, and its address free', async () => {
  const { subject } = await create('gone@example.com');
  assert.equal(await removeAccount(server, ' GONE@example.com'), 'gone@example.com');
  assert.equal(await accountOfSubject(server, subject), undefined);
  await assert.rejects(removeAccount(server, 'gone@example.com'), isError(404, /no account.*gone@example\.com/));
  assert.notEqual((await create('gone@example.com')).subject, subject);
});

describe('OpenID Connect Core 5.4: the claims of a scope', () => {
  const claims = { name: 'Ada', locale: 'en', email_verified: true, phone_number: '+31', iss: 'evil', team: ['looms'] };
  const account = { email: 'ada@example.com', claims };
  const configured = (claims: Record<string, string[]>) =>
    loadConfig({ files: [], env: {}, flags: { dev: true }, forced: { gatehouse: { account_experience: { claims } } } });

  it('are those of the standard, where the account has them', () => {
    const server = configured({});
    for (const [scope, expected] of [
      [['openid', 'offline_access', 'constructor', 'team'], {}],
      [['profile'], { name: 'Ada', locale: 'en' }],
      [['email'], { email: 'ada@example.com', email_verified: true }],
      [['phone', 'address', 'email'], { email: 'ada@example.com', email_verified: true, phone_number: '+31' }],
    ] as const) {
      assert.deepEqual(claimsOf(server, account, scope), expected);
    }
    assert.deepEqual(claimsOf(server, undefined, ['email', 'profile']), {});
  });

  it('are also those that the configuration names, for scopes of the standard and for others', () => {
    const server = configured({ staff: ['team', 'badge', 'constructor', '__proto__'], profile: ['team', 'name'] });
    for (const [scope, expected] of [
      [['openid'], {}],
      [['staff'], { team: ['looms'] }],
      [['profile'], { name: 'Ada', locale: 'en', team: ['looms'] }],
    ] as const) {
      assert.deepEqual(claimsOf(server, account, scope), expected);
    }
  });
});

it('OpenID Connect Core 5.1: an account holds no claim of another type than the standard says, nor a secret', async () => {
  for (const [claims, problem] of [
    [{ email_verified: 'yes' }, /'email_verified' must be true or false/],
    [{ name: 7 }, /'name' must be a string/],
    [{ address: 'here' }, /'address' must be an object/],
    [{ address: 1 }, /'address' must be an object/],
    [{ updated_at: '2026' }, /'updated_at' must be a number/],
    [{ name: null }, /'name' must be a string/],
    [{ email: 'b@example.com' }, /'email' is no claim/],
    [{ sub: 'x' }, /'sub' is no claim/],
    [{ password: 'x' }, /'password' is no claim/],
    [{ more: 'x'.repeat(20_000) }, /more than 16384 characters/],
  ] as const) {
    const email = 'claims@example.com';
    await assert.rejects(createAccount(server, { email, password: PASSWORD, claims }), isError(400, problem));
  }
});

describe('changing an account', () => {
  it('adds claims, replaces them and takes them away', async () => {
    const claims = { name: 'Ada', locale: 'en', email_verified: true };
    await createAccount(server, { email: 'changed@example.com', password: PASSWORD, claims });
    const change = { claims: { name: 'Ada L.', locale: null, team: 'looms' } };
    const account = await changeAccount(server, 'CHANGED@example.com', change);
    assert.deepEqual(account.claims, { name: 'Ada L.', email_verified: true, team: 'looms' });
    assert.deepEqual(await accountOfEmail(server, 'changed@example.com'), account);
    assert.equal((await accountOfPassword(server, 'changed@example.com', PASSWORD))?.subject, account.subject);
  });

  it('moves it to another address, which nobody has verified', async () => {
    const claims = { name: 'Bob', email_verified: true };
    const { subject } = await createAccount(server, { email: 'old@example.com', password: PASSWORD, claims });
    const account = await changeAccount(server, 'old@example.com', { email: ' New@example.com' });
    assert.deepEqual([account.subject, account.email, account.claims], [subject, 'new@example.com', { name: 'Bob' }]);
    await assert.rejects(accountOfEmail(server, 'old@example.com'), isError(404, /no account/));
    const verified = await changeAccount(server, 'new@example.com', {
      email: 'newer@example.com',
      claims: { email_verified: true },
    });
    assert.deepEqual(verified.claims, { name: 'Bob', email_verified: true });
  });

  it('refuses an address that is taken or none, and claims that cannot be held, and then changes nothing', async () => {
    await create('first@example.com');
    const account = await create('second@example.com');
    for (const [change, problem] of [
      [{ email: 'FIRST@example.com', claims: { name: 'x' } }, isError(409, /first@example\.com/)],
      [{ email: 'nobody' }, isError(400, /not an e-mail address/)],
      [{ claims: { name: 1 } }, isError(400, /'name' must be a string/)],
    ] as const) {
      await assert.rejects(changeAccount(server, 'second@example.com', change), problem);
    }
    assert.deepEqual(await accountOfEmail(server, 'second@example.com'), account);
    await assert.rejects(changeAccount(server, 'third@example.com', {}), isError(404, /no account/));
  });
});

const isError = (status: number, hint: RegExp) => (error: unknown) =>
  error instanceof OAuthError && error.status === status && hint.test(error.hint);

async function removeAll(): Promise<void> {
  const accounts = await Array.fromAsync(allAccounts(server));
  await Promise.all(accounts.map(({ email }) => removeAccount(server, email)));
}
