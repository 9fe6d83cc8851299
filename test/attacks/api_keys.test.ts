import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createApiKey } from '../../src/keys/api_key.ts';
import type { RunningServer } from '../../src/server.ts';
import { revokeApiKey } from '../../src/store/api_keys.ts';
import { write } from '../../src/store/write.ts';
import { startDeployment } from '../e2e/deployment.ts';
import type { Deployment } from '../e2e/flow.ts';
import { raw } from '../e2e/raw.ts';

const ORIGIN = 'https://app.example.com';

let deployment: Deployment;
let running: RunningServer;
let close: () => Promise<void>;
let key: string;

before(async () => {
  const cors = { enabled: true, allowed_origins: [ORIGIN, '*'] };
  const listener = { host: '127.0.0.1', port: 0 };
  ({ deployment, running, close } = await startDeployment({
    storage: 'memory',
    config: {
      serve: { public: { ...listener, cors }, admin: listener },
      gatehouse: { single_origin: true },
    },
  }));
  key = deployment.apiKey ?? assert.fail();
  await deployment.createClient({ allowed_cors_origins: [ORIGIN] });
});
after(() => close());

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'TRACE', 'PROPFIND', 'get'];

/** Ways to spell a path of the admin API that a check of prefixes would miss. */
const SPELLINGS = [
  '/admin/clients/app',
  '//admin/clients/app',
  '/admin//clients/app',
  '///admin///clients///app',
  '/./admin/clients/app',
  '/x/../admin/clients/app',
  '/oauth2/../admin/clients/app',
  '/oauth2/..%2fadmin/clients/app',
  '/%2e%2e/admin/clients/app',
  '/%61dmin/clients/app',
  '/%61%64%6d%69%6e/%63lients/app',
  '/%2561dmin/clients/app',
  '/ADMIN/clients/app',
  '/Admin/Clients/app',
  '/admin%2fclients%2fapp',
  '/admin/clients%2fapp',
  '/admin/clients/app/',
  '/admin/clients/app%2f',
  '/admin/clients/app;/health/alive',
  '/admin/clients/app?/health/alive',
  '/admin/clients/app#/health/alive',
  '/admin/health/alive/../../clients/app',
  '/admin/health/alive/%2e%2e/%2e%2e/clients/app',
  '/admin/health/../clients/app',
  '/admin\\clients\\app',
  '/\\admin/clients/app',
  '/admin/./clients/app',
  '/admin/admin/clients/app',
  '/clients/app',
  '/health/alive/../../admin/clients/app',
  '/.well-known/jwks.json/../../admin/clients/app',
  '/admin/clients/app%00',
  '/admin/clients/app%ff',
];

describe('no spelling of a path and no method reaches the admin API without a key', () => {
  for (const name of ['public', 'admin'] as const) {
    it(`at the ${name} listener`, async () => {
      const base = name === 'public' ? deployment.publicOrigin : deployment.adminOrigin;
      const { host } = new URL(base);
      let refused = 0;
      for (const path of [...SPELLINGS, `http://${host}/admin/clients/app`, `HTTP://${host}//admin/clients/app`]) {
        for (const method of METHODS) {
          const { status, body } = await raw(base, method, path, {}, method === 'PUT' ? '{}' : '');
          assert.ok([307, 400, 401, 404, 405].includes(status), `${method} ${path} answered ${status} ${body}`);
          assert.doesNotMatch(body, /client_name|redirect_uris/);
          if (status === 401) refused++;
        }
      }
      assert.ok(refused >= 5, 'some of them do name the operation');
      assert.equal((await deployment.admin('GET', '/admin/clients/app')).status, 200);
    });
  }

  it('and where a path leads to a cleaner one, the key is asked for there', async () => {
    const { status, headers } = await raw(deployment.publicOrigin, 'GET', '/x/..//admin/clients/app');
    assert.deepEqual([status, headers.location], [307, '/admin/clients/app']);
    assert.equal((await raw(deployment.publicOrigin, 'GET', String(headers.location))).status, 401);
  });
});

