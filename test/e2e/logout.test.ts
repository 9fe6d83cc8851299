import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import type { Browser } from './browser.ts';
import { startDeployment } from './deployment.ts';
import type { Deployment, Json } from './flow.ts';
import { Receiver, until } from './receiver.ts';

const REMEMBER = { remember: true, remember_for: 3600 };

async function loggedIn(deployment: Deployment): Promise<{ browser: Browser; id_token: string; sid: string }> {
  const browser = deployment.browser();
  const answer = await deployment.authorize({ browser, login: REMEMBER });
  const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '');
  const claims = JSON.parse(atob(String(body.id_token).split('.')[1] ?? '')) as { sid: string };
  return { browser, id_token: String(body.id_token), sid: claims.sid };
}

async function acceptLogout(deployment: Deployment, location: URL): Promise<string> {
  const challenge = location.searchParams.get('logout_challenge') ?? assert.fail(String(location));
  const { body } = await deployment.admin(
    'PUT',
    `/admin/oauth2/auth/requests/logout/accept?logout_challenge=${challenge}`,
  );
  return String(body.redirect_to);
}

const isRemembered = async (deployment: Deployment, browser: Browser) =>
  !(await deployment.authorize({ browser, parameters: { prompt: 'none', scope: 'openid' } })).searchParams
    .get('error')
    ?.startsWith('login');

describe('OpenID Connect RP-Initiated Logout', () => {
  const client: Json = { post_logout_redirect_uris: ['https://app.example.com/bye'] };

  it('2: ends the session, in whatever browser, and leads back with the state', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient(client);
    const { browser, id_token } = await loggedIn(deployment);
    assert.equal(await isRemembered(deployment, browser), true);
    const query = new URLSearchParams({
      id_token_hint: id_token,
      post_logout_redirect_uri: 'https://app.example.com/bye',
      state: 'a b',
    });
    const asked = await browser.get(`/oauth2/sessions/logout?${query}`);
    const finish = await acceptLogout(deployment, asked.location);
    const done = await deployment.browser().get(finish);
    assert.equal(String(done.location), 'https://app.example.com/bye?state=a+b');
    assert.equal(await isRemembered(deployment, browser), false);
    assert.equal(String((await browser.get(finish)).location), 'https://app.example.com/bye?state=a+b');
  });

  it('4: refuses hints that are not ours, and addresses that are not registered', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient(client);
    const { browser, id_token } = await loggedIn(deployment);
    const [header, payload] = id_token.split('.');
    for (const parameters of [
      { id_token_hint: 'garbage' },
      { id_token_hint: `${header}.${payload}.AAAA` },
      { id_token_hint: `${btoa('{"alg":"none"}').replaceAll('=', '')}.${payload}.` },
      { id_token_hint: id_token, post_logout_redirect_uri: 'https://evil.example' },
      { id_token_hint: id_token, post_logout_redirect_uri: 'https://app.example.com/bye/' },
      { post_logout_redirect_uri: 'https://app.example.com/bye' },
    ]) {
      const { location } = await browser.get(`/oauth2/sessions/logout?${new URLSearchParams(parameters)}`);
      assert.equal(`${location.origin}${location.pathname}`, 'https://apps.example.com/error');
      assert.equal(location.searchParams.get('error'), 'invalid_request');
    }
    assert.equal(await isRemembered(deployment, browser), true);
  });

  it('lets a person come by themselves, and ends no other session than that of their browser', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient(client);
    const { browser } = await loggedIn(deployment);
    const other = await loggedIn(deployment);
    const asked = await browser.get('/oauth2/sessions/logout?state=alone');
    const finish = await acceptLogout(deployment, asked.location);
    await other.browser.get(finish);
    assert.equal(await isRemembered(deployment, other.browser), true);
    assert.equal(await isRemembered(deployment, browser), true);
    await browser.get(finish);
    assert.equal(await isRemembered(deployment, browser), false);
    assert.equal(await isRemembered(deployment, other.browser), true);
  });

  it('takes a rejected logout back when it is accepted after all', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient(client);
    const { browser } = await loggedIn(deployment);
    const { location } = await browser.get('/oauth2/sessions/logout');
    const finish = await acceptLogout(deployment, location);
    const challenge = location.searchParams.get('logout_challenge');
    await deployment.admin('PUT', `/admin/oauth2/auth/requests/logout/reject?logout_challenge=${challenge}`);
    const refused = await browser.get(finish);
    assert.equal(refused.location.searchParams.get('error'), 'Not Found');
    assert.equal(await isRemembered(deployment, browser), true);
    await browser.get(await acceptLogout(deployment, location));
    assert.equal(await isRemembered(deployment, browser), false);
  });

  it('an accepted logout that nobody finished in time ends nothing', async (t) => {
    const config = { ttl: { login_consent_request: '5m' } };
    const { deployment, advance } = await startDeployment({ test: t, storage: 'memory', config });
    await deployment.createClient(client);
    const { browser } = await loggedIn(deployment);
    const finish = await acceptLogout(deployment, (await browser.get('/oauth2/sessions/logout')).location);
    advance(302);
    assert.equal((await browser.get(finish)).location.searchParams.get('error'), 'request_unauthorized');
    assert.equal(await isRemembered(deployment, browser), true);
  });
});

