import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
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
