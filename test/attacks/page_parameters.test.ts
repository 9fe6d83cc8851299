import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { accountExperienceRoutes } from '../../src/account_experience/routes.ts';
import { Site } from '../account_experience/site.ts';
import type { Shown, Visitor } from '../account_experience/visitor.ts';
import { REDIRECT_URI } from '../e2e/flow.ts';

const EVIL = 'evil.example';

/** What browsers take for an address elsewhere, or for a script. */
const ADDRESSES = [
  `https://${EVIL}/`,
  `//${EVIL}/`,
  `\\\\${EVIL}/`,
  `/\\${EVIL}/`,
  `/\t/${EVIL}/`,
  ` https://${EVIL}/`,
  `https:${EVIL}`,
  `https://issuer.test@${EVIL}/`,
  `https://issuer.test.${EVIL}/`,
  `javascript:location='https://${EVIL}/'`,
  `data:text/html,<a href="https://${EVIL}/">`,
  `"><a href="https://${EVIL}/">`,
  `' formaction='https://${EVIL}/'`,
  `0;url=https://${EVIL}/`,
  `x\r\nLocation: https://${EVIL}/`,
  `x; form-action https://${EVIL}`,
];

/** Those of our pages, and those in which other programs take addresses. */
const NAMES =
  'login_challenge consent_challenge logout_challenge device_challenge challenge user_code client_id csrf_token email password current_password new_password remember action grant_scope error error_description error_hint error_debug error_uri ui_locales lang v redirect_to redirect_uri redirect return_to returnTo next continue url goto target post_logout_redirect_uri state iss login_hint'.split(
    ' ',
  );

let site: Site;
let visitor: Visitor;
before(async () => {
  site = await Site.start();
  visitor = site.visitor();
  const { location } = await visitor.press(await site.consentPage(visitor, {}, true), 'accept');
  await visitor.follow(location);
});
after(() => site.close());

/** Every address to which an answer sends a browser, or lets it go, or load from. */
function addressesOf({ headers, text, location }: Shown): string[] {
  const inText = text.matchAll(/\s(?:href|src|action|formaction|data|poster|content)\s*=\s*(?:"([^"]*)"|'([^']*)')/gi);
  const written = [...inText].map(([, double, single]) => unescaped(double ?? single ?? ''));
  return [location, headers.get('refresh') ?? '', headers.get('link') ?? '', ...written];
}

const unescaped = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

/** Its own origin, or a picture that stands in the page. */
function isOurs(address: string, at: string): boolean {
  const url = URL.parse(address, at);
  return url === null || address === 'data:,' || url.origin === new URL(at).origin;
}

function check(shown: Shown, what: string): void {
  assert.ok(shown.status < 500, what);
  for (const address of addressesOf(shown))
    assert.ok(isOurs(address, 'http://issuer.test/oauth2/fallbacks/login'), `${what} leads to ${address}`);
  assert.ok(!(shown.headers.get('content-security-policy') ?? '').includes(EVIL), what);
  assert.equal(shown.headers.get('cache-control') ?? 'no-store', what.includes('style.css') ? STYLE : 'no-store', what);
}

const STYLE = 'public, max-age=31536000, immutable';

describe('RFC 9700 4.11: no parameter of a page leads elsewhere', () => {
  for (const { method, path } of accountExperienceRoutes)
    it(`${method} ${path}`, async () => {
      for (const address of ADDRESSES) {
        const all = new URLSearchParams(NAMES.map((name) => [name, address]));
        const each = NAMES.map((name) => new URLSearchParams({ [name]: address }));
        for (const query of [all, ...each]) {
          const url = `${path}?${query}`;
          const shown = method === 'GET' ? await visitor.get(url) : await visitor.post(url, query);
          check(shown, `${method} ${url.slice(0, 200)}`);
        }
      }
    });

  it('nor does one that is added to a form that is good', async () => {
    for (const address of ADDRESSES) {
      const fields = Object.fromEntries(NAMES.slice(NAMES.indexOf('redirect_to')).map((name) => [name, address]));
      const page = await site.loginPage(site.visitor(), { login_hint: address, ui_locales: address });
      check(page, `the login page with ${address}`);
      const other = site.visitor();
      const consent = await site.consentPage(other);
      check({ ...consent, location: '' }, 'the consent page');
      const { location } = await other.press(consent, 'accept', { fields });
      const back = await other.follow(location);
      assert.ok(back.location.startsWith(REDIRECT_URI), back.location);
    }
  });
});
