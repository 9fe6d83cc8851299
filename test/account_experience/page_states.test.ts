import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../e2e/chromium.ts';
import { EMAIL, Gallery, PASSWORD, STATES, signIn } from './gallery.ts';

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

const DESKTOP = { width: 1280, height: 800 };

type Options = NonNullable<Parameters<Browser['newContext']>[0]>;

/** A browser of its own, in which the client and whatever else is elsewhere answers with its address. */
async function withPage(options: Options, body: (page: Page, elsewhere: string[]) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  const elsewhere: string[] = [];
  await context.route(
    (url) => url.origin !== gallery.server.issuer,
    (route) => {
      elsewhere.push(route.request().url());
      return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>elsewhere</title>' });
    },
  );
  try {
    await body(await quietPage(context), elsewhere);
  } finally {
    await context.close();
  }
}

/** One that fails the test when the browser complains of anything but a status. */
async function quietPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !/status of 4\d\d/.test(message.text())) {
      throw new Error(message.text());
    }
  });
  return page;
}

/** What axe-core has to say, in a line each. */
async function complaints(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations, passes } = (await page.evaluate('axe.run()')) as axe.AxeResults;
  assert.ok(passes.length > 5, `${passes.length} rules looked at the page`);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

const shifted = (page: Page): Promise<number> =>
  page.evaluate(`new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => { for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) sum += value; })
      .observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => resolve(sum), 50);
  })`);

/** How far the page can be moved sideways, and what sticks out. */
const overflow = (page: Page): Promise<string[]> =>
  page.evaluate(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > clientWidth);
    return wide.map((each) => each.outerHTML.slice(0, 120));
  })()`);

for (const locale of ['en-GB', 'de-DE', 'fr-FR']) {
  describe(`WCAG 2.2: pages in light and in dark, large and small, for ${locale}`, () => {
    for (const [name, visit] of Object.entries(STATES)) {
      it(`${name}: axe-core finds nothing, nothing jumps, and nothing has to be moved sideways`, async () => {
        await withPage({ locale }, async (page, elsewhere) => {
          await visit(gallery, page);
          assert.equal(await page.getAttribute('html', 'lang'), locale.slice(0, 2));
          assert.equal(await shifted(page), 0);
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            assert.deepEqual(await complaints(page), [], colorScheme);
          }
          await checkSizes(page);
          assert.deepEqual(elsewhere, []);
        });
      });
    }
  });
}

/** WCAG 2.2, 1.4.4 and 1.4.10. A window of 1280 pixels at 200 % has half of them. */
async function checkSizes(page: Page): Promise<void> {
  const [phone, zoomed] = [
    { width: 320, height: 640 },
    { width: DESKTOP.width / 2, height: DESKTOP.height / 2 },
  ];
  for (const fontSize of ['100%', '200%']) {
    await page.evaluate(`document.documentElement.style.fontSize = '${fontSize}'`);
    for (const size of [phone, zoomed, DESKTOP]) {
      await page.setViewportSize(size);
      assert.deepEqual(await overflow(page), [], `${size.width} pixels, text at ${fontSize}`);
    }
  }
}

const CLIENT = /^https:\/\/prints\.example\.com\/callback\?/;

/** What the client is told: its site is nowhere, so it is enough that the browser asks for it. */
async function answerAfter(page: Page, act: () => Promise<void>): Promise<URLSearchParams> {
  const [request] = await Promise.all([page.waitForRequest(CLIENT), act()]);
  return new URL(request.url()).searchParams;
}

/** Presses the tab key until the element has the focus, which has to be seen each time. */
async function tabTo(page: Page, id: string): Promise<void> {
  for (let at = 0; at < 20; at++) {
    const [focused, outline] = (await page.evaluate(
      '[document.activeElement.id, getComputedStyle(document.activeElement).outlineStyle]',
    )) as [string, string];
    if (focused !== '') assert.notEqual(outline, 'none', `the focus on ${focused}`);
    if (focused === id) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the tab key does not lead to ${id}`);
}

describe('WCAG 2.2 2.1.1, 2.4.7: the keyboard alone', () => {
  it('logs in, corrects a password, grants one scope less, and goes on to the client', async () => {
    await withPage({}, async (page) => {
      await gallery.login(page);
      await tabTo(page, 'email');
      await page.keyboard.type(EMAIL);
      await tabTo(page, 'password');
      await page.keyboard.type('wrong');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#login-error');
      await tabTo(page, 'password');
      await page.keyboard.type(PASSWORD);
      await tabTo(page, 'remember');
      await page.keyboard.press('Space');
      assert.ok(await page.isChecked('#remember'));
      await tabTo(page, 'accept');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#consent-title');
      await tabTo(page, 'photos:read');
      await page.keyboard.press('Space');
      await tabTo(page, 'accept');
      const answer = await answerAfter(page, () => page.keyboard.press('Enter'));
      assert.equal(answer.get('scope'), 'openid profile email offline_access');
    });
  });

  it('signs out, and stays signed in', async () => {
    for (const [button, title] of [
      ['accept', 'You are signed out'],
      ['reject', 'You are still signed in'],
    ] as const) {
      await withPage({}, async (page) => {
        await gallery.logout(page);
        await tabTo(page, button);
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: title }).waitFor();
      });
    }
  });

  it('opens the QR code of the device page, which is drawn only then', async () => {
    await withPage({}, async (page) => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await page.goto((await gallery.startDevice()).verification_uri_complete);
      assert.ok(!asked.includes('/oauth2/fallbacks/device/qr.svg'));
      await page.focus('summary');
      await page.keyboard.press('Enter');
      await page.evaluate("document.querySelector('#qr').decode()");
      assert.ok(asked.includes('/oauth2/fallbacks/device/qr.svg'));
    });
  });
});

describe('the mouse, with scripts on and off', () => {
  for (const javaScriptEnabled of [true, false]) {
    it(`goes the whole way, scripts ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
      await withPage(
        { javaScriptEnabled, viewport: { width: 320, height: 640 }, colorScheme: 'dark' },
        async (page) => {
          await gallery.login(page);
          await signIn(page, 'wrong');
          await page.waitForSelector('#login-error');
          await page.click('text=Keep me signed in');
          await signIn(page);
          await page.waitForSelector('#consent-title');
          await page.click('text=See your photos');
          await page.click('#accept');
          await page.waitForURL(CLIENT);
          assert.ok(!new URL(page.url()).searchParams.get('scope')?.includes('photos'));
          await page.goto(gallery.url('/oauth2/sessions/logout'));
          await page.click('#accept');
          await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
        },
      );
    });
  }

  it('refuses at the login and at the consent, and the client hears of it', async () => {
    await withPage({}, async (page) => {
      await gallery.login(page);
      const denied = await answerAfter(page, () => page.click('#reject'));
      assert.equal(denied.get('error'), 'access_denied');
    });
    await withPage({}, async (page) => {
      await gallery.consent(page);
      const refused = await answerAfter(page, () => page.click('#reject'));
      assert.equal(refused.get('error'), 'access_denied');
    });
  });
});
