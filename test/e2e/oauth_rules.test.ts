import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startDeployment } from './deployment.ts';
import { CREDENTIALS, type Deployment, type Json, REDIRECT_URI } from './flow.ts';

let deployment: Deployment;
let close: () => Promise<void>;
let advance: (seconds: number) => void;

before(async () => {
  ({ deployment, close, advance } = await startDeployment({ storage: 'memory' }));
  await deployment.createClient();
  await deployment.createClient({ client_id: 'other', client_secret: 'other-secret' });
  await deployment.createClient({
    client_id: 'app+with space:colon',
    client_secret: 'se%cret+with space&',
    token_endpoint_auth_method: 'client_secret_basic',
  });
});
after(() => close());

const at = (path: string) => `${deployment.publicOrigin}${path}`;
const MACHINE = { ...CREDENTIALS, grant_type: 'client_credentials' };

async function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(at(path), { method: 'POST', headers, body: new URLSearchParams(form) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Json };
}

describe('requests (RFC 6749 sections 2 and 3)', () => {
  it('RFC 6749 2.3.1, appendix B: credentials in the header are form-urlencoded', async () => {
    const encoded = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
    const credentials = `${encoded('app+with space:colon')}:${encoded('se%cret+with space&')}`;
    const authorization = `Basic ${btoa(credentials)}`;
    assert.equal((await post('/oauth2/token', { grant_type: 'client_credentials' }, { authorization })).status, 200);
    const raw = `Basic ${btoa('app+with space:colon:se%cret+with space&')}`;
    const refused = await post('/oauth2/token', { grant_type: 'client_credentials' }, { authorization: raw });
    assert.ok([400, 401].includes(refused.status));
  });

  it('RFC 6749 2.3: a client does not use two methods in one request, be they right or wrong', async () => {
    const authorization = `Basic ${btoa('app%2Bwith+space%3Acolon:se%25cret%2Bwith+space%26')}`;
    const form = { grant_type: 'client_credentials' };
    assert.equal((await post('/oauth2/token', form, { authorization })).status, 200);
    const both = await post('/oauth2/token', { ...MACHINE, ...form }, { authorization });
    assert.deepEqual([both.status, both.body.error], [401, 'invalid_client']);
    assert.match(String(both.body.error_description), /uses both/);
  });

  it('RFC 6749 2.3.1: a secret in the URL is not looked at', async () => {
    const { status, body } = await post(`/oauth2/token?${new URLSearchParams(MACHINE)}`, {
      grant_type: 'client_credentials',
    });
    assert.deepEqual([status, body.error], [400, 'invalid_request']);
  });

  it('RFC 6749 3.1: the authorization endpoint takes GET, and POST with a form', async () => {
    const [path = '', query = ''] = deployment.authorizeUrl().split('?');
    assert.ok((await deployment.browser().get(`${path}?${query}`)).location.searchParams.has('login_challenge'));
    const posted = await deployment.browser().post(path, Object.fromEntries(new URLSearchParams(query)));
    assert.equal(posted.status, 302);
    assert.ok(posted.location.searchParams.has('login_challenge'));
  });

  it('RFC 6749 3.1, 3.2: an unknown parameter is ignored, and one without a value is not there', async () => {
    const answer = await deployment.authorize({ parameters: { unknown: 'x', nonce: '', max_age: '', prompt: '' } });
    assert.ok(answer.searchParams.has('code'));
    const { status } = await post('/oauth2/token', { ...MACHINE, unknown: 'x', scope: '' });
    assert.equal(status, 200);
    const { body } = await post('/oauth2/token', { ...MACHINE, grant_type: '' });
    assert.equal(body.error, 'invalid_request');
  });

  it('RFC 6749 3.1.2.3: the only registered redirect URI may be left out, one of several may not', async () => {
    await deployment.createClient({ client_id: 'two', redirect_uris: [REDIRECT_URI, 'https://app.example.com/2'] });
    const request = { redirect_uri: '', scope: 'offline_access' };
    const one = await deployment.authorize({ parameters: request, consent: { grant_scope: ['offline_access'] } });
    assert.equal(one.origin + one.pathname, REDIRECT_URI);
    const { body } = await deployment.token({
      ...CREDENTIALS,
      grant_type: 'authorization_code',
      code: one.searchParams.get('code') ?? '',
    });
    assert.ok(body.access_token);
    const two = await deployment.authorize({ parameters: { ...request, client_id: 'two' } });
    assert.equal(two.origin, 'https://apps.example.com');
    assert.equal(two.searchParams.get('error'), 'invalid_request');
  });

  it('RFC 6749 3.2: the token endpoint takes POST alone, and forms alone', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const query = new URLSearchParams(MACHINE);
      assert.equal((await fetch(at(`/oauth2/token?${query}`), { method })).status, 404);
    }
    const response = await fetch(at('/oauth2/token'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(MACHINE),
    });
    assert.equal(response.status, 400);
    assert.equal(((await response.json()) as Json).error, 'invalid_request');
  });

  it('RFC 6749 3.3: the answer names the scope that was granted', async () => {
    const answer = await deployment.authorize({
      parameters: { scope: 'openid offline_access read profile' },
      consent: { grant_scope: ['openid', 'read'] },
    });
    assert.equal(answer.searchParams.get('scope'), 'openid read');
    const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '');
    assert.equal(body.scope, 'openid read');
    assert.equal(body.refresh_token, undefined);
  });
});

