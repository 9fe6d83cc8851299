import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { startDeployment } from './deployment.ts';
import type { Deployment, Json } from './flow.ts';

let deployment: Deployment;
let close: () => Promise<void>;
let advance: (seconds: number) => void;

before(async () => {
  ({ deployment, close, advance } = await startDeployment({ storage: 'memory' }));
  await deployment.createClient();
  await deployment.createClient({ client_id: 'signed', userinfo_signed_response_alg: 'RS256' });
});
after(() => close());

const claimsOf = (jwt: unknown): Json =>
  JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString()) as Json;
const userinfo = (access_token: unknown) =>
  fetch(`${deployment.publicOrigin}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } });
const errorOf = (url: URL) => url.searchParams.get('error');

describe('OpenID Connect Core', () => {
  it('OpenID Connect Core 2: an ID token names issuer, subject, audience, times, session, acr and amr', async () => {
    const answer = await deployment.authorize({
      parameters: { max_age: '600', nonce: 'nonce-0123456789', acr_values: 'gold' },
      login: { acr: 'gold', amr: ['pwd', 'otp'] },
    });
    const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '');
    const claims = claimsOf(body.id_token);
    const now = Math.floor(deployment.now().getTime() / 1000);
    assert.deepEqual([claims.iss, claims.sub, claims.aud], [deployment.issuer, 'user-1', ['app']]);
    assert.deepEqual([claims.acr, claims.amr, claims.nonce], ['gold', ['pwd', 'otp'], 'nonce-0123456789']);
    for (const name of ['iat', 'auth_time']) assert.ok(Math.abs(Number(claims[name]) - now) <= 2, name);
    assert.equal(Number(claims.exp) - Number(claims.iat), 3600);
  });

  it('OpenID Connect Core 2: a subject has at most 255 characters', async () => {
    const { location } = await deployment.browser().get(deployment.authorizeUrl());
    const query = new URLSearchParams({ login_challenge: location.searchParams.get('login_challenge') ?? '' });
    const path = `/admin/oauth2/auth/requests/login/accept?${query}`;
    assert.equal((await deployment.admin('PUT', path, { subject: 'x'.repeat(256) })).status, 400);
    assert.equal((await deployment.admin('PUT', path, { subject: 'x'.repeat(255) })).status, 200);
  });

  it('OpenID Connect Core 3.1.2.1: hints, locales and wanted contexts reach the login app', async () => {
    const { location } = await deployment.browser().get(
      deployment.authorizeUrl({
        display: 'popup',
        ui_locales: 'fr de',
        acr_values: 'gold silver',
        login_hint: 'ada@example.com',
        audience: '',
      }),
    );
    const query = new URLSearchParams({ login_challenge: location.searchParams.get('login_challenge') ?? '' });
    const { body } = await deployment.admin('GET', `/admin/oauth2/auth/requests/login?${query}`);
    assert.deepEqual(body.oidc_context, {
      display: 'popup',
      ui_locales: ['fr', 'de'],
      acr_values: ['gold', 'silver'],
      login_hint: 'ada@example.com',
    });
  });

  it('OpenID Connect Core 3.1.2.1: a hint at another person is answered with login_required', async () => {
    const { id_token } = await deployment.login();
    const same = await deployment.authorize({ parameters: { id_token_hint: String(id_token) } });
    assert.ok(same.searchParams.has('code'));
    const other = await deployment.authorize({
      parameters: { id_token_hint: String(id_token) },
      login: { subject: 'somebody-else' },
    });
    assert.equal(errorOf(other), 'login_required');
  });

  it('OpenID Connect Core 3.1.2.4, 3.1.2.6: prompt=none shows nothing, and says what would have been asked', async () => {
    const browser = deployment.browser();
    const quiet = () => deployment.authorize({ browser, parameters: { prompt: 'none' } });
    assert.equal(errorOf(await quiet()), 'login_required');
    await deployment.authorize({ browser, login: { remember: true } });
    const { location } = await browser.get(deployment.authorizeUrl({ prompt: 'none' }));
    // A login that is remembered is confirmed by the login app without a page.
    const link = await deployment.acceptLogin(location.searchParams.get('login_challenge') ?? '');
    assert.equal(errorOf((await browser.get(link)).location), 'consent_required');
  });

  it('OpenID Connect Core 3.1.2.1: without the scope openid there is no ID token', async () => {
    const answer = await deployment.authorize({
      parameters: { scope: 'offline_access' },
      consent: { grant_scope: ['offline_access'] },
    });
    const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '');
    assert.equal(body.id_token, undefined);
    assert.ok(body.access_token);
  });

  it('OpenID Connect Core 5.3.2: userinfo names the subject of the ID token, signed where the client wants that', async () => {
    const { id_token, access_token } = await deployment.login();
    const plain = await userinfo(access_token);
    assert.match(plain.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(((await plain.json()) as Json).sub, claimsOf(id_token).sub);
    const answer = await deployment.authorize({ parameters: { client_id: 'signed' } });
    const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '', { client_id: 'signed' });
    const signed = await userinfo(body.access_token);
    assert.equal(signed.headers.get('content-type'), 'application/jwt');
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', deployment.publicOrigin));
    const { payload } = await jwtVerify(await signed.text(), keys, { issuer: deployment.issuer, audience: 'signed' });
    assert.equal(payload.sub, 'user-1');
  });

  it('OpenID Connect Core 12.2: a refreshed ID token is of the same login', async () => {
    const answer = await deployment.authorize({ parameters: { nonce: 'nonce-0123456789' } });
    const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '');
    advance(60);
    const refreshed = await deployment.refresh(body.refresh_token);
    const [first, second] = [claimsOf(body.id_token), claimsOf(refreshed.body.id_token)];
    for (const name of ['iss', 'sub', 'aud', 'auth_time', 'sid']) assert.deepEqual(second[name], first[name], name);
    assert.equal(Number(second.iat) - Number(first.iat), 60);
  });

  it('OpenID Connect Discovery 4.2, 4.3: the document is JSON, and its issuer is the one of the ID tokens', async () => {
    const response = await fetch(`${deployment.publicOrigin}/.well-known/openid-configuration`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
    const document = (await response.json()) as Record<string, unknown>;
    const { id_token } = await deployment.login();
    assert.equal(document.issuer, claimsOf(id_token).iss);
    for (const [name, value] of Object.entries(document)) {
      assert.ok(!Array.isArray(value) || value.length > 0, `${name} is empty`);
    }
    assert.ok((document.scopes_supported as string[]).includes('openid'));
    assert.ok((document.id_token_signing_alg_values_supported as string[]).includes('RS256'));
    assert.ok(!(document.id_token_signing_alg_values_supported as string[]).includes('none'));
  });
});
