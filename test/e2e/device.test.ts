import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startDeployment } from './deployment.ts';
import { approve, loginForDevice, poll, startDevice, TV } from './device.ts';
import type { Json } from './flow.ts';

describe('RFC 8628: the device grant', () => {
  it('3.2, 3.5: a device waits, is approved in a browser, and redeems once', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient(TV);
    const device = await startDevice(deployment);
    assert.match(String(device.user_code), /^[a-kmnp-zACDEFGHJ-NP-RTUVWXY34679]{8}$/);
    assert.equal(device.verification_uri, `${deployment.issuer}oauth2/device/verify`);
    assert.equal(device.verification_uri_complete, `${device.verification_uri}?user_code=${device.user_code}`);
    assert.equal(device.interval, 5);
    assert.equal((await poll(deployment, device)).body.error, 'authorization_pending');
    const done = await approve(deployment, device);
    assert.equal(done.searchParams.get('client_id'), 'app');
    const { status, body } = await poll(deployment, device);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal((await deployment.introspect(body.access_token)).sub, 'user-1');
    assert.ok(body.refresh_token && body.id_token);
    assert.equal((await poll(deployment, device)).body.error, 'invalid_grant');
    assert.equal((await deployment.refresh(body.refresh_token)).status, 200);
  });

  it('3.5: of 100 polls at once after the approval one gets tokens', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'file' });
    await deployment.createClient(TV);
    const device = await startDevice(deployment);
    await approve(deployment, device);
    const answers = await Promise.all(Array.from({ length: 100 }, () => poll(deployment, device)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200, 400]));
  });

  it('3.5: a code expires, approved or not', async (t) => {
    const { deployment, advance } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient(TV);
    const [waiting, approved] = [await startDevice(deployment), await startDevice(deployment)];
    await approve(deployment, approved);
    advance(601);
    assert.equal((await poll(deployment, waiting)).body.error, 'expired_token');
    assert.equal((await poll(deployment, approved)).body.error, 'expired_token');
  });

  it('belongs to its client, and to what the person granted', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient(TV);
    await deployment.createClient({ ...TV, client_id: 'other' });
    const device = await startDevice(deployment);
    await approve(deployment, device, { grant_scope: ['openid'] });
    assert.equal((await poll(deployment, device, { client_id: 'other' })).body.error, 'invalid_grant');
    const { body } = await poll(deployment, device);
    assert.equal(body.scope, 'openid');
    assert.equal(body.refresh_token, undefined);
  });

  it('5.4: is approved once, and only by the browser that began', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient(TV);
    const device = await startDevice(deployment);
    const browser = deployment.browser();
    const asked = await browser.get('/oauth2/device/verify');
    const device_challenge = asked.location.searchParams.get('device_challenge') ?? '';
    const path = `/admin/oauth2/auth/requests/device/accept?${new URLSearchParams({ device_challenge })}`;
    const { body } = await deployment.admin('PUT', path, { user_code: device.user_code });
    assert.equal((await deployment.browser().get(String(body.redirect_to))).status, 403);
    for (const device_verifier of ['garbage', device_challenge]) {
      const forged = await browser.get(`/oauth2/device/verify?${new URLSearchParams({ device_verifier })}`);
      assert.deepEqual([forged.status, (JSON.parse(forged.text) as Json).error], [403, 'access_denied']);
    }
    await approve(deployment, device);
    assert.equal((await deployment.admin('PUT', path, { user_code: device.user_code })).status, 400);
    assert.equal((await deployment.admin('PUT', path, { user_code: 'ABCDEFGH' })).status, 400);
  });

  it('5.4: what the consent app said counts once, though the browser brings it again', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient(TV);
    const browser = deployment.browser();
    const consent_challenge = await loginForDevice(deployment, browser, await startDevice(deployment));
    const redirect_to = await deployment.acceptConsent(consent_challenge);
    assert.equal((await browser.get(redirect_to)).location.searchParams.get('client_id'), 'app');
    const again = await browser.get(redirect_to);
    assert.deepEqual([again.status, (JSON.parse(again.text) as Json).error], [403, 'access_denied']);
  });

  it('cannot be turned into an authorization code, nor the other way round', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient(TV);
    const device = await startDevice(deployment);
    const browser = deployment.browser();
    const asked = await browser.get('/oauth2/device/verify');
    const device_challenge = asked.location.searchParams.get('device_challenge') ?? '';
    const path = `/admin/oauth2/auth/requests/device/accept?${new URLSearchParams({ device_challenge })}`;
    const { body } = await deployment.admin('PUT', path, { user_code: device.user_code });
    const login = await browser.get(String(body.redirect_to));
    const redirect_to = new URL(await deployment.acceptLogin(login.location.searchParams.get('login_challenge') ?? ''));
    const login_verifier = redirect_to.searchParams.get('login_verifier') ?? '';
    const crossed = await browser.get(deployment.authorizeUrl({ login_verifier }));
    assert.equal(crossed.location.searchParams.get('error'), 'access_denied');
    const first = await browser.get(deployment.authorizeUrl());
    const other = new URL(await deployment.acceptLogin(first.location.searchParams.get('login_challenge') ?? ''));
    const query = new URLSearchParams({
      client_id: 'app',
      login_verifier: other.searchParams.get('login_verifier') ?? '',
    });
    assert.equal((await browser.get(`/oauth2/device/verify?${query}`)).status, 403);
  });

  it('3.3: a visit to the device page ends with its time, also for a code that was right', async (t) => {
    const config = { ttl: { login_consent_request: '5m' } };
    const { deployment, advance } = await startDeployment({ test: t, storage: 'memory', config });
    await deployment.createClient(TV);
    const { user_code } = await startDevice(deployment);
    const browser = deployment.browser();
    const asked = await browser.get('/oauth2/device/verify');
    const device_challenge = asked.location.searchParams.get('device_challenge') ?? '';
    const path = `/admin/oauth2/auth/requests/device/accept?${new URLSearchParams({ device_challenge })}`;
    const { body } = await deployment.admin('PUT', path, { user_code });
    advance(301);
    assert.equal((await browser.get(String(body.redirect_to))).status, 401);
    assert.equal((await deployment.admin('PUT', path, { user_code })).status, 401);
  });

  it('3.4: is refused to a client that is not registered for it, whatever code it has', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient(TV);
    await deployment.createClient({ client_id: 'web' });
    const { body } = await poll(deployment, await startDevice(deployment), { client_id: 'web' });
    assert.equal(body.error, 'unauthorized_client');
  });

  it('3.1: is for registered clients that ask for what they may have', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient();
    await deployment.createClient({ ...TV, client_id: 'tv' });
    const ask = async (form: Record<string, string>) => {
      const body = new URLSearchParams({ client_secret: 'app-secret', ...form });
      const response = await fetch(`${deployment.publicOrigin}/oauth2/device/auth`, { method: 'POST', body });
      return ((await response.json()) as Json).error;
    };
    assert.equal(await ask({ client_id: 'app' }), 'invalid_grant');
    assert.equal(await ask({ client_id: 'tv', scope: 'admin' }), 'invalid_scope');
    assert.equal(await ask({ client_id: 'tv', audience: 'https://api.example' }), 'invalid_request');
    assert.equal(await ask({ client_id: 'tv', client_secret: 'wrong' }), 'invalid_client');
  });
});
