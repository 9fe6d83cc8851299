import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { accountOfPassword, createAccount } from '../../src/account_experience/accounts.ts';
import { escapeHtml } from '../../src/http/reply.ts';
import { fieldsOf, Visitor } from '../account_experience/visitor.ts';
import { launchChromium } from '../e2e/chromium.ts';
import { startRunningServer } from '../running_server.ts';

const PASSWORD = 'correct horse battery staple';
const [VICTIM, ATTACKER] = ['ada@example.com', 'eve@example.com'];

let browser: Browser;
let server: Awaited<ReturnType<typeof startRunningServer>>;
/** Another site, which answers what a test has made up. */
let evil: string;
let body = '';
const evilServer = createServer((_, response) => response.setHeader('content-type', 'text/html').end(body));
before(async () => {
  browser = await launchChromium();
  server = await startRunningServer();
  for (const email of [VICTIM, ATTACKER]) await createAccount(server.server, { email, password: PASSWORD });
  evilServer.listen(0, 'localhost');
  await once(evilServer, 'listening');
  evil = `http://localhost:${(evilServer.address() as AddressInfo).port}`;
  const client = { client_id: 'app', redirect_uris: [`${evil}/callback`], scope: 'openid', skip_consent: false };
  const { status } = await fetch(`${server.admin}/admin/clients`, { method: 'POST', body: JSON.stringify(client) });
  assert.equal(status, 201);
});
after(async () => {
  await browser.close();
  evilServer.close();
  evilServer.closeAllConnections();
  await server.close();
});

let page: Page;
beforeEach(async () => {
  page = await (await browser.newContext()).newPage();
});
afterEach(() => page.context().close());

function authorizeUrl(parameters: Record<string, string> = {}): string {
  const request = { client_id: 'app', response_type: 'code', scope: 'openid', redirect_uri: `${evil}/callback` };
  return `${server.issuer}/oauth2/auth?${new URLSearchParams({ ...request, state: 'state-0123456789', ...parameters })}`;
}

async function logIn(): Promise<void> {
  await page.goto(authorizeUrl());
  await page.fill('#email', VICTIM);
  await page.fill('#password', PASSWORD);
  await page.check('#remember');
  await page.click('#accept');
  await page.waitForSelector('#consent-title');
}

/** The victim comes to the other site, whose page does what it likes. */
async function visit(html: string): Promise<void> {
  body = `<!doctype html><link rel="icon" href="data:,">${html}`;
  await page.goto(evil, { waitUntil: 'load' });
}

describe('RFC 6749 10.13, RFC 9700 4.16: clickjacking', () => {
  const PAGES: Readonly<Record<string, () => string>> = {
    'a login': () => authorizeUrl({ prompt: 'login' }),
    'a consent': () => authorizeUrl(),
    'a logout': () => `${server.issuer}/oauth2/sessions/logout`,
    'a device code': () => `${server.issuer}/oauth2/device/verify`,
    'an account': () => `${server.issuer}/oauth2/fallbacks/account/applications`,
    'a new password': () => `${server.issuer}/oauth2/fallbacks/account/password`,
    'a message': () => `${server.issuer}/oauth2/fallbacks/login`,
    'an error': () => authorizeUrl({ client_id: 'nobody' }),
  };
  for (const [name, url] of Object.entries(PAGES))
    it(`the page of ${name} shows itself, and not within a page of another site`, async () => {
      await logIn();
      await page.goto(url());
      assert.equal(await page.locator('main').count(), 1);
      const refused = page.waitForEvent('console', (message) => /frame/i.test(message.text()));
      await visit(`<iframe src="${escapeHtml(url())}"></iframe>`);
      await refused;
      assert.equal(await page.frameLocator('iframe').locator('main').count(), 0);
    });
});

describe('RFC 6749 10.12, RFC 9700 4.7: forms that another site sends', () => {
  /** The form of a page that the attacker has seen, which sends itself as soon as the victim comes. */
  async function replay(
    visitor: Visitor,
    url: string,
    fields: Record<string, string>,
    seen = '#problem-title',
  ): Promise<void> {
    const shown = await visitor.follow(url);
    const action = /<form method="post" action="([^"]*)"/.exec(shown.text)?.[1] ?? assert.fail(shown.text);
    const inputs = Object.entries({ ...Object.fromEntries(fieldsOf(shown)), ...fields, action: 'accept' })
      .map(([name, value]) => `<input name="${name}" value="${escapeHtml(value)}">`)
      .join('');
    await visit(`<form method="post" action="${server.issuer}${action}">${inputs}</form>
      <script>HTMLFormElement.prototype.submit.call(document.forms[0])</script>`);
    await page.waitForSelector(seen);
  }

  const attacker = () => new Visitor({ publicOrigin: server.issuer, issuer: server.issuer });

  it('do not log a victim in as the attacker, whatever the attacker was shown', async () => {
    await page.goto(authorizeUrl());
    await replay(attacker(), authorizeUrl(), { email: ATTACKER, password: PASSWORD });
    await page.goto(authorizeUrl());
    assert.equal(await page.locator('#password').count(), 1);
  });

  it('do not log a victim out', async () => {
    await logIn();
    const visitor = attacker();
    const login = await visitor.follow(authorizeUrl());
    const fields = { email: ATTACKER, password: PASSWORD, remember: 'true' };
    await visitor.follow((await visitor.press(login, 'accept', { fields })).location);
    await replay(visitor, `${server.issuer}/oauth2/sessions/logout`, {});
    await page.goto(authorizeUrl());
    await page.waitForSelector('#consent-title');
  });

  it('do not sign a victim in to the account of the attacker', async () => {
    const account = `${server.issuer}/oauth2/fallbacks/account`;
    await page.goto(account);
    await replay(attacker(), account, { email: ATTACKER, password: PASSWORD });
    await page.goto(account);
    assert.equal(await page.locator('#password').count(), 1);
  });

  it('do not change the password of a victim', async () => {
    await logIn();
    const visitor = attacker();
    const account = `${server.issuer}/oauth2/fallbacks/account/password`;
    const login = await visitor.follow(account);
    await visitor.follow(
      (await visitor.press(login, 'accept', { fields: { email: ATTACKER, password: PASSWORD } })).location,
    );
    const next = 'what the attacker would like';
    await replay(
      visitor,
      account,
      { password: PASSWORD, new_password: next, new_password_again: next },
      '#password-title',
    );
    assert.equal(await page.locator('#changed, #password-error').count(), 0);
    await page.goto(account);
    assert.ok((await page.textContent('main'))?.includes(VICTIM));
    assert.ok(await accountOfPassword(server.server, VICTIM, PASSWORD));
  });

  it('do not let a device in', async () => {
    await logIn();
    await replay(attacker(), `${server.issuer}/oauth2/device/verify`, { user_code: 'AAAAAAAA' });
  });
});

describe('A page that was left', () => {
  it('is not brought back from a cache after its session has ended', async () => {
    await logIn();
    await page.goto(`${server.issuer}/oauth2/sessions/logout`);
    assert.ok((await page.textContent('main'))?.includes(VICTIM));
    await page.click('#accept');
    await page.waitForURL('**/fallbacks/logout/callback');
    await page.goBack();
    assert.ok(!(await page.textContent('main'))?.includes(VICTIM));
  });
});
