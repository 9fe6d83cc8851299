import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startDeployment } from '../e2e/deployment.ts';
import { type Deployment, type Json, REDIRECT_URI } from '../e2e/flow.ts';
import { makeSigner, type Signer } from '../e2e/jose.ts';
import { raw } from '../e2e/raw.ts';

let deployment: Deployment;
let signer: Signer;
let close: () => Promise<void>;

before(async () => {
  ({ deployment, close } = await startDeployment({ storage: 'memory' }));
  signer = await makeSigner('ES256', 'a-key');
  await deployment.createClient();
});
after(() => close());

const toldBy = ({ status, body }: { status: number; body: Json }) => [status, body.error];

const form = { 'content-type': 'application/x-www-form-urlencoded' };

async function posted(headers: Record<string, string>, body: Record<string, string>) {
  const text = new URLSearchParams(body).toString();
  const answer = await raw(deployment.publicOrigin, 'POST', '/oauth2/token', { ...form, ...headers }, text);
  return toldBy({ status: answer.status, body: JSON.parse(answer.body) });
}

describe('The character NUL, which PostgreSQL cannot look for', () => {
  it('is in no path', async () => {
    for (const path of ['/admin/clients/%00', '/admin/keys/a%00b', '/admin/trust/grants/jwt-bearer/issuers/%00']) {
      assert.equal((await raw(deployment.adminOrigin, 'GET', path)).status, 404, path);
    }
    assert.equal((await raw(deployment.publicOrigin, 'GET', '/oauth2/register/%00')).status, 404);
  });

  it('is in no credentials of the header', async () => {
    const authorization = `Basic ${Buffer.from('app\0:app-secret').toString('base64')}`;
    assert.deepEqual(await posted({ authorization }, { grant_type: 'client_credentials' }), [400, 'invalid_request']);
  });

  it('is in no assertion', async () => {
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const client_assertion = await signer.sign({ sub: 'app\0', iss: 'app\0' });
    const sent = { grant_type: 'client_credentials', client_assertion_type, client_assertion };
    assert.deepEqual(await posted({}, sent), [401, 'invalid_client']);
  });
});

describe('JSON', () => {
  const deep = `${'['.repeat(6_000)}${']'.repeat(6_000)}`;

  it('that is nested too deeply to be written again is refused, not a fault', async () => {
    const answer = await raw(deployment.adminOrigin, 'POST', '/admin/clients', {}, `{"metadata":${deep}}`);
    assert.equal(answer.status, 400);
    assert.match(answer.body, /more than 64 levels/);
  });

  it('with names that every object inherits names no type of key', async () => {
    for (const kty of ['constructor', '__proto__', 'toString']) {
      const answer = await deployment.admin('PUT', '/admin/keys/a-set/a-key', { kty });
      assert.equal(answer.status, 400, kty);
    }
  });
});

describe('Keys', () => {
  it('RFC 7517 4: have members of the types that relying parties expect, and null is none', async () => {
    const put = (more: Json) => deployment.admin('PUT', '/admin/keys/typed/a-key', { ...signer.jwk, ...more });
    for (const more of [{ x5c: 'text' }, { x5c: [1] }, { x5u: 7 }, { 'x5t#S256': {} }, { n: 1 }, { kid: ['a'] }]) {
      assert.equal((await put(more)).status, 400, JSON.stringify(more));
    }
    const { status, body } = await put({ x5c: null, use: null });
    assert.deepEqual([status, 'x5c' in body, 'use' in body], [200, false, false]);
  });

  it('and sets have names that every database keeps whole', async () => {
    const long = 'k'.repeat(256);
    const tries = [
      deployment.admin('POST', `/admin/keys/${long}`, { alg: 'ES256' }),
      deployment.admin('PUT', `/admin/keys/${long}`, { keys: [] }),
      deployment.admin('PUT', `/admin/keys/${long}/k`, signer.jwk),
      deployment.admin('PUT', '/admin/keys/a-set/k', { ...signer.jwk, kid: long }),
      deployment.admin('POST', '/admin/keys/a-set', { alg: 'ES256', kid: long }),
    ];
    for (const { status } of await Promise.all(tries)) assert.equal(status, 400);
    assert.equal((await deployment.admin('GET', `/admin/keys/${long}`)).status, 404);
    const kid = '🔑'.repeat(255);
    const { status } = await deployment.admin('POST', `/admin/keys/${encodeURIComponent(kid)}`, { alg: 'ES256', kid });
    assert.equal(status, 201, 'characters are counted as databases do');
  });
});

describe('Times', () => {
  const accept = async (remember_for: number) => {
    const browser = deployment.browser();
    const { location } = await browser.get(deployment.authorizeUrl());
    const login_challenge = location.searchParams.get('login_challenge') ?? assert.fail();
    const path = `/admin/oauth2/auth/requests/login/accept?${new URLSearchParams({ login_challenge })}`;
    const answer = await deployment.admin('PUT', path, { subject: 'ada', remember: true, remember_for });
    return { browser, answer };
  };

  it('that no number holds to the last second are refused', async () => {
    for (const remember_for of [2 ** 63, 1e300, -1e300, 0.5]) {
      assert.deepEqual(toldBy((await accept(remember_for)).answer), [400, 'invalid_request'], `${remember_for}`);
    }
  });

  it('beyond every calendar are stored, read again, and give a cookie a date', async () => {
    const { browser, answer } = await accept(Number.MAX_SAFE_INTEGER);
    const second = await browser.get(String(answer.body.redirect_to));
    const cookies = second.headers.getSetCookie().join();
    assert.doesNotMatch(cookies, /Invalid/);
    assert.match(cookies, /Max-Age=9007199254740991/);
    const consent_challenge = second.location.searchParams.get('consent_challenge') ?? assert.fail();
    const remember = { remember: true, remember_for: Number.MAX_SAFE_INTEGER };
    const third = await browser.get(await deployment.acceptConsent(consent_challenge, remember));
    assert.match(third.location.href, /[?&]code=/);
    const again = await browser.get(deployment.authorizeUrl({ prompt: 'none' }));
    assert.ok(again.location.searchParams.has('login_challenge'), again.location.href);
    const { status } = await deployment.admin('GET', '/admin/oauth2/auth/sessions/consent?subject=ada');
    assert.equal(status, 200);
  });
});

it('RFC 6749 4.1.2.1: a description repeats what the client sent only as far as a header carries it', async () => {
  const scope = 'x'.repeat(20_000);
  const query = {
    client_id: 'app',
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    state: 'state-0123456789',
    scope,
  };
  const { location } = await deployment.browser().get(`/oauth2/auth?${new URLSearchParams(query)}`);
  assert.equal(location.searchParams.get('error'), 'invalid_scope');
  assert.ok((location.searchParams.get('error_description') ?? '').length < 1_100);
});