describe('answers (RFC 6749 section 5)', () => {
  it('RFC 6749 5.1: are JSON, with the token, its type and its life', async () => {
    const { status, headers, body } = await post('/oauth2/token', { ...MACHINE, scope: 'read' });
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    assert.match(String(body.access_token), /^[\x20-\x7e]+$/);
    assert.equal(String(body.token_type).toLowerCase(), 'bearer');
    assert.equal(body.expires_in, 3599);
    assert.equal(body.scope, 'read');
  });

  const errors: Record<string, readonly [form: Record<string, string>, status: number, error: string]> = {
    'no grant type': [{ ...CREDENTIALS }, 400, 'invalid_request'],
    'an unknown grant type': [{ ...CREDENTIALS, grant_type: 'unknown' }, 400, 'invalid_request'],
    'a wrong secret': [{ ...MACHINE, client_secret: 'wrong' }, 401, 'invalid_client'],
    'a scope that is not registered': [{ ...MACHINE, scope: 'admin' }, 400, 'invalid_scope'],
    'a code that is none': [{ ...CREDENTIALS, grant_type: 'authorization_code', code: 'x' }, 400, 'invalid_grant'],
    'a refresh token that is none': [
      { ...CREDENTIALS, grant_type: 'refresh_token', refresh_token: 'x' },
      400,
      'invalid_grant',
    ],
  };
  for (const [what, [form, status, error]] of Object.entries(errors)) {
    it(`RFC 6749 5.2: ${what} is answered with ${error}`, async () => {
      const answer = await post('/oauth2/token', form);
      assert.deepEqual([answer.status, answer.body.error], [status, error]);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
      assert.match(String(answer.body.error_description), /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/);
    });
  }

  it('RFC 6749 5.2: a grant that the client may not use is unauthorized_client', async () => {
    await deployment.createClient({
      client_id: 'no-grants',
      client_secret: 'a-secret',
      grant_types: ['authorization_code'],
    });
    const { status, body } = await post('/oauth2/token', {
      client_id: 'no-grants',
      client_secret: 'a-secret',
      grant_type: 'client_credentials',
    });
    assert.deepEqual([status, body.error], [400, 'unauthorized_client']);
  });

  it('RFC 6749 6: a refreshed token never has more scope than was granted, nor than the client may still have', async () => {
    await deployment.createClient({ client_id: 'shrinking', audience: ['https://api.example'] });
    const request = { client_id: 'shrinking', scope: 'openid offline_access read', audience: 'https://api.example' };
    const grant_scope = ['openid', 'offline_access', 'read'];
    const grant = { grant_scope, grant_access_token_audience: ['https://api.example'] };
    const answer = await deployment.authorize({ parameters: request, consent: grant });
    const owner = { client_id: 'shrinking' };
    const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '', owner);
    const wider = await deployment.refresh(body.refresh_token, { ...owner, scope: `${request.scope} profile email` });
    assert.deepEqual([wider.status, wider.body.scope], [200, request.scope]);
    const change = (op: object) => deployment.admin('PATCH', '/admin/clients/shrinking', [op]);
    await change({ op: 'replace', path: '/audience', value: [] });
    const noAudience = await deployment.refresh(wider.body.refresh_token, owner);
    assert.deepEqual([noAudience.status, noAudience.body.error], [400, 'invalid_request']);
    await change({ op: 'replace', path: '/scope', value: 'openid offline_access' });
    const noScope = await deployment.refresh(wider.body.refresh_token, owner);
    assert.deepEqual([noScope.status, noScope.body.error], [400, 'invalid_scope']);
  });

  it('RFC 9700 4.12: the answer to a client is a 303, and not for caches', async () => {
    const browser = deployment.browser();
    const { status, headers } = await browser.get(deployment.authorizeUrl({ prompt: 'none' }));
    assert.equal(status, 303);
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  it('RFC 8252 7.1: an app on a device is answered at its own scheme', async () => {
    await deployment.createClient({
      client_id: 'native',
      client_secret: '',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['com.example.app:/cb'],
    });
    const answer = await deployment.authorize({
      parameters: { client_id: 'native', redirect_uri: 'com.example.app:/cb' },
    });
    assert.equal(answer.protocol, 'com.example.app:');
    assert.ok(answer.searchParams.get('code'));
  });
});

describe('bearer tokens (RFC 6750)', () => {
  const statusOf = async (response: Promise<Response>) => (await response).status;

  it('RFC 6750 2: come in the header, in the form, or in the query; then caches are private', async () => {
    const { access_token } = await deployment.login();
    const authorization = `Bearer ${access_token}`;
    assert.equal(await statusOf(fetch(at('/userinfo'), { headers: { authorization } })), 200);
    assert.equal(await statusOf(fetch(at('/userinfo'), { headers: { authorization: `bearer ${access_token}` } })), 200);
    assert.equal((await post('/userinfo', { access_token: String(access_token) })).status, 200);
    const inQuery = await fetch(at(`/userinfo?${new URLSearchParams({ access_token: String(access_token) })}`));
    assert.equal(inQuery.status, 200);
    assert.match(inQuery.headers.get('cache-control') ?? '', /private/);
    const asJson = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"access_token":"${access_token}"}`,
    };
    assert.equal(await statusOf(fetch(at('/userinfo'), asJson)), 401);
  });

  it('RFC 6750 3.1: an expired or revoked token is refused with a challenge', async () => {
    const { access_token } = await deployment.login();
    const ask = () => fetch(at('/userinfo'), { headers: { authorization: `Bearer ${access_token}` } });
    assert.equal((await ask()).status, 200);
    advance(3600);
    const expired = await ask();
    assert.equal(expired.status, 401);
    assert.match(expired.headers.get('www-authenticate') ?? '', /^Bearer error="invalid_token"/);
    const revoked = String((await deployment.login()).access_token);
    await post('/oauth2/revoke', { ...CREDENTIALS, token: revoked });
    const answer = await fetch(at('/userinfo'), { headers: { authorization: `Bearer ${revoked}` } });
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer error=/);
  });
});

describe('revocation (RFC 7009)', () => {
  const revoke = (token: unknown, form: Record<string, string> = {}) =>
    post('/oauth2/revoke', { ...CREDENTIALS, token: String(token), ...form });

  it('RFC 7009 2.1: a client authenticates, and cannot revoke what belongs to another', async () => {
    const { access_token } = await deployment.login();
    const wrong = await revoke(access_token, { client_secret: 'wrong' });
    assert.deepEqual([wrong.status, wrong.body.error], [401, 'invalid_client']);
    await revoke(access_token, { client_id: 'other', client_secret: 'other-secret' });
    assert.equal(await deployment.isActive(access_token), true);
  });

  it('RFC 7009 2.1: with a refresh token go its access tokens, and the other way round', async () => {
    for (const kind of ['refresh_token', 'access_token']) {
      const tokens = (await deployment.login()) as unknown as Json;
      assert.equal((await revoke(tokens[kind])).status, 200);
      assert.equal(await deployment.isActive(tokens.access_token), false);
      assert.equal((await deployment.refresh(tokens.refresh_token)).body.error, 'invalid_grant');
    }
  });

  it('RFC 7009 2.2: an unknown token, an unknown hint and a second time are no errors', async () => {
    const { access_token } = await deployment.login();
    assert.equal((await revoke('unknown')).status, 200);
    assert.equal((await revoke(access_token, { token_type_hint: 'unknown' })).status, 200);
    assert.equal(await deployment.isActive(access_token), false);
    assert.equal((await revoke(access_token)).status, 200);
  });

  it('RFC 7009 2.1: a hint that is wrong hides nothing', async () => {
    const { refresh_token } = await deployment.login();
    assert.equal((await revoke(refresh_token, { token_type_hint: 'access_token' })).status, 200);
    assert.equal((await deployment.refresh(refresh_token)).body.error, 'invalid_grant');
  });
});

describe('introspection (RFC 7662)', () => {
  it('RFC 7662 2.2: tells what it knows of access and refresh tokens', async () => {
    const { access_token, refresh_token } = await deployment.login();
    const access = await deployment.introspect(access_token);
    assert.deepEqual(
      [access.active, access.client_id, access.sub, access.token_use, access.iss, access.scope],
      [true, 'app', 'user-1', 'access_token', deployment.issuer, 'openid offline_access'],
    );
    for (const name of ['exp', 'iat', 'nbf']) assert.equal(typeof access[name], 'number');
    const refresh = await deployment.introspect(refresh_token);
    assert.deepEqual([refresh.active, refresh.token_use], [true, 'refresh_token']);
  });

  it('RFC 7662 2.2: tells of any other token that it is inactive, and nothing more', async () => {
    const code = await deployment.code();
    for (const token of ['unknown', code, 'x'.repeat(10_000), 'ory_at_a.b', 'a.b.c']) {
      assert.deepEqual(await deployment.introspect(token), { active: false });
    }
  });

  it('RFC 7662 2.1: takes POST with a form alone', async () => {
    const path = new URL('/admin/oauth2/introspect', deployment.adminOrigin);
    assert.equal((await fetch(path)).status, 405);
    const response = await fetch(path, { method: 'POST', body: '{"token":"x"}' });
    assert.equal(response.status, 400);
  });
});
