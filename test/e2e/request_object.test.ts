import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { startDeployment } from './deployment.ts';
import { type Deployment, type Json, REDIRECT_URI } from './flow.ts';

let deployment: Deployment;
let close: () => Promise<void>;
let advance: (seconds: number) => void;
let site: Server;
let origin: string;
/** What is at the address of the request object, and how often it was asked for. */
let published = '';
let asked: string[] = [];
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
const OTHER = 'https://app.example.com/other';

const now = () => Math.floor(deployment.now().getTime() / 1000);
const sign = (claims: JWTPayload) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(keys.privateKey);
const unsigned = (claims: JWTPayload) => new UnsecuredJWT(claims).encode();

before(async () => {
  site = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(request.url === '/keys' ? JSON.stringify({ keys: [jwk] }) : published);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  keys = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k', use: 'sig', alg: 'ES256' };
  ({ deployment, close, advance } = await startDeployment({ storage: 'memory' }));
  const redirect_uris = [REDIRECT_URI, OTHER];
  const request_uris = [`${origin}/object#v1`];
  await deployment.createClient({ redirect_uris, request_uris, jwks: { keys: [jwk] } });
  await deployment.createClient({ client_id: 'remote', jwks_uri: `${origin}/keys` });
  await deployment.createClient({ client_id: 'keyless' });
});
after(async () => {
  await close();
  site.closeAllConnections();
  site.close();
});

async function visit(parameters: Record<string, string>) {
  const browser = deployment.browser();
  const { location } = await browser.get(deployment.authorizeUrl(parameters));
  return { browser, location, login_challenge: location.searchParams.get('login_challenge') ?? '' };
}

const questionOf = async (kind: 'login' | 'consent', challenge: string): Promise<Json> => {
  const path = `/admin/oauth2/auth/requests/${kind}?${kind}_challenge=${challenge}`;
  const { status, body } = await deployment.admin('GET', path);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};

