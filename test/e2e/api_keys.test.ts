import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { API_KEY_SCOPES, type ApiKeyScope, createApiKey } from '../../src/keys/api_key.ts';
import { adminApi } from '../../src/routes.ts';
import type { RunningServer } from '../../src/server.ts';
import { revokeApiKey } from '../../src/store/api_keys.ts';
import { write } from '../../src/store/write.ts';
import { startDeployment } from './deployment.ts';
import type { Deployment } from './flow.ts';
import { raw } from './raw.ts';

let deployment: Deployment;
let running: RunningServer;
let advance: (seconds: number) => void;
let close: () => Promise<void>;

before(async () => {
  const config = { gatehouse: { single_origin: true } };
  ({ deployment, running, advance, close } = await startDeployment({ storage: 'memory', config }));
  await deployment.createClient();
});
after(() => close());

const newKey = (scopes: readonly ApiKeyScope[], expires_at: number | null = null) =>
  createApiKey(running.server, { name: 'test', scopes, expires_at });

/** In place of a parameter stands something that nobody has: what passes is refused by the endpoint, and changes nothing. */
const at = (path: string): string => path.replaceAll(/\{\w+\}/g, 'nothing');

const ask = (origin: string, method: string, path: string, key?: string, init: RequestInit = {}) =>
  fetch(`${origin}${at(path)}`, {
    method,
    redirect: 'manual',
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    ...init,
  });

const shape = async (response: Response) => {
  const body = (await response.json()) as Record<string, unknown>;
  assert.deepEqual(Object.keys(body), ['error', 'error_description']);
  return [response.status, body.error, response.headers.get('www-authenticate') ?? ''] as const;
};

const isRefused = ({ status }: Response): boolean => status === 401 || status === 403;

describe('every operation of the admin API, at either listener,', () => {
  const keys = new Map<ApiKeyScope, string>();
  before(async () => {
    for (const scope of API_KEY_SCOPES) keys.set(scope, (await newKey([scope])).key);
  });
  const guarded = adminApi.filter(({ access }) => access !== 'no key');
  const good = (access: string): ApiKeyScope[] =>
    API_KEY_SCOPES.filter(
      (scope) => access === 'any key' || scope === access || (access === 'clients:read' && scope === 'clients:write'),
    );

  it('is in the table, and needs each of the scopes somewhere', () => {
    assert.ok(guarded.length >= 38);
    for (const scope of API_KEY_SCOPES) assert.ok(guarded.some(({ access }) => access === scope));
  });

  for (const { method, path, operationId, access } of guarded) {
    it(`RFC 6750 3: ${operationId} (${method} ${path}) wants a key for ${access}, and no other will do`, async () => {
      for (const origin of [deployment.publicOrigin, deployment.adminOrigin]) {
        const [status, error, challenge] = await shape(await ask(origin, method, path));
        assert.deepEqual([status, error, challenge], [401, 'request_unauthorized', 'Bearer realm="admin"']);
        for (const scope of API_KEY_SCOPES.filter((name) => !good(access).includes(name))) {
          const refused = await shape(await ask(origin, method, path, keys.get(scope)));
          assert.deepEqual(refused.slice(0, 2), [403, 'insufficient_scope']);
          assert.match(
            refused[2],
            new RegExp(`^Bearer realm="admin", error="insufficient_scope", .*scope="${access}"$`),
          );
        }
        for (const scope of good(access)) {
          const answer = await ask(origin, method, path, keys.get(scope));
          assert.ok(!isRefused(answer), `${scope}: ${answer.status}`);
          if (method === 'GET') assert.ok(!isRefused(await ask(origin, 'HEAD', path, keys.get(scope))));
        }
        if (method === 'GET') assert.equal((await ask(origin, 'HEAD', path)).status, 401);
      }
    });
  }

  it('is asked for health without a key', async () => {
    for (const path of ['/admin/health/alive', '/admin/health/ready', '/health/alive']) {
      for (const origin of [deployment.publicOrigin, deployment.adminOrigin]) {
        assert.equal((await ask(origin, 'GET', path)).status, 200);
      }
    }
  });
});

