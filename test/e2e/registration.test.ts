import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startDeployment } from './deployment.ts';
import type { Json } from './flow.ts';

const config = { oidc: { dynamic_client_registration: { enabled: true } } };
const METADATA = { redirect_uris: ['https://app.example.com/cb'], client_name: 'Dynamic' };

describe('RFC 7591, RFC 7592: dynamic client registration', () => {
  async function start(t: { after(action: () => Promise<void>): void }) {
    const { deployment } = await startDeployment({ test: t, storage: 'memory', config });
    const call = async (method: string, path: string, token?: unknown, body?: Json) => {
      const response = await fetch(`${deployment.publicOrigin}${path}`, {
        method,
        ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Json };
    };
    return { deployment, call };
  }

  it('7591 3.2.1: a client registers itself, and what is not set is not there', async (t) => {
    const { deployment, call } = await start(t);
    const { status, body } = await call('POST', '/oauth2/register', undefined, METADATA);
    assert.equal(status, 201);
    for (const [name, value] of Object.entries(body)) {
      assert.ok(value !== null && value !== '', `${name} is empty`);
    }
    assert.equal(body.registration_client_uri, `${deployment.issuer}oauth2/register/${body.client_id}`);
    assert.equal(body.client_secret_expires_at, 0);
    const metadata = await fetch(`${deployment.publicOrigin}/.well-known/oauth-authorization-server`);
    assert.equal(((await metadata.json()) as Json).registration_endpoint, `${deployment.issuer}oauth2/register`);
  });

  it('7592 2: a client reads, changes and deletes itself, with a token that changes with it', async (t) => {
    const { call } = await start(t);
    const { body } = await call('POST', '/oauth2/register', undefined, METADATA);
    const path = `/oauth2/register/${body.client_id}`;
    const first = body.registration_access_token;
    assert.equal((await call('GET', path, first)).body.client_name, 'Dynamic');
    const changed = await call('PUT', path, first, { ...METADATA, client_name: 'Changed' });
    assert.equal(changed.body.client_name, 'Changed');
    assert.equal((await call('GET', path, first)).status, 401);
    const second = changed.body.registration_access_token;
    assert.equal((await call('GET', path, second)).body.client_name, 'Changed');
    assert.equal((await call('DELETE', path, second)).status, 204);
    assert.equal((await call('GET', path, second)).status, 401);
  });

  it('7592 3: a token opens its own client and nothing else', async (t) => {
    const { call } = await start(t);
    const one = (await call('POST', '/oauth2/register', undefined, METADATA)).body;
    const two = (await call('POST', '/oauth2/register', undefined, METADATA)).body;
    for (const token of [two.registration_access_token, 'garbage', one.client_secret, undefined]) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const { status } = await call(
          method,
          `/oauth2/register/${one.client_id}`,
          token,
          method === 'PUT' ? METADATA : undefined,
        );
        assert.equal(status, 401, `${method} ${token}`);
      }
    }
    assert.equal((await call('GET', '/oauth2/register/nobody', one.registration_access_token)).status, 401);
  });

  it('of two updates with one token one counts', async (t) => {
    const { call } = await start(t);
    const { body } = await call('POST', '/oauth2/register', undefined, METADATA);
    const path = `/oauth2/register/${body.client_id}`;
    const race = await Promise.all(
      Array.from({ length: 20 }, () => call('PUT', path, body.registration_access_token, METADATA)),
    );
    assert.equal(race.filter(({ status }) => status === 200).length, 1);
    assert.deepEqual(new Set(race.map(({ status }) => status)), new Set([200, 401]));
  });

  for (const [what, document, status] of [
    ['a secret of its own', { client_secret: 'my-own-secret' }, 400],
    ['metadata', { metadata: {} }, 400],
    ['metadata that is null', { metadata: null }, 400],
    ['a token strategy', { access_token_strategy: 'jwt' }, 400],
    ['to skip consent', { skip_consent: true }, 400],
    ['to skip logout consent', { skip_logout_consent: true }, 400],
    ['a redirect URI that runs code', { redirect_uris: ['javascript:alert(1)'] }, 400],
  ] as const) {
    it(`refuses ${what}`, async (t) => {
      const { call } = await start(t);
      assert.equal((await call('POST', '/oauth2/register', undefined, { ...METADATA, ...document })).status, status);
    });
  }

  it('is not there unless it is switched on', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    for (const method of ['GET', 'PUT', 'DELETE']) {
      assert.equal((await fetch(`${deployment.publicOrigin}/oauth2/register/x`, { method })).status, 404);
    }
    assert.equal(
      (await fetch(`${deployment.publicOrigin}/oauth2/register`, { method: 'POST', body: '{}' })).status,
      404,
    );
  });
});