describe('OpenID Connect Core 6: a request object', () => {
  it('OpenID Connect Core 6.3.3: speaks louder than the parameters outside, on every visit, and in what is issued', async () => {
    const verifier = 'a-verifier-of-enough-characters-0123456789-abc';
    const request = await sign({
      state: 'state-from-object',
      scope: 'openid read',
      redirect_uri: OTHER,
      nonce: 'nonce-from-object',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      max_age: 3600,
      ui_locales: 'de fr',
    });
    const { browser, login_challenge } = await visit({ request, nonce: 'nonce-from-outside' });
    const login = await questionOf('login', login_challenge);
    assert.deepEqual(login.requested_scope, ['openid', 'read', 'offline_access']);
    assert.deepEqual(login.oidc_context, { ui_locales: ['de', 'fr'] });
    const sent = new URL(String(login.request_url)).searchParams;
    assert.equal(sent.get('request'), request, 'the request URL is the one that was sent');
    assert.equal(sent.get('state'), 'state-0123456789');

    const second = await browser.get(await deployment.acceptLogin(login_challenge));
    const consent_challenge = second.location.searchParams.get('consent_challenge') ?? assert.fail();
    assert.deepEqual((await questionOf('consent', consent_challenge)).requested_scope, login.requested_scope);
    const grant = { grant_scope: ['openid', 'read'], remember: true };
    const third = await browser.get(await deployment.acceptConsent(consent_challenge, grant));
    assert.equal(`${third.location.origin}${third.location.pathname}`, OTHER);
    assert.equal(third.location.searchParams.get('state'), 'state-from-object');

    const code = third.location.searchParams.get('code') ?? '';
    const form = { redirect_uri: OTHER, code_verifier: verifier };
    const { status, body } = await deployment.exchange(code, form);
    assert.equal(status, 200, JSON.stringify(body));
    const claims = JSON.parse(Buffer.from(String(body.id_token).split('.')[1] ?? '', 'base64url').toString());
    assert.equal(claims.nonce, 'nonce-from-object');
    const listed = await deployment.admin('GET', '/admin/oauth2/auth/sessions/consent?subject=user-1');
    const [session] = listed.body as unknown as { consent_request: Json }[];
    assert.deepEqual(session?.consent_request.requested_scope, login.requested_scope);
  });

  it('RFC 9101 5.2.3: at an address is fetched once, without the fragment, and may be gone when the browser returns', async () => {
    published = `${await sign({ state: 'state-from-address', exp: now() + 30 })}\n`;
    asked = [];
    const { browser, login_challenge } = await visit({ request_uri: `${origin}/object#v1` });
    published = await sign({ state: 'state-that-was-changed' });
    advance(60);
    const second = await browser.get(await deployment.acceptLogin(login_challenge));
    const consent_challenge = second.location.searchParams.get('consent_challenge') ?? assert.fail();
    const { location } = await browser.get(await deployment.acceptConsent(consent_challenge));
    assert.ok(location.searchParams.get('code'), String(location));
    assert.equal(location.searchParams.get('state'), 'state-from-address');
    assert.deepEqual(asked, ['/object']);
  });

  it('OpenID Connect Core 6.3.2: is verified with the keys at jwks_uri', async () => {
    asked = [];
    for (let i = 0; i < 2; i += 1) {
      const { location } = await visit({ client_id: 'remote', request: await sign({}) });
      assert.equal(location.pathname, '/login', String(location));
    }
    assert.deepEqual(asked, ['/keys']);
  });

  it('OpenID Connect Core 6.1: may be unsigned, where the client is registered for no algorithm', async () => {
    const { login_challenge } = await visit({ request: unsigned({ scope: 'openid email' }) });
    const { requested_scope } = await questionOf('login', login_challenge);
    assert.deepEqual(requested_scope, ['openid', 'email', 'offline_access']);
  });

  it('OpenID Connect Core 6.1: outside of a request with the scope openid is not looked at', async () => {
    asked = [];
    for (const parameters of [{ request: 'no object' }, { request_uri: `${origin}/object` }]) {
      const { location } = await visit({ ...parameters, scope: 'read' });
      assert.equal(location.pathname, '/login');
    }
    assert.deepEqual(asked, []);
  });

  it('without anything in it changes nothing, and where there is none nothing is kept', async () => {
    for (const parameters of [{ request: await sign({}) }, { request: '', request_uri: '' }]) {
      const answer = await deployment.authorize({ parameters });
      assert.ok(answer.searchParams.get('code'), String(answer));
      assert.equal(answer.searchParams.get('state'), 'state-0123456789');
    }
  });

  it('errors that it causes go where the parameters say, once those are known to be good', async () => {
    const good = await sign({ redirect_uri: OTHER, scope: 'openid nope', state: 'state-from-object' });
    const { location } = await visit({ request: good });
    assert.equal(`${location.origin}${location.pathname}`, OTHER);
    assert.equal(location.searchParams.get('error'), 'invalid_scope');
    assert.equal(location.searchParams.get('state'), 'state-from-object');
    const registration = await visit({ request: await sign({ registration: { client_name: 'x' } }) });
    assert.equal(registration.location.searchParams.get('error'), 'registration_not_supported');
  });

  it('RFC 9101 7: that is not good is answered on the error page with its own code', async () => {
    const answers: readonly [what: string, parameters: Record<string, string>, error: string][] = [
      ['both ways', { request: await sign({}), request_uri: `${origin}/object#v1` }, 'invalid_request'],
      ['a client without keys', { client_id: 'keyless', request: unsigned({}) }, 'invalid_request'],
      ['an unregistered address', { request_uri: `${origin}/other` }, 'invalid_request_uri'],
      ['a pushed request', { request_uri: 'urn:ietf:params:oauth:request_uri:abc' }, 'invalid_request_uri'],
      ['no JWT', { request: 'garbage' }, 'invalid_request_object'],
      ['a NUL', { request: await sign({ state: 'state-\x00123456' }) }, 'invalid_request_object'],
      ['half a character', { request: await sign({ state: 'state-\ud83d123456' }) }, 'invalid_request_object'],
    ];
    for (const [what, parameters, error] of answers) {
      const { location } = await visit(parameters);
      assert.deepEqual([location.pathname, location.searchParams.get('error')], ['/error', error], what);
    }
  });
});
