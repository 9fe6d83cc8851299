import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeProtectedHeader } from 'jose';
import { type Engine, SHARED_ENGINES } from '../store/engines.ts';
import { startTogether } from './deployment.ts';
import type { Deployment } from './flow.ts';

const ACCESS_TOKENS = '/admin/keys/hydra.jwt.access-token';
/** What docs/operations.md promises, and a little patience. */
const WITHIN = 5_000 + 1_500;

async function startTwo(t: TestContext, engine: Engine): Promise<readonly [Deployment, Deployment]> {
  const config = { strategies: { access_token: 'jwt' } };
  const [one = assert.fail(), other = assert.fail()] = await startTogether(t, engine, config, config);
  return [one, other];
}

const machine = { client_id: 'app', client_secret: 'app-secret', grant_type: 'client_credentials' };

const issue = async (deployment: Deployment): Promise<string> =>
  String((await deployment.token(machine)).body.access_token);

const publishedAt = async ({ publicOrigin }: Deployment): Promise<string[]> => {
  const { keys } = (await (await fetch(`${publicOrigin}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid);
};

async function within(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WITHIN;
  while (!(await isTrue())) {
    assert.ok(performance.now() < deadline, 'too late');
    await sleep(100);
  }
}

for (const engine of SHARED_ENGINES) {
  it(`a key that one server makes verifies and is published on the other at once, and signs there soon (${engine.name})`, async (t) => {
    const [one, other] = await startTwo(t, engine);
    await one.createClient();
    for (const kid of ['first', 'second']) {
      assert.equal((await one.admin('POST', ACCESS_TOKENS, { alg: 'ES256', kid })).status, 201);
      const token = await issue(one);
      assert.equal(decodeProtectedHeader(token).kid, kid);
      assert.equal(await other.isActive(token), true);
      assert.ok((await publishedAt(other)).includes(kid));
    }
    await one.admin('POST', ACCESS_TOKENS, { alg: 'ES256', kid: 'third' });
    await within(async () => decodeProtectedHeader(await issue(other)).kid === 'third');
  });

  it(`a key that one server deletes is gone from the other soon (${engine.name})`, async (t) => {
    const [one, other] = await startTwo(t, engine);
    await one.createClient();
    await one.admin('POST', ACCESS_TOKENS, { alg: 'ES256', kid: 'leaked' });
    const token = await issue(one);
    assert.equal(await other.isActive(token), true);
    assert.equal((await one.admin('DELETE', `${ACCESS_TOKENS}/leaked`)).status, 204);
    assert.ok(!(await publishedAt(other)).includes('leaked'));
    await one.admin('POST', ACCESS_TOKENS, { alg: 'ES256', kid: 'replaced' });
    const replaced = await issue(one);
    assert.equal(await other.isActive(replaced), true);
    assert.equal((await one.admin('DELETE', `${ACCESS_TOKENS}/replaced`)).status, 204);
    await within(async () => !(await other.isActive(replaced)));
  });

  it(`a secret that one server replaces is worth nothing on the other at once, proven before or not (${engine.name})`, async (t) => {
    const [one, other] = await startTwo(t, engine);
    await one.createClient();
    for (const deployment of [one, other]) assert.equal((await deployment.token(machine)).status, 200);
    const { body } = await one.admin('GET', '/admin/clients/app');
    const changed = await one.admin('PUT', '/admin/clients/app', { ...body, client_secret: 'another-secret' });
    assert.equal(changed.status, 200);
    assert.equal((await other.token(machine)).status, 401);
    assert.equal((await other.token({ ...machine, client_secret: 'another-secret' })).status, 200);
  });
}
