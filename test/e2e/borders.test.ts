import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { startDeployment } from './deployment.ts';
import { CREDENTIALS, type Deployment } from './flow.ts';
import { raw } from './raw.ts';

let deployment: Deployment;
let close: () => Promise<void>;

before(async () => {
  const cors = { enabled: true, allowed_origins: ['https://app.example.com'] };
  ({ deployment, close } = await startDeployment({
    storage: 'memory',
    config: {
      serve: { public: { host: '127.0.0.1', port: 0, cors }, admin: { host: '127.0.0.1', port: 0 } },
      urls: {
        self: { issuer: 'http://issuer.test/tenant/' },
        login: 'https://apps.example.com/login',
        consent: 'https://apps.example.com/consent',
        error: 'https://apps.example.com/error',
      },
      webfinger: {
        oidc_discovery: {
          token_url: 'https://edge.example.com/token',
          supported_scope: ['profile'],
          supported_claims: ['email'],
        },
      },
    },
  }));
  await deployment.createClient({ allowed_cors_origins: ['https://client.example'] });
});
after(() => close());

const onPublic = (path: string, headers?: Record<string, string>) => raw(deployment.publicOrigin, 'GET', path, headers);
const onAdmin = (path: string) => raw(deployment.adminOrigin, 'GET', path);

describe('Paths', () => {
  it('an unclean path of the public listener leads to the clean one, with its query', async () => {
    const { status, headers } = await onPublic('/oauth2//auth?client_id=app&x=%2F%2Fy');
    assert.deepEqual([status, headers.location], [307, '/oauth2/auth?client_id=app&x=%2F%2Fy']);
  });

  it('an unclean path of the admin listener leads somewhere only where there is something', async () => {
    const { status, headers } = await onAdmin('/admin//clients?page_size=1');
    assert.deepEqual([status, headers.location], [307, '/admin/clients?page_size=1']);
    assert.equal((await onAdmin('//admin/clients')).status, 404);
    assert.equal((await onAdmin('/admin/x/../nothing')).status, 404);
  });

  it('an escaped slash at the end counts as one', async () => {
    assert.equal((await onPublic('/health/alive%2F')).status, 200);
    assert.equal((await onPublic('/health/alive/')).status, 200);
    assert.equal((await onAdmin('/admin/version%2f?x=%2f')).status, 200);
  });

  it('RFC 9112 3.2.2: a request that names the whole address is one for its path', async () => {
    assert.equal((await onPublic('http://other.example/health/alive')).status, 200);
    assert.equal((await onAdmin('HTTP://other.example:1/clients?page_size=1')).status, 200);
    for (const path of ['http://other.example/nothing', 'http://other.example', 'http://other.example?x=1']) {
      const { status, headers } = await onPublic(path);
      assert.deepEqual([status, headers.location], [404, undefined], path);
    }
  });

  it('the root does not lead to itself', async () => {
    const { status, headers } = await onPublic('/');
    assert.deepEqual([status, headers.location], [404, undefined]);
  });
});

describe('Introspection', () => {
  it('RFC 7662 4: is not for the public', async () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const path of ['/oauth2/introspect', '/admin/oauth2/introspect']) {
      assert.equal((await raw(deployment.publicOrigin, 'POST', path, type, 'token=x')).status, 404);
    }
    assert.equal((await raw(deployment.adminOrigin, 'POST', '/oauth2/introspect', type, 'token=x')).status, 200);
  });
});

describe('Bearer tokens', () => {
  it('RFC 6750 2.2: a GET has no body to look for a token in', async () => {
    const form = { grant_type: 'client_credentials', ...CREDENTIALS };
    const body = new URLSearchParams({ access_token: String((await deployment.token(form)).body.access_token) });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    assert.equal((await raw(deployment.publicOrigin, 'POST', '/userinfo', headers, body.toString())).status, 200);
    const length = { ...headers, 'content-length': String(body.toString().length) };
    assert.equal((await raw(deployment.publicOrigin, 'GET', '/userinfo', length, body.toString())).status, 401);
  });
});

