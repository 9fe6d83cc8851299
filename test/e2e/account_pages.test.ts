import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { changePassword, EMAIL, Gallery, PASSWORD, signIn } from '../account_experience/gallery.ts';
import { launchChromium } from './chromium.ts';

const NEXT = 'another horse, another battery';

let gallery: Gallery;
let browser: Browser;
before(async () => {
  gallery = await Gallery.open();
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await gallery.close();
});

let page: Page;
afterEach(() => page.context().close());

async function open(javaScriptEnabled = true): Promise<void> {
  page = await (await browser.newContext({ javaScriptEnabled, viewport: { width: 320, height: 640 } })).newPage();
}

const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();

/** Presses the tab key until the element has the focus, and the return key there. */
async function pressAt(selector: string): Promise<void> {
  for (let at = 0; at < 30; at++) {
    if (await page.locator(`${selector}:focus`).count()) return page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
  }
  assert.fail(`the tab key does not lead to ${selector}`);
}

for (const javaScriptEnabled of [true, false]) {
  describe(`the account pages in a browser with JavaScript ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    it('take a person to an application, take its access back, and sign them out', async () => {
      await open(javaScriptEnabled);
      await gallery.connectDevice(page);
      await page.goto(gallery.url('/oauth2/fallbacks/account'));
      await signIn(page);
      await heading('Your account');
      await page.click('#to-applications');
      await page.getByRole('heading', { name: 'Living room television' }).waitFor();
      assert.equal(await page.locator('details button').isVisible(), false);
      await page.click('summary');
      await page.click('details button');
      assert.equal(
        (await page.textContent('#removed'))?.trim(),
        'Living room television has no access to your account any more.',
      );
      assert.ok(await page.isVisible('#no-applications'));
      // Whoever reloads the page does it once only.
      await page.reload();
      assert.ok(await page.isVisible('#no-applications'));
      await page.click('#sign-out');
      await heading('You are signed out');
      await page.click('#to-account');
      await heading('Sign in');
      await page.goBack();
      await page.goBack();
      assert.equal(await page.locator('nav').count(), 0, 'nothing of the account is left to see');
    });

    it('change a password, and this browser stays signed in while another is not', async () => {
      await open(javaScriptEnabled);
      const email = `changes-${javaScriptEnabled}@example.com`;
      await gallery.account(page, '/password', await gallery.person(email));
      const other = await (await browser.newContext()).newPage();
      await gallery.account(other, '', email);
      for (const [current, next, again, told] of [
        ['wrong', NEXT, NEXT, 'The current password is not right.'],
        [PASSWORD, NEXT, `${NEXT}!`, 'are not the same'],
        [PASSWORD, 'short', 'short', '8 to 256 characters'],
        [PASSWORD, 'password1', 'password1', 'tried first'],
      ] as const) {
        await changePassword(page, current, next, again);
        await page.getByRole('alert').getByText(told).waitFor();
        assert.equal(await page.locator(':focus').getAttribute('aria-invalid'), 'true');
        assert.equal(await page.inputValue('#password'), '');
      }
      await changePassword(page, PASSWORD, NEXT);
      await page.waitForSelector('#changed');
      await page.goto(gallery.url('/oauth2/fallbacks/account/applications'));
      await heading('Your applications');
      await other.goto(gallery.url('/oauth2/fallbacks/account'));
      await other.waitForSelector('#login-title');
      await signIn(other, PASSWORD, email);
      await other.waitForSelector('#login-error');
      await signIn(other, NEXT, email);
      await other.waitForSelector('#account-title');
      await other.context().close();
    });
  });
}

describe('WCAG 2.2 2.1.1: the keyboard alone', () => {
  it('leads to the applications and takes access back', async () => {
    await open();
    await gallery.connectDevice(page);
    await page.goto(gallery.url('/oauth2/fallbacks/account'));
    await page.waitForSelector('#email:focus');
    await page.keyboard.type(EMAIL);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await heading('Your account');
    await pressAt('#to-applications');
    await heading('Your applications');
    await pressAt('summary');
    await pressAt('details button');
    await page.waitForSelector('#removed');
    await pressAt('#sign-out');
    await heading('You are signed out');
    await pressAt('#to-account');
    await heading('Sign in');
  });

  it('changes a password', async () => {
    await open();
    await gallery.account(page, '/password');
    await page.focus('#password');
    for (const typed of [PASSWORD, NEXT, NEXT]) {
      await page.keyboard.type(typed);
      await page.keyboard.press('Tab');
    }
    assert.equal(await page.locator(':focus').getAttribute('id'), 'accept');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#changed');
  });
});
