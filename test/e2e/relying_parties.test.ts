import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createAccount } from '../../src/account_experience/accounts.ts';
import { startRunningServer } from '../running_server.ts';
import { launchChromium } from './chromium.ts';
import { until } from './receiver.ts';
import { RelyingParty } from './relying_party.ts';

const EMAIL = 'ada@example.com';
const PASSWORD = 'correct horse battery staple';

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

let server: Awaited<ReturnType<typeof startRunningServer>>;
/** The same site as the server's, and another one. */
let news: RelyingParty;
let shop: RelyingParty;
let context: BrowserContext;
let page: Page;
let complaints: string[];
beforeEach(async () => {
  server = await startRunningServer();
  await createAccount(server.server, { email: EMAIL, password: PASSWORD });
  news = await RelyingParty.start('news', '127.0.0.1', server.issuer);
  shop = await RelyingParty.start('shop', 'localhost', server.issuer);
  context = await browser.newContext();
  page = await context.newPage();
  complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
});
afterEach(async () => {
  await context.close();
  news.close();
  shop.close();
  await server.close();
});

async function register(party: RelyingParty, metadata: Record<string, string> = {}): Promise<void> {
  const body = JSON.stringify({
    client_id: party.client_id,
    client_secret: 'app-secret',
    redirect_uris: [`${party.url}/callback`],
    post_logout_redirect_uris: [`${party.url}/bye`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: 'openid offline_access profile email',
    ...metadata,
  });
  const { status } = await fetch(`${server.admin}/admin/clients`, { method: 'POST', body });
  assert.equal(status, 201);
}

/** At both, in one browser: the second time nobody asks for the password. */
async function logInAtBoth(): Promise<void> {
  await page.goto(`${news.url}/login`);
  await page.fill('#email', EMAIL);
  await page.fill('#password', PASSWORD);
  await page.check('#remember');
  await page.click('#accept');
  await page.click('#accept');
  await page.waitForURL(`${news.url}/`);
  await page.goto(`${shop.url}/login`);
  await page.click('#accept');
  await page.waitForURL(`${shop.url}/`);
  assert.deepEqual([await isInside(news), await isInside(shop)], [true, true]);
}

async function isInside(party: RelyingParty): Promise<boolean> {
  await page.goto(party.url);
  return (await page.locator('#inside').count()) === 1;
}

async function logOutAt(party: RelyingParty): Promise<number> {
  await page.goto(`${party.url}/logout`);
  assert.equal(await page.textContent('#logout-title'), 'Sign out?');
  assert.ok((await page.textContent('main'))?.includes(EMAIL));
  const started = performance.now();
  await page.click('#accept');
  await page.waitForURL(`${party.url}/bye?state=good+bye`);
  return performance.now() - started;
}

describe('one logout', () => {
  it('OpenID Connect Front-Channel Logout 2, 3: at one application ends the other in a frame', async () => {
    await register(news, { frontchannel_logout_uri: `${news.url}/front` });
    await register(shop, { frontchannel_logout_uri: `${shop.url}/front` });
    await logInAtBoth();
    await logOutAt(news);
    assert.equal(await page.textContent('#bye'), 'good bye');
    assert.deepEqual([await isInside(news), await isInside(shop)], [false, false]);
    assert.deepEqual(complaints, []);
  });

  it('OpenID Connect Back-Channel Logout 2.4, 2.5, 2.6: at one application ends the other by a token', async () => {
    await register(news);
    await register(shop, { backchannel_logout_uri: `${shop.url}/back` });
    await logInAtBoth();
    await logOutAt(news);
    await until(() => shop.tokens.length + shop.refused.length > 0);
    assert.deepEqual(shop.refused, []);
    assert.deepEqual([await isInside(news), await isInside(shop)], [false, false]);
    await page.goto(`${shop.url}/login`);
    assert.equal(await page.locator('#password').count(), 1);
    assert.deepEqual(complaints, []);
  });

  it('OpenID Connect RP-Initiated Logout 2: does not wait for an application that hangs', async () => {
    await register(news);
    await register(shop, { backchannel_logout_uri: `${shop.url}/back` });
    await logInAtBoth();
    shop.hangs = true;
    assert.ok((await logOutAt(news)) < 3000);
    assert.equal(await isInside(news), false);
  });

  it('OpenID Connect Front-Channel Logout 2: does not wait for ever for a frame that hangs', async () => {
    await register(news);
    await register(shop, { frontchannel_logout_uri: `${shop.url}/front` });
    await logInAtBoth();
    shop.hangs = true;
    assert.ok((await logOutAt(news)) < 12_000);
  });

  it('OpenID Connect RP-Initiated Logout 2: that the person does not want leaves both as they are', async () => {
    await register(news);
    await register(shop, { backchannel_logout_uri: `${shop.url}/back` });
    await logInAtBoth();
    await page.goto(`${news.url}/logout`);
    await page.click('#reject');
    assert.equal(await page.textContent('h1'), 'You are still signed in');
    assert.equal(await isInside(shop), true);
    assert.deepEqual(shop.tokens, []);
  });
});
