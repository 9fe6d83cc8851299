import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { API_KEY_SCOPES } from '../../src/keys/api_key.ts';
import { startRunningServer } from '../running_server.ts';
import { gatehouse } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-api-keys-'));
after(() => rmSync(folder, { recursive: true }));

const env = {
  DSN: `sqlite://${join(folder, 'test.sqlite')}`,
  DEV: 'true',
  SECRETS_SYSTEM: 'a-secret-that-only-tests-use',
  URLS_SELF_ISSUER: 'http://127.0.0.1:4444',
};

type Key = {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly key?: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
};

const apiKeys = (...args: string[]) => gatehouse(['api-keys', ...args], { env });

/** What a command says to programs. */
async function told<T>(...args: string[]): Promise<T> {
  const { exitCode, stdout, stderr } = await apiKeys(...args, '--format', 'json');
  assert.deepEqual([exitCode, stderr], [0, '']);
  return JSON.parse(stdout) as T;
}

it('api-keys create, list and revoke work beside a server, which knows at once', async () => {
  const server = await startRunningServer({ DSN: env.DSN, GATEHOUSE_SINGLE_ORIGIN: 'true' });
  const {
    id,
    key = '',
    ...row
  } = await told<Key>(...['create', '--name', 'deploy', '--scope', 'flows,clients:read', '--scope', 'clients:read']);
  assert.match(key, /^gh_key_[\w-]{43}$/);
  assert.deepEqual([row.name, row.scope, row.expires_at, row.revoked_at], ['deploy', 'clients:read flows', null, null]);

  const listed = await told<Key[]>('list');
  assert.deepEqual(listed, [{ id, ...row }], 'the key is shown once');
  const status = async () =>
    (await fetch(`${server.issuer}/admin/clients`, { headers: { authorization: `Bearer ${key}` } })).status;
  assert.equal(await status(), 200);
  assert.deepEqual(await told('revoke', id), { id });
  assert.equal(await status(), 401);
  assert.match((await told<Key[]>('list'))[0]?.revoked_at ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  await server.close();
});

it('api-keys shows people a table, and the key on a line of its own', async () => {
  const created = await apiKeys('create', '--name', 'Grace', '--scope', 'introspect', '--expires', '720h');
  assert.deepEqual([created.exitCode, created.stderr], [0, '']);
  assert.match(created.stdout, /Grace.*introspect/);
  assert.match(created.stdout, /^gh_key_[\w-]{43}$/m);
  const { stdout } = await apiKeys('list');
  assert.match(stdout, /Grace/);
  assert.doesNotMatch(stdout, /gh_key_/);
});

it('api-keys create --expires takes a duration, a day and a moment', async () => {
  const expiry = async (when: string) =>
    (await told<Key>('create', '--name', 'x', '--scope', 'keys', '--expires', when)).expires_at;
  const inMonth = Date.parse((await expiry('720h')) ?? '') - Date.now();
  assert.ok(Math.abs(inMonth - 720 * 3_600_000) < 60_000);
  assert.equal(await expiry('2040-02-29'), '2040-02-29T00:00:00Z');
  assert.equal(await expiry('2040-01-01T12:00:00+02:00'), '2040-01-01T10:00:00Z');
});

it('api-keys says in one sentence what does not work', async () => {
  const create = ['create', '--name', 'x', '--scope', 'flows'];
  for (const [args, sentence] of [
    [['create', '--name', 'x', '--scope', 'admin'], new RegExp(`'admin': choose from ${API_KEY_SCOPES.join(', ')}`)],
    [['create', '--name', 'x', '--scope', 'flows,Clients:read'], /no scope 'Clients:read'/],
    [['create', '--name', 'x', '--scope', ','], /no scope ''/],
    [['create', '--name', 'x'], /--scope/],
    [['create', '--scope', 'flows'], /--name/],
    [['create', '--scope', 'flows', '--name', ''], /--name/],
    [['create', '--scope', 'flows', '--name', 'a\nb'], /--name/],
    [['create', '--scope', 'flows', '--name', 'x'.repeat(101)], /--name/],
    ...[
      'soon',
      '30d',
      '0',
      '-1h',
      '2020-01-01',
      '2040-02-30',
      '2040-13-01',
      '2040-01-01T12:00:00',
      '9'.repeat(200),
    ].map((when) => [[...create, `--expires=${when}`], /--expires/] as const),
    [['revoke', 'nobody'], /no key with the id 'nobody'/],
    [['revoke'], /id/],
    [['destroy'], /unknown command 'destroy'/],
  ] as const) {
    const { exitCode, stdout, stderr } = await apiKeys(...args);
    assert.deepEqual([exitCode, stdout], [1, ''], args.join(' '));
    assert.match(stderr, sentence);
    assert.match(stderr, /^[^\n]+\n$/);
  }
});
