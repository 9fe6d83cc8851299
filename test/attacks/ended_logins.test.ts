import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changePassword } from '../../src/account_experience/change_password.ts';
import { EMAIL, PASSWORD, Site } from '../account_experience/site.ts';
import type { Browser } from '../e2e/browser.ts';
import { startDeployment } from '../e2e/deployment.ts';
import type { Deployment } from '../e2e/flow.ts';

const REMEMBER = { remember: true, remember_for: 3600 };

/** The address that brings a browser back from the login app. It stays in histories and in the logs of proxies. */
async function acceptedLogin(deployment: Deployment, browser: Browser, subject = 'user-1'): Promise<string> {
  const first = await browser.get(deployment.authorizeUrl({ prompt: 'login' }));
  const challenge = first.location.searchParams.get('login_challenge') ?? assert.fail(String(first.location));
  return deployment.acceptLogin(challenge, { subject, ...REMEMBER });
}

/** Whether the address leads on to consent, and not back to the client. */
async function letsIn(browser: Browser, address: string): Promise<boolean> {
  const { location } = await browser.get(address);
  if (location.searchParams.has('consent_challenge')) return true;
  assert.equal(location.searchParams.get('error'), 'login_required', String(location));
  return false;
}

/** Whether the next request of a client finds somebody logged in. */
async function isLoggedIn(deployment: Deployment, browser: Browser): Promise<boolean> {
  const { location } = await browser.get(deployment.authorizeUrl({ prompt: 'none' }));
  return location.searchParams.get('error') !== 'login_required';
}

async function logOut(deployment: Deployment, browser: Browser): Promise<void> {
  const { location } = await browser.get('/oauth2/sessions/logout');
  const challenge = location.searchParams.get('logout_challenge') ?? assert.fail(String(location));
  const path = `/admin/oauth2/auth/requests/logout/accept?logout_challenge=${challenge}`;
  const { body } = await deployment.admin('PUT', path);
  await browser.get(String(body.redirect_to));
}

const sidOf = async (deployment: Deployment, browser: Browser): Promise<unknown> => {
  const { location } = await browser.get(deployment.authorizeUrl());
  const challenge = location.searchParams.get('login_challenge') ?? '';
  const path = `/admin/oauth2/auth/requests/login?login_challenge=${challenge}`;
  return (await deployment.admin('GET', path)).body.session_id;
};

const revoke = (deployment: Deployment, query: string) =>
  deployment.admin('DELETE', `/admin/oauth2/auth/sessions/login?${query}`);

describe('A login that has ended', () => {
  const ENDS: Readonly<Record<string, (deployment: Deployment, browser: Browser) => Promise<unknown>>> = {
    'a logout': logOut,
    'the operator ended it': async (deployment, browser) => {
      await revoke(deployment, `sid=${await sidOf(deployment, browser)}`);
    },
    'the operator ended all of the person': (deployment) => revoke(deployment, 'subject=user-1'),
  };
  for (const [name, end] of Object.entries(ENDS))
    it(`does not come back by the address that began it, after ${name}`, async (test) => {
      const { deployment, advance } = await startDeployment({ test, storage: 'memory' });
      await deployment.createClient();
      const browser = deployment.browser();
      const address = await acceptedLogin(deployment, browser);
      assert.ok(await letsIn(browser, address));
      // While it lasts, the address may be opened again.
      assert.ok(await letsIn(browser, address));
      advance(1);
      await end(deployment, browser);
      assert.ok(!(await letsIn(browser, address)));
      assert.ok(!(await isLoggedIn(deployment, browser)));
      assert.ok(await letsIn(browser, await acceptedLogin(deployment, browser)));
    });

  it('is also one that had only been accepted, where all of the person end', async (test) => {
    const { deployment, advance } = await startDeployment({ test, storage: 'memory' });
    await deployment.createClient();
    const [browser, other] = [deployment.browser(), deployment.browser()];
    const address = await acceptedLogin(deployment, browser);
    const ofOther = await acceptedLogin(deployment, other, 'user-2');
    advance(1);
    await revoke(deployment, 'subject=user-1');
    assert.ok(!(await letsIn(browser, address)));
    assert.ok(await letsIn(other, ofOther));
  });

  it('is also one with a password that was changed since', async (test) => {
    const site = await Site.start();
    test.after(() => site.close());
    const thief = site.visitor();
    const login = await site.loginPage(thief);
    const fields = { email: EMAIL, password: PASSWORD, remember: 'true' };
    const { location } = await thief.press(login, 'accept', { fields });
    assert.match((await thief.follow(location)).text, /id="consent-title"/);
    site.ahead = 1;
    assert.equal(await changePassword(site.server, site.account.subject, PASSWORD, 'another long password'), undefined);
    assert.equal(new URL((await thief.follow(location)).location).searchParams.get('error'), 'login_required');
    assert.match((await site.loginPage(thief)).text, /id="password"/);
  });
});