describe('OpenID Connect Front-Channel Logout', () => {
  it('3: loads the page of every client in a frame, with issuer and session, under a policy that allows nothing else', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient({ frontchannel_logout_uri: 'https://app.example.com/front?x="1' });
    const { browser, id_token, sid } = await loggedIn(deployment);
    const { location } = await browser.get(`/oauth2/sessions/logout?id_token_hint=${id_token}`);
    const page = await browser.get(await acceptLogout(deployment, location));
    assert.equal(page.status, 200);
    const query = new URLSearchParams({ iss: deployment.issuer, sid, x: '"1' });
    assert.ok(
      page.text.includes(`<iframe src="https://app.example.com/front?${String(query).replaceAll('&', '&#38;')}"`),
      page.text,
    );
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(policy, /frame-src https:\/\/app\.example\.com;/);
    assert.doesNotMatch(policy, /unsafe/);
  });
});

describe('OpenID Connect Back-Channel Logout', () => {
  it('2.4: every client of the session gets one token of its own', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    const { told, uri } = await Receiver.start(t);
    await deployment.createClient({ backchannel_logout_uri: uri });
    const { browser, id_token, sid } = await loggedIn(deployment);
    const { location } = await browser.get(`/oauth2/sessions/logout?id_token_hint=${id_token}`);
    const finish = await acceptLogout(deployment, location);
    await Promise.all([browser.get(finish), browser.get(finish), browser.get(finish)]);
    await until(() => told.length > 0);
    await sleep(200);
    assert.equal(told.length, 1);
    const { iss, aud, sid: told_sid, events, sub, nonce, jti, exp, iat } = decodeJwt(told[0] ?? '');
    assert.deepEqual({ iss, aud, told_sid }, { iss: deployment.issuer, aud: ['app'], told_sid: sid });
    assert.deepEqual(events, { 'http://schemas.openid.net/event/backchannel-logout': {} });
    assert.deepEqual([sub, nonce, typeof jti], [undefined, undefined, 'string']);
    assert.ok(Number(exp) > Number(iat));
  });

  it('2.5: a receiver that fails is asked again, and nobody waits for it', async (t) => {
    const { deployment, advance } = await startDeployment({ test: t, storage: 'memory' });
    const receiver = await Receiver.start(t);
    const { told, uri } = receiver;
    receiver.status = 500;
    await deployment.createClient({ backchannel_logout_uri: uri });
    const { sid } = await loggedIn(deployment);
    const started = performance.now();
    assert.equal((await deployment.admin('DELETE', `/admin/oauth2/auth/sessions/login?sid=${sid}`)).status, 204);
    assert.ok(performance.now() - started < 1000);
    await until(() => told.length === 1);
    receiver.status = 204;
    advance(60);
    // Another logout looks at the queue again.
    const next = await loggedIn(deployment);
    await deployment.admin('DELETE', `/admin/oauth2/auth/sessions/login?sid=${next.sid}`);
    await until(() => told.length === 3);
  });

  it('does not tell clients when all sessions of a person end at once', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    const { told, uri } = await Receiver.start(t);
    await deployment.createClient({ backchannel_logout_uri: uri });
    const { browser } = await loggedIn(deployment);
    assert.equal((await deployment.admin('DELETE', '/admin/oauth2/auth/sessions/login?subject=user-1')).status, 204);
    assert.equal(await isRemembered(deployment, browser), false);
    await sleep(200);
    assert.deepEqual(told, []);
    assert.equal((await deployment.admin('DELETE', '/admin/oauth2/auth/sessions/login')).status, 400);
  });
});

describe('consent sessions', () => {
  it('are listed with their clients and end with everything that they allowed', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient();
    await deployment.createClient({ client_id: 'other' });
    const first = await deployment.login();
    const answer = await deployment.authorize({ parameters: { client_id: 'other' } });
    const second = (await deployment.exchange(answer.searchParams.get('code') ?? '', { client_id: 'other' })).body;
    const pending = await deployment.code();
    const listed = (await deployment.admin('GET', '/admin/oauth2/auth/sessions/consent?subject=user-1')).body;
    assert.equal((listed as unknown as Json[]).length, 3);
    const revoke = (query: string) => deployment.admin('DELETE', `/admin/oauth2/auth/sessions/consent?${query}`);
    assert.equal((await revoke('subject=user-1&client=app')).status, 204);
    assert.equal(await deployment.isActive(first.access_token), false);
    assert.equal(await deployment.isActive(first.refresh_token), false);
    assert.equal((await deployment.exchange(pending)).body.error, 'invalid_grant');
    assert.equal(await deployment.isActive(second.access_token), true);
    assert.equal((await revoke('subject=user-1&all=true')).status, 204);
    assert.equal(await deployment.isActive(second.access_token), false);
    for (const query of [
      '',
      'subject=user-1',
      'client=app',
      'all=true',
      'subject=user-1&all=TRUE',
      'subject=a&client=b&all=true',
    ]) {
      assert.equal((await revoke(query)).status, 400, query);
    }
  });
});
