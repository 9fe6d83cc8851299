import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startDeployment } from './deployment.ts';
import type { Deployment, Json } from './flow.ts';

const ID_TOKENS = '/admin/keys/hydra.openid.id-token';
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

const headerOf = (jwt: unknown) => JSON.parse(atob(String(jwt).split('.')[0] ?? '')) as { kid: string; alg: string };

const published = async (deployment: Deployment) =>
  ((await (await fetch(`${deployment.publicOrigin}/.well-known/jwks.json`)).json()) as { keys: Json[] }).keys;

describe('keys (RFC 7517)', () => {
  it('of every algorithm sign, are published without private members, and leave earlier tokens valid', async (t) => {
    const { deployment } = await startDeployment({
      test: t,
      storage: 'memory',
      config: { strategies: { access_token: 'jwt' } },
    });
    await deployment.createClient();
    const machine = { client_id: 'app', client_secret: 'app-secret', grant_type: 'client_credentials' };
    const tokens: unknown[] = [(await deployment.token(machine)).body.access_token];
    for (const alg of ALGORITHMS) {
      const created = await deployment.admin('POST', '/admin/keys/hydra.jwt.access-token', { alg, kid: `k-${alg}` });
      assert.equal(created.status, 201, JSON.stringify(created.body));
      assert.ok((created.body.keys as Json[])[0]?.d, 'the administrator gets the private key');
      const { body } = await deployment.token(machine);
      assert.deepEqual(headerOf(body.access_token), { alg, kid: `k-${alg}`, typ: 'JWT' });
      tokens.push(body.access_token);
    }
    for (const token of tokens) assert.equal(await deployment.isActive(token), true);
    for (const key of await published(deployment)) {
      for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.equal(key[name], undefined);
    }
    await deployment.admin('DELETE', '/admin/keys/hydra.jwt.access-token/k-EdDSA');
    assert.equal(await deployment.isActive(tokens.at(-1)), false);
  });

  it('sign only after they were published for as long as is configured', async (t) => {
    const { deployment, advance } = await startDeployment({
      test: t,
      storage: 'memory',
      config: { gatehouse: { keys: { lead_time: '10m' } } },
    });
    await deployment.createClient();
    const first = headerOf((await deployment.login()).id_token);
    await deployment.admin('POST', ID_TOKENS, { alg: 'ES256', kid: 'next' });
    assert.ok((await published(deployment)).some(({ kid }) => kid === 'next'));
    assert.deepEqual(headerOf((await deployment.login()).id_token), first);
    advance(601);
    assert.equal(headerOf((await deployment.login()).id_token).kid, 'next');
  });

  it('that cannot sign are passed over', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient();
    const before = headerOf((await deployment.login()).id_token);
    const { body } = await deployment.admin('POST', '/admin/keys/other', { alg: 'ES256', kid: 'public-only' });
    const { d: _, ...open } = (body.keys as Json[])[0] ?? {};
    await deployment.admin('PUT', `${ID_TOKENS}/public-only`, open);
    await deployment.admin('PUT', `${ID_TOKENS}/secret`, { kty: 'oct', kid: 'secret', k: 'c2VjcmV0' });
    await deployment.admin('POST', ID_TOKENS, { alg: 'ES256', use: 'enc', kid: 'for-encryption' });
    assert.deepEqual(headerOf((await deployment.login()).id_token), before);
    assert.ok(!(await published(deployment)).some(({ kid }) => kid === 'secret'));
  });

  it('that are all deleted are made anew', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient();
    const { kid } = headerOf((await deployment.login()).id_token);
    assert.equal((await deployment.admin('DELETE', ID_TOKENS)).status, 204);
    assert.notEqual(headerOf((await deployment.login()).id_token).kid, kid);
  });

  for (const [what, jwk] of [
    ['no object', []],
    ['an unknown type', { kty: 'XYZ' }],
    ['a point that is not on the curve', { kty: 'EC', crv: 'P-256', x: 'AQ', y: 'AQ' }],
    ['an id that is no text', { kty: 'oct', k: 'AAAA', kid: 7 }],
    ['nothing', {}],
  ] as const) {
    it(`are refused with ${what}`, async (t) => {
      const { deployment } = await startDeployment({ test: t, storage: 'memory' });
      assert.equal((await deployment.admin('PUT', '/admin/keys/set/k', jwk)).status, 400);
      assert.equal((await deployment.admin('PUT', '/admin/keys/set', { keys: [jwk] })).status, 400);
    });
  }
});

describe('trusted issuers (RFC 7523)', () => {
  it('share a key, which leaves with the last of them', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    const made = await deployment.admin('POST', '/admin/keys/tmp', { alg: 'ES256', kid: 'k1' });
    const trust = (subject: string) => ({
      issuer: 'https://sts.example/x',
      subject,
      scope: ['read'],
      expires_at: '2099-01-01T00:00:00Z',
      jwk: (made.body.keys as Json[])[0],
    });
    const path = '/admin/trust/grants/jwt-bearer/issuers';
    const ids: unknown[] = [];
    for (const subject of ['a', 'b']) {
      const { status, body } = await deployment.admin('POST', path, trust(subject));
      assert.equal(status, 201, JSON.stringify(body));
      ids.push(body.id);
    }
    assert.equal((await deployment.admin('POST', path, trust('a'))).status, 409);
    const key = '/admin/keys/https%3A%2F%2Fsts.example%2Fx/k1';
    const stored = (await deployment.admin('GET', key)).body.keys as Json[];
    assert.equal(stored[0]?.d, undefined, 'the private half is not kept');
    assert.equal((await deployment.admin('DELETE', `${path}/${ids[0]}`)).status, 204);
    assert.equal((await deployment.admin('GET', key)).status, 200);
    assert.equal((await deployment.admin('DELETE', `${path}/${ids[1]}`)).status, 204);
    assert.equal((await deployment.admin('GET', key)).status, 404);
    assert.equal((await deployment.admin('DELETE', `${path}/${ids[1]}`)).status, 404);
    assert.equal((await deployment.admin('GET', `${path}/not-a-uuid`)).status, 400);
  });
});
