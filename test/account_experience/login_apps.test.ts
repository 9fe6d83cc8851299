import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import * as openid from 'openid-client';
import type { Browser, Page } from 'playwright-core';
import { type Attempt, type Login, OpenIdClient } from '../../demo/openid_client.ts';
import { launchChromium } from '../e2e/chromium.ts';
import { freePort } from '../free_port.ts';
import { startRunningServer } from '../running_server.ts';
import { documentedLoginApp, EMAIL, hydraLoginConsentLogout, type LoginApp, PASSWORD } from './login_app.ts';

const APPS: Readonly<Record<string, (origin: string) => LoginApp | Promise<LoginApp>>> = {
  'hydra-login-consent-logout of npm': hydraLoginConsentLogout,
  'the login app of docs/your-own-login-app.md': documentedLoginApp,
};

let browser: Browser;
/** Where the client gets its browsers back. */
const back = createServer((_, response) => response.end('back'));
before(async () => {
  browser = await launchChromium();
  back.listen(0, '127.0.0.1');
  await once(back, 'listening');
});
after(async () => {
  await browser.close();
  back.close();
  back.closeAllConnections();
});

for (const [name, make] of Object.entries(APPS)) {
  describe(name, () => {
    let app: LoginApp;
    let server: Awaited<ReturnType<typeof startRunningServer>>;
    let home: string;
    let client: OpenIdClient;
    before(async () => {
      app = await make(`http://127.0.0.1:${await freePort()}`);
      const interval = { OAUTH2_DEVICE_AUTHORIZATION_TOKEN_POLLING_INTERVAL: '1s' };
      server = await startRunningServer({ ...app.urls, ...interval });
      await app.start(server.admin);
      home = `http://127.0.0.1:${(back.address() as AddressInfo).port}`;
      const registered = { client_id: 'shop', client_secret: 'shop-secret', redirect_uri: `${home}/callback` };
      client = new OpenIdClient({ issuer: server.issuer, ...registered });
    });
    after(async () => {
      await app.stop();
      await server.close();
    });

    let page: Page;
    beforeEach(async () => {
      await register({});
      page = await (await browser.newContext()).newPage();
    });
    afterEach(async () => {
      await page.context().close();
      await fetch(`${server.admin}/admin/clients/shop`, { method: 'DELETE' });
    });

    async function register(values: Record<string, unknown>): Promise<void> {
      const body = JSON.stringify({
        client_id: 'shop',
        client_secret: 'shop-secret',
        client_name: 'The <b>Shop</b>',
        redirect_uris: [`${home}/callback`],
        post_logout_redirect_uris: [`${home}/bye`],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        scope: 'openid offline_access profile email',
        ...values,
      });
      const { status } = await fetch(`${server.admin}/admin/clients`, { method: 'POST', body });
      assert.equal(status, 201);
    }

    /** The client sends its browser to us. */
    async function begin(): Promise<Attempt> {
      const { attempt, location } = await client.begin('');
      await page.goto(location);
      return attempt;
    }

    async function logIn({ remember = false } = {}): Promise<void> {
      await page.fill('#email', EMAIL);
      await page.fill('#password', PASSWORD);
      if (remember) await page.check('#remember');
      await page.click('#accept');
      await page.waitForSelector('#offline_access');
    }

    async function allow(scope: readonly string[], { remember = false } = {}): Promise<void> {
      for (const each of scope) await page.check(`[id="${each}"]`);
      if (remember) await page.check('#remember');
      await page.click('#accept');
    }

    async function finish(attempt: Attempt): Promise<Login> {
      await page.waitForURL(`${home}/callback?**`);
      return client.finish(new URL(page.url()), attempt);
    }

    /** What the client was told. */
    async function told(name: string): Promise<string | null> {
      await page.waitForURL(`${home}/callback?**`);
      return new URL(page.url()).searchParams.get(name);
    }

    it('logs in with a password, and grants the scopes that were ticked', async () => {
      const attempt = await begin();
      await page.fill('#email', EMAIL);
      await page.fill('#password', 'wrong');
      await page.click('#accept');
      await page.waitForSelector('#password');
      await logIn();
      assert.ok((await page.textContent('body'))?.includes('The <b>Shop</b>'));
      await allow(['openid', 'email']);
      const { claims, scope, refresh_token, userinfo } = await finish(attempt);
      assert.deepEqual([claims.sub, userinfo.sub], [app.subject, app.subject]);
      assert.deepEqual([scope, refresh_token], ['openid email', undefined]);
    });

    it('grants nothing where nothing was ticked', async () => {
      await begin();
      await logIn();
      await allow([]);
      assert.deepEqual([await told('scope'), (await told('code'))?.length], ['', 94]);
    });

    it('remembers the login, and asks for the consent again', async () => {
      await begin();
      await logIn({ remember: true });
      const attempt = await begin();
      assert.equal(await page.locator('#password').count(), 0);
      await allow(['openid', 'offline_access']);
      const { claims, refresh_token } = await finish(attempt);
      assert.equal(claims.sub, app.subject);
      assert.ok(refresh_token);
    });

    it('remembers login and consent, and shows no page at all', async () => {
      const first = await begin();
      await logIn({ remember: true });
      await allow(['openid', 'offline_access', 'profile', 'email'], { remember: true });
      const { claims } = await finish(first);
      const second = await finish(await begin());
      assert.deepEqual([second.claims.sub, second.claims.auth_time], [claims.sub, claims.auth_time]);
      assert.equal(second.scope, 'openid offline_access profile email');
    });

    it('asks nothing for a client of the house', async () => {
      await fetch(`${server.admin}/admin/clients/shop`, { method: 'DELETE' });
      await register({ skip_consent: true });
      const attempt = await begin();
      await page.fill('#email', EMAIL);
      await page.fill('#password', PASSWORD);
      await page.click('#accept');
      assert.equal((await finish(attempt)).scope, 'openid offline_access profile email');
    });

    it('RFC 6749 4.1.2.1: tells the client of a person who refuses to log in, or to agree', async () => {
      await begin();
      await page.click('#reject');
      assert.equal(await told('error'), 'access_denied');
      await begin();
      await logIn();
      await page.click('#reject');
      assert.equal(await told('error'), 'access_denied');
    });

    it('OpenID Connect RP-Initiated Logout 2: logs out, and the next login asks for the password', async () => {
      const attempt = await begin();
      await logIn({ remember: true });
      await allow(['openid']);
      const { id_token } = await finish(attempt);
      const query = { id_token_hint: id_token, post_logout_redirect_uri: `${home}/bye`, state: 'gone' };
      await page.goto(`${server.issuer}/oauth2/sessions/logout?${new URLSearchParams(query)}`);
      await page.click('#accept');
      await page.waitForURL(`${home}/bye?state=gone`);
      await begin();
      assert.equal(await page.locator('#password').count(), 1);
    });

    it('RFC 8628 3.3: lets a device in by its code', async () => {
      const execute = [openid.allowInsecureRequests];
      const configuration = await openid.discovery(
        new URL(server.issuer),
        'shop',
        undefined,
        openid.ClientSecretBasic('shop-secret'),
        { execute },
      );
      const device = await openid.initiateDeviceAuthorization(configuration, { scope: 'openid offline_access' });
      const tokens = openid.pollDeviceAuthorizationGrant(configuration, device);
      await page.goto(device.verification_uri);
      await page.fill('#code', device.user_code);
      await page.click(app.deviceButton);
      await logIn();
      await allow(['openid']);
      await page.getByText(app.deviceDone).waitFor();
      assert.equal((await tokens).claims()?.sub, app.subject);
    });
  });
}
