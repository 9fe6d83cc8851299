import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import * as openid from 'openid-client';
import type { Browser, Page } from 'playwright-core';
import { createAccount } from '../../src/account_experience/accounts.ts';
import { startRunningServer } from '../running_server.ts';
import { launchChromium } from './chromium.ts';

const EMAIL = 'ada@example.com';
const PASSWORD = 'correct horse battery staple';

let browser: Browser;
let server: Awaited<ReturnType<typeof startRunningServer>>;
let television: openid.Configuration;
before(async () => {
  browser = await launchChromium();
  server = await startRunningServer({ OAUTH2_DEVICE_AUTHORIZATION_TOKEN_POLLING_INTERVAL: '1s' });
  await createAccount(server.server, { email: EMAIL, password: PASSWORD });
  const body = JSON.stringify({
    client_id: 'tv',
    client_name: 'Television',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    scope: 'openid offline_access email',
    token_endpoint_auth_method: 'none',
  });
  assert.equal((await fetch(`${server.admin}/admin/clients`, { method: 'POST', body })).status, 201);
  const execute = [openid.allowInsecureRequests, openid.enableNonRepudiationChecks];
  television = await openid.discovery(new URL(server.issuer), 'tv', undefined, openid.None(), { execute });
});
after(async () => {
  await browser.close();
  await server.close();
});

let device: openid.DeviceAuthorizationResponse;
beforeEach(async () => {
  device = await openid.initiateDeviceAuthorization(television, { scope: 'openid offline_access email' });
});

for (const javaScriptEnabled of [true, false]) {
  describe(`the device pages in a browser with JavaScript ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    let page: Page;
    let complaints: string[];
    beforeEach(async () => {
      page = await (await browser.newContext({ javaScriptEnabled, viewport: { width: 320, height: 640 } })).newPage();
      complaints = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
    });

    async function logIn(): Promise<void> {
      await page.fill('#email', EMAIL);
      await page.fill('#password', PASSWORD);
      await page.keyboard.press('Enter');
      await page.waitForSelector('#consent-title');
      assert.ok((await page.textContent('main'))?.includes('Television'));
    }

    it('RFC 8628 3.3, 3.4: take a code by hand, and a device that polls gets its tokens', async () => {
      const tokens = openid.pollDeviceAuthorizationGrant(television, device);
      await page.goto(device.verification_uri);
      assert.equal(await page.locator(':focus').getAttribute('id'), 'user_code');
      await page.keyboard.type('nonsense');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#device-error');
      assert.equal(await page.inputValue('#user_code'), 'nonsense');
      const { user_code } = device;
      await page.fill('#user_code', `${user_code.slice(0, 4)} - ${user_code.slice(4)}`);
      assert.equal(await page.getByLabel('Code').getAttribute('id'), 'user_code');
      await page.keyboard.press('Enter');
      await logIn();
      await page.click('#accept');
      await page.waitForSelector('#device-done-title');
      const { access_token, refresh_token } = await tokens;
      assert.ok(access_token && refresh_token);
      assert.equal((await tokens).claims()?.email, EMAIL);
      // A wrong code is a 400, and the console says so.
      assert.deepEqual(
        complaints.filter((complaint) => !complaint.includes('400')),
        [],
      );
    });

    it('RFC 8628 3.3.1: take the code of a link, and a person who refuses is told so', async () => {
      await page.goto(device.verification_uri_complete ?? '');
      assert.equal(await page.inputValue('#user_code'), device.user_code);
      await page.click('#accept');
      await logIn();
      await page.click('#reject');
      await page.waitForSelector('#error-title');
      assert.equal(await page.textContent('#error-title'), 'Access was not allowed');
      const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
      const body = new URLSearchParams({ client_id: 'tv', grant_type, device_code: device.device_code });
      const poll = await fetch(`${server.issuer}/oauth2/token`, { method: 'POST', body });
      assert.equal(((await poll.json()) as { error: string }).error, 'authorization_pending');
    });
  });
}
