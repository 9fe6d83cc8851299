import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gatehouse, isComplaint } from '../cli/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-accounts-'));
after(() => rmSync(folder, { recursive: true }));

const env = {
  DSN: `sqlite://${join(folder, 'test.sqlite')}`,
  DEV: 'true',
  SECRETS_SYSTEM: 'a-secret-that-only-tests-use',
  URLS_SELF_ISSUER: 'http://127.0.0.1:4444',
};
const accounts = (args: readonly string[], input = '') => gatehouse(['accounts', ...args], { env, input });

it('accounts create, list and delete work on the configured database', async () => {
  const password = 'correct horse';
  const created = await accounts(
    ['create', '--email', ' Ada@example.com', '--name', 'Ada', '--password-stdin'],
    `${password}\n`,
  );
  assert.deepEqual([created.exitCode, created.stderr], [0, '']);
  assert.match(created.stdout, /ada@example\.com.*Ada/);
  assert.ok(!created.stdout.includes('argon2') && !created.stdout.includes(password));

  const second = await accounts(['create', '--email', 'bob@example.com', '--password', password, '--format', 'json']);
  assert.equal(second.exitCode, 0, second.stderr);
  const listed = await accounts(['list', '--format', 'json']);
  const emails = (JSON.parse(listed.stdout) as { email: string }[]).map(({ email }) => email);
  assert.deepEqual(emails, ['ada@example.com', 'bob@example.com']);

  const deleted = await accounts(['delete', 'BOB@example.com']);
  assert.deepEqual([deleted.exitCode, deleted.stdout], [0, 'bob@example.com\n']);
  assert.doesNotMatch((await accounts(['list'])).stdout, /bob/);
});

it('accounts says in one sentence what does not work', async () => {
  for (const [args, sentence] of [
    [['create', '--email', 'ada@example.com', '--password', 'another password'], /already an account/],
    [['create', '--email', 'eve@example.com', '--password', 'short'], /8 to 256 characters/],
    [['create', '--email', 'nobody', '--password', 'another password'], /not an e-mail address/],
    [['delete', 'eve@example.com'], /no account/],
  ] as const) {
    const outcome = await accounts(args);
    assert.ok(isComplaint(outcome), JSON.stringify(outcome));
    assert.match(outcome.stderr, sentence);
  }
  const { exitCode, stderr } = await accounts(['create', '--email', 'eve@example.com']);
  assert.equal(exitCode, 1);
  assert.match(stderr, /--password-stdin/);
});

it('accounts show, update and set-password work on one account', async () => {
  const email = 'carol@example.com';
  const claims = '{"locale":"en","email_verified":true}';
  await accounts(['create', '--email', email, '--password', 'correct horse', '--claims', claims]);
  const updated = await accounts([
    ...['update', email, '--email', 'carol@example.org', '--name', 'Carol'],
    ...['--claims', '{"locale":null,"team":["looms"]}', '--format', 'json'],
  ]);
  assert.equal(updated.exitCode, 0, updated.stderr);
  const [account] = JSON.parse(updated.stdout) as { subject: string }[];
  assert.deepEqual(account, {
    subject: account?.subject,
    email: 'carol@example.org',
    name: 'Carol',
    team: ['looms'],
  });
  const shown = await accounts(['show', 'CAROL@example.org', '--format', 'json']);
  assert.deepEqual(JSON.parse(shown.stdout), [account]);
  assert.match((await accounts(['show', 'carol@example.org'])).stdout, /carol@example\.org.*Carol/);

  const set = await accounts(['set-password', 'carol@example.org', '--password-stdin'], 'another horse\n');
  assert.deepEqual([set.exitCode, set.stdout, set.stderr], [0, 'carol@example.org\n', '']);
  const json = await accounts(['set-password', 'carol@example.org', '--password', 'a third horse', '--format', 'json']);
  assert.deepEqual(JSON.parse(json.stdout), { email: 'carol@example.org' });

  for (const [args, sentence] of [
    [['show', email], /no account/],
    [['update', email, '--name', 'x'], /no account/],
    [['update', 'carol@example.org', '--claims', '{"name":1}'], /'name' must be a string/],
    [['set-password', email, '--password', 'another horse'], /no account/],
    [['set-password', 'carol@example.org', '--password', 'password1'], /tried first/],
  ] as const) {
    const outcome = await accounts(args);
    assert.ok(isComplaint(outcome), JSON.stringify(outcome));
    assert.match(outcome.stderr, sentence);
  }
  for (const args of [
    ['update', 'carol@example.org', '--claims', '["a"]'],
    ['update', 'carol@example.org', '--claims', '{'],
    ['set-password', 'carol@example.org'],
  ]) {
    const { exitCode, stderr } = await accounts(args);
    assert.equal(exitCode, 1);
    assert.match(stderr, /^error: .*--(claims|password-stdin)/);
  }
});

describe('accounts import', () => {
  const password_hash = 'pbkdf2_sha256$1000$sodiumchloride$cOF+pvw5DigyYSeO05cC8eVphEkPrJDEsm5kPU+QIb8=';
  const lines = [
    { email: 'dan@example.com', password_hash, name: 'Dan' },
    { email: 'nobody', password_hash },
    { email: 'erin@example.com', password_hash },
  ].map((line) => JSON.stringify(line));
  const TALLY = { lines: 3, created: 2, updated: 0, already_there: 0, refused: 1 };
  const refusals = [{ line: 2, reason: "'email' is not an e-mail address" }];

  it('reads standard input, and reports what it left out, by line', async () => {
    const outcome = await accounts(['import', '--format', 'json'], lines.join('\n'));
    assert.equal(outcome.exitCode, 1);
    assert.equal(outcome.stderr, "Line 2 was left out: 'email' is not an e-mail address.\n");
    assert.deepEqual(JSON.parse(outcome.stdout), { ...TALLY, refusals });
    assert.match((await accounts(['show', 'dan@example.com'])).stdout, /Dan/);
  });

  it('reads a file, a second time too, and overwrites only when told to', async () => {
    const file = join(folder, 'people.jsonl');
    writeFileSync(file, lines.join('\n').replace('Dan', 'Daniel'));
    const again = await accounts(['import', file, '--format', 'json']);
    assert.deepEqual(JSON.parse(again.stdout), { ...TALLY, created: 0, already_there: 2, refusals });
    assert.doesNotMatch((await accounts(['show', 'dan@example.com'])).stdout, /Daniel/);
    const overwritten = await accounts(['import', file, '--update']);
    assert.match(overwritten.stdout, /created/);
    assert.match((await accounts(['show', 'dan@example.com'])).stdout, /Daniel/);
    writeFileSync(file, `${lines[0]}\n`);
    const whole = await accounts(['import', '-'], `${lines[0]}\n`);
    assert.deepEqual([whole.exitCode, whole.stderr], [0, '']);
  });

  it('says in one sentence that there is no such file', async () => {
    const outcome = await accounts(['import', join(folder, 'nothing.jsonl')]);
    assert.equal(outcome.exitCode, 1);
    assert.match(outcome.stderr, /^error: ENOENT: [^\n]+\n$/);
  });
});