describe('Cross-origin requests', () => {
  const allowedAt = async (path: string, init: RequestInit) =>
    (await fetch(`${deployment.publicOrigin}${path}`, init)).headers.get('access-control-allow-origin');
  const origin = 'https://client.example';

  it('a client speaks for its origins by form, by credentials and by token', async () => {
    const form = { grant_type: 'client_credentials', ...CREDENTIALS };
    const headers = { origin, 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams(form).toString();
    assert.equal(await allowedAt('/oauth2/token', { method: 'POST', headers, body }), origin);
    const authorization = `Basic ${Buffer.from('app:wrong').toString('base64')}`;
    assert.equal(
      await allowedAt('/oauth2/revoke', { method: 'POST', headers: { ...headers, authorization }, body: 'token=x' }),
      origin,
    );
    const { access_token } = (await deployment.token(form)).body;
    assert.equal(
      await allowedAt('/userinfo', { headers: { origin, authorization: `Bearer ${access_token}` } }),
      origin,
    );
    assert.equal(await allowedAt('/userinfo', { headers: { origin, authorization: 'Bearer nobody' } }), null);
    assert.equal(await allowedAt('/oauth2/token', { method: 'POST', headers, body: 'client_id=nobody' }), null);
    assert.equal(await allowedAt('/oauth2/token', { method: 'POST', headers, body: 'client_id=%zz' }), null);
  });

  it('a client has no say at the pages', async () => {
    assert.equal(await allowedAt('/oauth2/auth?client_id=app', { headers: { origin }, redirect: 'manual' }), null);
    assert.equal(
      await allowedAt('/nothing', { headers: { origin: 'https://app.example.com' } }),
      'https://app.example.com',
    );
  });

  it('a listener with CORS off says nothing', async () => {
    const answer = await fetch(`${deployment.adminOrigin}/admin/clients/app`, { headers: { origin } });
    assert.deepEqual([answer.headers.get('vary'), answer.headers.get('access-control-allow-origin')], [null, null]);
  });
});

describe('Discovery', () => {
  it('RFC 8414 3.1: the metadata of an issuer with a path stands behind the well-known part', async () => {
    for (const wellKnown of ['oauth-authorization-server', 'openid-configuration']) {
      const answer = await fetch(`${deployment.publicOrigin}/.well-known/${wellKnown}/tenant`);
      assert.equal(answer.status, 200);
      const { issuer } = (await answer.json()) as { issuer: string };
      assert.equal(issuer, 'http://issuer.test/tenant/');
    }
    const other = await fetch(`${deployment.publicOrigin}/.well-known/oauth-authorization-server/other`);
    assert.equal(other.status, 404);
  });

  it('tells the addresses and the words of the configuration', async () => {
    const answer = await fetch(`${deployment.publicOrigin}/.well-known/openid-configuration`);
    const document = (await answer.json()) as Record<string, unknown>;
    assert.equal(document.token_endpoint, 'https://edge.example.com/token');
    assert.equal(document.authorization_endpoint, 'http://issuer.test/tenant/oauth2/auth');
    assert.deepEqual(document.scopes_supported, ['offline_access', 'offline', 'openid', 'profile']);
    assert.deepEqual(document.claims_supported, ['sub', 'email']);
  });
});

describe('Metrics', () => {
  it('count answers by the pattern of their route', async () => {
    await fetch(`${deployment.adminOrigin}/admin/clients/app`);
    await fetch(`${deployment.adminOrigin}/admin/clients/nobody`);
    const answer = await fetch(`${deployment.adminOrigin}/metrics/prometheus`);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4; charset=utf-8/);
    const text = await answer.text();
    assert.match(
      text,
      /^http_requests_total\{code="200",method="get",endpoint="\/admin\/clients\/\{param\}",app="hydra"/m,
    );
    assert.match(text, /^http_requests_total\{code="404",method="get",endpoint="\/admin\/clients\/\{param\}".*\} 1$/m);
    assert.match(text, /^http_requests_statuses_total\{method="get",status_bucket="4xx".*\} \d+$/m);
    assert.match(
      text,
      /^http_response_time_seconds_bucket\{endpoint="\/admin\/clients\/\{param\}".*le="\+Inf"\} \d+$/m,
    );
    assert.match(text, /^http_response_size_bytes_sum\{code="200",method="get".*\} [1-9]\d+$/m);
    assert.match(text, /^process_cpu_seconds_total\{.*app="hydra".*\} /m);
    assert.doesNotMatch(text, /nobody/);
  });

  it('are not for the public', async () => {
    assert.equal((await onPublic('/metrics/prometheus')).status, 404);
  });
});

describe('Sizes', () => {
  it('a body over the limit is refused with 413 and says so', async () => {
    const answer = await fetch(`${deployment.publicOrigin}/oauth2/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `token=${'x'.repeat(1024 * 1024)}`,
    });
    assert.equal(answer.status, 413);
    assert.equal(((await answer.json()) as { error: string }).error, 'invalid_request');
  });

  it('a header over the limit is refused with 431 and says so', async () => {
    const { status, body } = await onPublic('/health/alive', { 'x-long': 'x'.repeat(70_000) });
    assert.equal(status, 431);
    assert.match(JSON.parse(body).error_description, /longer than this server accepts/);
  });

  it('what is not HTTP is refused with 400 and ends the connection', async () => {
    const { hostname, port } = new URL(deployment.publicOrigin);
    const socket = connect(Number(port), hostname, () => socket.write('BREW coffee\r\n\r\n'));
    const text = await new Promise<string>((resolve, reject) => {
      let all = '';
      socket.on('data', (chunk) => {
        all += chunk;
      });
      socket.on('end', () => resolve(all));
      socket.on('error', reject);
    });
    assert.match(text, /^HTTP\/1\.1 400 Bad Request\r\n/);
    const [head = '', body = ''] = text.split('\r\n\r\n');
    assert.match(head, /connection: close/);
    assert.equal(JSON.parse(body).error, 'invalid_request');
  });

  for (const type of ['false', 'application', 'a b/c', '/', ',']) {
    it(`a content type like ${JSON.stringify(type)} is none, and refuses nobody`, async () => {
      const { status } = await raw(deployment.adminOrigin, 'POST', '/admin/clients', { 'content-type': type }, '{}');
      assert.equal(status, 201);
    });
  }
});