describe('a key', () => {
  const lists = (key: string) => ask(deployment.publicOrigin, 'GET', '/admin/clients', key);

  it('that is revoked works no more, at once', async () => {
    const { key, row } = await newKey(['clients:read']);
    assert.equal((await lists(key)).status, 200);
    assert.equal(await write(running.server, (tx) => revokeApiKey(tx, row.id, 1)), true);
    const [status, error, challenge] = await shape(await lists(key));
    assert.deepEqual([status, error], [401, 'request_unauthorized']);
    assert.match(challenge, /^Bearer realm="admin", error="invalid_token", error_description="[^"\\]+"$/);
  });

  it('that has expired works no more, and is answered like one that never was', async () => {
    const { key } = await newKey(['clients:read'], Math.floor(deployment.now().getTime() / 1000) + 60);
    assert.equal((await lists(key)).status, 200);
    advance(61);
    const expired = await lists(key);
    const unknown = await lists(`gh_key_${'A'.repeat(43)}`);
    assert.equal(expired.status, 401);
    assert.equal(await expired.text(), await unknown.text());
    assert.equal(expired.headers.get('www-authenticate'), unknown.headers.get('www-authenticate'));
  });

  it('stands in the database as its hash alone', async () => {
    const { key } = await newKey(['flows']);
    const rows = await running.server.db.queries.selectFrom('api_keys').selectAll().execute();
    const text = JSON.stringify(rows.map((row) => ({ ...row, hash: Buffer.from(row.hash).toString('latin1') })));
    assert.match(key, /^gh_key_[\w-]{43}$/);
    assert.ok(!text.includes(key) && !text.includes(key.slice('gh_key_'.length)));
  });
});

describe('one origin', () => {
  const ours = (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${deployment.apiKey}` };
    return fetch(`${deployment.publicOrigin}${path}`, { redirect: 'manual', headers, ...init });
  };

  it('serves the whole flow, the login and consent apps included', async (t) => {
    const config = { gatehouse: { single_origin: true } };
    const alone = await startDeployment({ test: t, storage: 'memory', config, listeners: ['public'] });
    assert.equal(alone.deployment.adminOrigin, alone.deployment.publicOrigin);
    await alone.deployment.createClient();
    const { access_token } = await alone.deployment.login();
    assert.equal(await alone.deployment.isActive(access_token), true);
  });

  it('shows paths that are good there', async () => {
    for (const client_id of ['one', 'two', 'three']) await deployment.createClient({ client_id });
    const listed = await ours('/admin/clients?page_size=1');
    const [, next = ''] = /<([^>]+)>; rel="next"/.exec(listed.headers.get('link') ?? '') ?? [];
    assert.match(next, /^\/admin\/clients\?/);
    assert.equal(((await (await ours(next)).json()) as unknown[]).length, 1);
    const created = await ours('/admin/clients', { method: 'POST', body: '{"client_id":"four"}' });
    assert.equal((await ours(created.headers.get('location') ?? '')).status, 200);
    const set = await ours('/admin/keys/mine', { method: 'POST', body: '{"alg":"ES256","use":"sig","kid":"one"}' });
    assert.equal((await ours(new URL(set.headers.get('location') ?? '').pathname)).status, 200);
    const { n, e, kty } = (
      (await (await fetch(`${deployment.publicOrigin}/.well-known/jwks.json`)).json()) as {
        keys: Record<string, string>[];
      }
    ).keys[0] as Record<string, string>;
    const trust = {
      issuer: 'https://sts.example.com',
      subject: 'ada',
      scope: ['read'],
      expires_at: '2040-01-01T00:00:00Z',
      jwk: { kty, n, e, kid: 'theirs', alg: 'RS256', use: 'sig' },
    };
    const path = '/admin/trust/grants/jwt-bearer/issuers';
    const trusted = await ours(path, { method: 'POST', body: JSON.stringify(trust) });
    assert.equal((await ours(trusted.headers.get('location') ?? '')).status, 200);
  });

  it('has no admin API without its prefix, but for the version', async () => {
    for (const path of [
      '/clients',
      '/oauth2/auth/requests/login',
      '/keys/mine',
      '/metrics/prometheus',
      '/openapi.json',
    ]) {
      const { status } = await raw(deployment.publicOrigin, 'GET', path, {
        authorization: `Bearer ${deployment.apiKey}`,
      });
      assert.equal(status, 404, path);
    }
    assert.equal((await ours('/version')).status, 200);
    assert.equal((await fetch(`${deployment.publicOrigin}/version`)).status, 401);
  });

  it('is off unless it is asked for, and so are keys', async (t) => {
    const plain = await startDeployment({ test: t, storage: 'memory' });
    for (const { method, path } of adminApi) {
      assert.equal((await raw(plain.deployment.publicOrigin, method, at(path))).status, 404, path);
    }
    assert.equal((await raw(plain.deployment.publicOrigin, 'GET', '/version')).status, 404);
    assert.equal((await fetch(`${plain.deployment.adminOrigin}/clients`)).status, 200);
  });

  it('is not needed for keys: the admin listener alone may want them', async (t) => {
    const config = { gatehouse: { admin: { api_keys: 'required' } } };
    const kept = await startDeployment({ test: t, storage: 'memory', config });
    assert.equal((await fetch(`${kept.deployment.adminOrigin}/clients`)).status, 401);
    assert.equal((await kept.deployment.admin('GET', '/clients')).status, 200);
    assert.equal((await raw(kept.deployment.publicOrigin, 'GET', '/admin/clients')).status, 404);
  });
});