describe('RFC 6750 2: a key is taken from the Authorization header and from nowhere else', () => {
  const get = (headers: Record<string, string>, query = '') =>
    raw(deployment.publicOrigin, 'GET', `/admin/clients/app${query}`, headers);

  it('written as the RFC has it', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      assert.equal((await get({ authorization: `${scheme} ${key}` })).status, 200);
    }
  });

  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const rows: Record<string, () => [Record<string, string>, string?]> = {
    'in the query': () => [{}, `?access_token=${key}&api_key=${key}`],
    'in a cookie': () => [{ cookie: `ory_hydra_session=${key}; access_token=${key}; authorization=Bearer ${key}` }],
    'in a header of its own': () => [{ 'x-api-key': key, 'proxy-authorization': `Bearer ${key}` }],
    'as a password': () => [{ authorization: basic(`admin:${key}`) }],
    'as a user': () => [{ authorization: basic(`${key}:`) }],
    'without a scheme': () => [{ authorization: key }],
    'twice in one header': () => [{ authorization: `Bearer ${key}, Bearer ${key}` }],
    'with two spaces': () => [{ authorization: `Bearer  ${key}` }],
    'with a tail': () => [{ authorization: `Bearer ${key}A` }],
    'without its end': () => [{ authorization: `Bearer ${key.slice(0, -1)}` }],
    'without its prefix': () => [{ authorization: `Bearer ${key.slice('gh_key_'.length)}` }],
    'with another prefix': () => [{ authorization: `Bearer ${key.replace('gh_key_', 'ory_at_')}` }],
    'in other letters': () => [{ authorization: `Bearer ${key.toUpperCase()}` }],
    'with a line break escaped': () => [{ authorization: `Bearer ${key}%0a` }],
    empty: () => [{ authorization: 'Bearer ' }],
    'very long': () => [{ authorization: `Bearer gh_key_${'A'.repeat(30_000)}` }],
    'beyond ASCII': () => [{ authorization: 'Bearer gh_key_\u00e9' }],
  };
  for (const [how, row] of Object.entries(rows)) {
    it(`${how} it is none`, async () => {
      const { status, body } = await get(...row());
      assert.equal(status, 401, body);
      assert.ok(!body.includes(key));
    });
  }

  it('nor from the form of an introspection', async () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const form = `token=x&access_token=${key}`;
    assert.equal((await raw(deployment.publicOrigin, 'POST', '/admin/oauth2/introspect', type, form)).status, 401);
  });

  it('and no token of a client is a key', async () => {
    const machine = { client_id: 'app', client_secret: 'app-secret', grant_type: 'client_credentials' };
    const { body } = await deployment.token(machine);
    assert.equal((await get({ authorization: `Bearer ${body.access_token}` })).status, 401);
    const userinfo = await fetch(`${deployment.publicOrigin}/userinfo`, {
      headers: { authorization: `Bearer ${key}` },
    });
    assert.equal(userinfo.status, 401);
  });
});

describe('without a key nothing happens', () => {
  it('whatever the body is', async () => {
    for (const body of ['', 'null', '{', '{"client_id":"intruder"}', '\u0000', 'x'.repeat(900_000)]) {
      const { status } = await raw(deployment.publicOrigin, 'POST', '/admin/clients', {}, body);
      assert.equal(status, 401);
    }
    assert.equal((await deployment.admin('GET', '/admin/clients/intruder')).status, 404);
  });

  it('and a body over the limit is refused as anywhere', async () => {
    const { status } = await raw(deployment.publicOrigin, 'POST', '/admin/clients', {}, 'x'.repeat(1024 * 1024 + 1));
    assert.equal(status, 413);
  });
});

describe('pages of other origins have no part in the admin API of the public listener', () => {
  const cors = (headers: Record<string, unknown>) => Object.keys(headers).filter((name) => name.startsWith('access-'));
  const preflight = {
    origin: ORIGIN,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'authorization',
  };

  it('though CORS is on for the rest', async () => {
    const { headers } = await raw(deployment.publicOrigin, 'OPTIONS', '/oauth2/token', preflight);
    assert.equal(headers['access-control-allow-origin'], ORIGIN);
  });

  it('whether they ask first or not', async () => {
    const { host } = new URL(deployment.publicOrigin);
    for (const path of [
      ...['/admin', '/admin/clients', '/admin/clients/app', '/%61dmin/clients/app', '/admin/health/alive', '/admin/x'],
      `http://${host}/admin/clients/app`,
    ]) {
      const asked = await raw(deployment.publicOrigin, 'OPTIONS', path, preflight);
      assert.deepEqual(cors(asked.headers), [], path);
      assert.ok(asked.status > 204, `${path} answered ${asked.status}`);
      for (const method of ['GET', 'PUT', 'POST', 'DELETE'].filter((name) => name !== 'DELETE' || path.endsWith('x'))) {
        const headers = { origin: ORIGIN, authorization: `Bearer ${key}` };
        const answered = await raw(deployment.publicOrigin, method, path, headers);
        assert.deepEqual(cors(answered.headers), [], `${method} ${path}`);
      }
    }
  });
});

describe('the time of a refusal', () => {
  const ROUNDS = 60;
  const NOISE = 1.6;
  const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

  it('does not tell a key that was revoked from one that never was', async () => {
    const revoked = await createApiKey(running.server, { name: 'old', scopes: ['clients:read'], expires_at: null });
    await write(running.server, (tx) => revokeApiKey(tx, revoked.row.id, 1));
    const unknown = `gh_key_${'A'.repeat(43)}`;
    const times = new Map<string, number[]>([revoked.key, unknown].map((guess) => [guess, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [guess, taken] of times) {
        const started = performance.now();
        const headers = { authorization: `Bearer ${guess}` };
        assert.equal((await fetch(`${deployment.adminOrigin}/admin/clients`, { headers })).status, 401);
        taken.push(performance.now() - started);
      }
    }
    const [one = 0, other = 0] = [...times.values()].map(median);
    assert.ok(Math.max(one / other, other / one) < NOISE, `${one} ms and ${other} ms`);
  });
});
