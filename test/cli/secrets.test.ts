import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { startRunningServer } from '../running_server.ts';
import { gatehouse } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-secrets-'));
after(() => rmSync(folder, { recursive: true }));

const OLD = 'the-old-secret-of-the-tests';
const NEW = 'the-new-secret-of-the-tests';
const env = { DSN: `sqlite://${join(folder, 'test.sqlite')}`, DEV: 'true' };

type Status = {
  readonly columns: readonly {
    readonly column: string;
    readonly rows: readonly number[];
    readonly unreadable: number;
  }[];
  readonly secrets: readonly {
    readonly rows: number;
    readonly tokens: number;
    readonly safe_to_drop_at: string | null;
  }[];
};

const secrets = (system: string, ...args: string[]) =>
  gatehouse(['secrets', ...args], { env: { ...env, SECRETS_SYSTEM: system } });

async function told(...args: string[]): Promise<Status> {
  const { exitCode, stdout, stderr } = await secrets(`${NEW},${OLD}`, ...args, '--format', 'json');
  assert.deepEqual([exitCode, stderr], [0, '']);
  return JSON.parse(stdout) as Status;
}

it('secrets status and reseal work beside a server, and say what to do next', async () => {
  await (await startRunningServer({ ...env, SECRETS_SYSTEM: OLD })).close();
  const server = await startRunningServer({ ...env, SECRETS_SYSTEM: `${NEW},${OLD}` });
  const keys = (status: Status) => status.columns.find(({ column }) => column === 'json_web_keys.jwk');
  const before = await told('status');
  assert.deepEqual(keys(before), { column: 'json_web_keys.jwk', rows: [0, 2], unreadable: 0 });
  assert.deepEqual([before.secrets[0]?.rows, before.secrets[0]?.safe_to_drop_at], [2, null]);
  const people = await secrets(`${NEW},${OLD}`, 'status');
  assert.match(people.stdout, /json_web_keys\.jwk.* 0 .* 2 /);
  assert.match(people.stdout, /^Secret 2 is needed: 'secrets reseal' has 2 values to do\.$/m);

  const done = await secrets(`${NEW},${OLD}`, 'reseal');
  assert.deepEqual([done.exitCode, done.stderr], [0, '']);
  assert.match(done.stdout, /^json_web_keys\.jwk: 2 values were sealed under the first secret$/m);
  assert.match(done.stdout, /^Secret 2 can be left out\.$/m);
  const after = await told('reseal');
  assert.deepEqual(keys(after)?.rows, [2, 0]);
  assert.match(after.secrets[0]?.safe_to_drop_at ?? '', /^\d{4}-\d\d-\d\dT[\d:]+Z$/);
  const published = await fetch(`${server.issuer}/.well-known/jwks.json`);
  await server.close();

  const alone = await startRunningServer({ ...env, SECRETS_SYSTEM: NEW });
  const later = await fetch(`${alone.issuer}/.well-known/jwks.json`);
  assert.deepEqual(await later.json(), await published.json());
  await alone.close();
});
