import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Cors, type CorsSettings } from '../../src/http/cors.ts';
import type { Request } from '../../src/http/request.ts';

const SETTINGS: CorsSettings = {
  enabled: true,
  allowed_origins: ['https://app.example.com'],
  allowed_methods: ['GET', 'POST'],
  allowed_headers: ['Authorization', 'Content-Type'],
  exposed_headers: ['Cache-Control'],
  allow_credentials: true,
  options_passthrough: false,
  max_age: 0,
};

type Case = {
  readonly settings?: Partial<CorsSettings>;
  readonly allow_unbounded?: boolean;
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ofClient?: readonly string[];
};

async function answer({ settings, allow_unbounded = false, method = 'POST', headers, ofClient }: Case) {
  const request: Request = {
    method,
    path: '/',
    query: '',
    params: {},
    headers,
    remote_address: '127.0.0.1',
    body: Buffer.alloc(0),
  };
  const cors = new Cors({ ...SETTINGS, ...settings }, allow_unbounded);
  const next = async () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'answer' });
  return cors.answer(request, next, ofClient && (async () => ofClient));
}

const allowedOrigin = async (one: Case) => (await answer(one)).headers['access-control-allow-origin'];

const PREFLIGHT = {
  origin: 'https://app.example.com',
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization, content-type',
};

describe('Fetch 3.3.3: preflight', () => {
  it('grants what was asked for, and does not ask the endpoint', async () => {
    const { status, headers, body } = await answer({
      method: 'OPTIONS',
      headers: PREFLIGHT,
      settings: { max_age: 600 },
    });
    assert.deepEqual([status, body], [204, '']);
    assert.deepEqual(headers, {
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-max-age': '600',
    });
  });

  const refused: Record<string, Record<string, string>> = {
    'another origin': { ...PREFLIGHT, origin: 'https://evil.example' },
    'another method': { ...PREFLIGHT, 'access-control-request-method': 'DELETE' },
    'another header': { ...PREFLIGHT, 'access-control-request-headers': 'x-other' },
    'no origin': { 'access-control-request-method': 'POST' },
  };
  for (const [what, headers] of Object.entries(refused)) {
    it(`grants nothing for ${what}`, async () => {
      const { status, headers: granted } = await answer({ method: 'OPTIONS', headers });
      assert.equal(status, 204);
      assert.deepEqual(Object.keys(granted), ['vary']);
    });
  }

  it('is handed on where the configuration says so', async () => {
    const { status, headers } = await answer({
      method: 'OPTIONS',
      headers: PREFLIGHT,
      settings: { options_passthrough: true },
    });
    assert.equal(status, 200);
    assert.equal(headers['access-control-allow-methods'], 'POST');
  });

  it('says nothing for origins that only a client has', async () => {
    const { headers } = await answer({
      method: 'OPTIONS',
      headers: { ...PREFLIGHT, origin: 'https://client.example' },
      ofClient: ['https://client.example'],
    });
    assert.deepEqual(Object.keys(headers), ['vary']);
  });
});

describe('Fetch 3.3: an answer', () => {
  it('names its origin, never all of them', async () => {
    const { status, headers, body } = await answer({
      headers: { origin: 'https://app.example.com' },
      settings: { allowed_origins: ['*'] },
    });
    assert.deepEqual([status, body], [200, 'answer']);
    assert.deepEqual(headers, {
      'content-type': 'text/plain',
      vary: 'Origin',
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'Cache-Control',
    });
  });

  it('operations.md H16: carries no credentials where nobody named an origin', async () => {
    const { headers } = await answer({ headers: { origin: 'https://any.example' }, settings: { allowed_origins: [] } });
    assert.equal(headers['access-control-allow-origin'], 'https://any.example');
    assert.equal(headers['access-control-allow-credentials'], undefined);
  });

  it('varies by origin also without one', async () => {
    assert.deepEqual((await answer({ headers: {} })).headers, { 'content-type': 'text/plain', vary: 'Origin' });
  });

  const origins: readonly (readonly [pattern: string, origin: string, isAllowed: boolean])[] = [
    ['https://*.example.org', 'https://a.example.org', true],
    ['https://*.example.org', 'https://a.b.example.org', true],
    ['https://*.example.org', 'https://example.org', false],
    ['https://*.example.org', 'http://a.example.org', false],
    ['https://*.example.org', 'https://a.example.org.evil.example', false],
    ['https://*.example.org', 'https://evilexample.org', false],
    ['HTTPS://App.Example.org', 'https://app.example.org', true],
    ['https://*foo.com', 'https://evilfoo.com', false],
    ['https://*.com', 'https://evil.com', false],
    ['https://*.co.uk', 'https://evil.co.uk', false],
    ['https://www.example.*', 'https://www.example.evil', false],
    ['https://app.example.com', 'null', false],
  ];
  for (const [pattern, origin, isAllowed] of origins) {
    it(`${isAllowed ? 'allows' : 'refuses'} ${origin} by ${pattern}`, async () => {
      const allowed = await allowedOrigin({ headers: { origin }, settings: { allowed_origins: [pattern] } });
      assert.equal(allowed, isAllowed ? origin : undefined);
    });
  }

  it('follows a wildcard over domains of others where the operator insists', async () => {
    const settings = { allowed_origins: ['https://*foo.com'] };
    const headers = { origin: 'https://myfoo.com' };
    assert.equal(await allowedOrigin({ headers, settings, allow_unbounded: true }), 'https://myfoo.com');
  });
});

describe('Origins of a client', () => {
  const origins: readonly (readonly [registered: string, origin: string, isAllowed: boolean])[] = [
    ['https://client.example', 'https://client.example', true],
    ['https://client.example', 'https://other.example', false],
    ['https://*.client.example', 'https://a.client.example', true],
    ['https://*.client.example', 'https://a.b.client.example', false],
    ['https://**.client.example', 'https://a.b.client.example', true],
    ['https://*', 'https://whoever.example', true],
    ['https://*', 'http://whoever.example', false],
    ['*', 'http://whoever.example', true],
    ['https://*.com', 'https://evil.com', false],
  ];
  for (const [registered, origin, isAllowed] of origins) {
    it(`${isAllowed ? 'allow' : 'refuse'} ${origin} by ${registered}`, async () => {
      const allowed = await allowedOrigin({ headers: { origin }, ofClient: [registered] });
      assert.equal(allowed, isAllowed ? origin : undefined);
    });
  }

  it('have no say where clients are not asked', async () => {
    assert.equal(await allowedOrigin({ headers: { origin: 'https://client.example' } }), undefined);
  });
});
