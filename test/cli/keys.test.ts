import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { startRunningServer } from '../running_server.ts';
import { gatehouse } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-keys-'));
after(() => rmSync(folder, { recursive: true }));

const env = {
  DSN: `sqlite://${join(folder, 'test.sqlite')}`,
  DEV: 'true',
  SECRETS_SYSTEM: 'a-secret-for-tests-0123456789',
  GATEHOUSE_KEYS_LEAD_TIME: '10m',
};

type Key = { readonly set: string; readonly kid: string; readonly alg: string; readonly state: string };

async function told(...args: string[]): Promise<Key[]> {
  const { exitCode, stdout, stderr } = await gatehouse(['keys', ...args, '--format', 'json'], { env });
  assert.deepEqual([exitCode, stderr], [0, '']);
  return JSON.parse(stdout) as Key[];
}

const ID_TOKENS = 'hydra.openid.id-token';

it('keys rotate adds a key beside a server, which publishes it at once', async () => {
  const server = await startRunningServer({ DSN: env.DSN, GATEHOUSE_KEYS_LEAD_TIME: '10m' });
  const before = await told('status');
  assert.deepEqual(
    before.map(({ set, alg, state }) => [set, alg, state]),
    [
      [ID_TOKENS, 'RS256', 'active'],
      ['hydra.jwt.access-token', 'RS256', 'active'],
    ],
  );
  const rotated = await told('rotate', '--set', ID_TOKENS, '--algorithm', 'ES256');
  assert.deepEqual(
    rotated.map(({ alg, state }) => [alg, state]),
    [
      ['ES256', 'next'],
      ['RS256', 'active'],
      ['RS256', 'active'],
    ],
  );
  const { keys } = (await (await fetch(`${server.issuer}/.well-known/jwks.json`)).json()) as { keys: Key[] };
  assert.ok(keys.some(({ kid }) => kid === rotated[0]?.kid));
  await server.close();
});

it('keys rotate adds one to each set, and shows people a table', async () => {
  const { exitCode, stdout } = await gatehouse(['keys', 'rotate'], { env });
  assert.equal(exitCode, 0);
  assert.match(stdout, /hydra\.jwt\.access-token.*next/);
  assert.match(stdout, /hydra\.openid\.id-token.*ES256.*next/);
});

it('keys says in one sentence what does not work', async () => {
  for (const [args, more, says] of [
    [['rotate', '--algorithm', 'HS256'], {}, /no algorithm 'HS256': choose from RS256/],
    [['rotate', '--set', 'other'], {}, /--set/],
    [['status'], { GATEHOUSE_KEYS_ROTATION_INTERVAL: '720h' }, undefined],
    [['status'], { GATEHOUSE_KEYS_ROTATION_INTERVAL: '5m' }, /rotation\.interval/],
    [['status'], { GATEHOUSE_KEYS_ROTATION_INTERVAL: '720h', GATEHOUSE_KEYS_LEAD_TIME: '1m' }, /lead_time/],
  ] as const) {
    const outcome = await gatehouse(['keys', ...args], { env: { ...env, ...more } });
    if (says === undefined) assert.equal(outcome.exitCode, 0, outcome.stderr);
    else {
      assert.deepEqual([outcome.exitCode, outcome.stdout], [1, '']);
      assert.match(outcome.stderr, says);
      assert.match(outcome.stderr, /^[^\n]+\n$/);
    }
  }
});
