import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { accountExperienceRoutes } from '../../src/account_experience/routes.ts';
import { stylesheetVersion } from '../../src/account_experience/stylesheet.ts';
import { Site } from './site.ts';
import type { Shown, Visitor } from './visitor.ts';

let site: Site;
before(async () => {
  site = await Site.start();
});
after(() => site.close());

let visitor: Visitor;
beforeEach(() => {
  visitor = site.visitor();
  site.ahead = 0;
});

const FALLBACKS = '/oauth2/fallbacks';

/** What holds for every page, whatever it says. */
function checkPage({ headers, text }: Shown, path = ''): void {
  const policy = headers.get('content-security-policy') ?? '';
  assert.match(policy, /^default-src 'none';.* form-action 'self'.* frame-ancestors 'none'$/, path);
  assert.doesNotMatch(policy, /unsafe|\*/, path);
  assert.equal(headers.get('x-frame-options'), 'DENY', path);
  assert.match(headers.get('cache-control') ?? '', /no-store/, path);
  assert.equal(headers.get('content-type'), 'text/html; charset=utf-8', path);
  assert.match(
    text,
    /^<!doctype html>\n<html lang="en" dir="ltr">.*<title>[^<]+<\/title>.*<h1[ >].*<\/html>\n$/s,
    path,
  );
  assert.doesNotMatch(text, /<script|\sstyle=|\son\w+=/, path);
}

describe('a page that is reached without a request', () => {
  for (const [path, key] of [
    ['/login', 'urls.login'],
    ['/consent', 'urls.consent'],
    ['/logout', 'urls.logout'],
    ['/logout/callback', 'urls.post_logout_redirect'],
    ['/device', 'urls.device.verification'],
    ['/device/done', 'urls.device.success'],
  ] as const) {
    it(`${path} is finished, and names ${key}`, async () => {
      const page = await visitor.get(FALLBACKS + path);
      assert.equal(page.status, 200);
      checkPage(page);
      assert.ok(page.text.includes(`<code>${key}</code>`));
    });
  }
});

describe('the error page', () => {
  it('shows what it was told, escaped, and names urls.error', async () => {
    const told = { error: 'invalid_client', error_description: '<b>d</b>', error_hint: '"h"', error_debug: "it's" };
    const page = await visitor.get(`${FALLBACKS}/error?${new URLSearchParams({ ...told, other: 'unseen' })}`);
    assert.equal(page.status, 400);
    checkPage(page);
    for (const text of ['invalid_client', '&#60;b&#62;d&#60;/b&#62;', '&#34;h&#34;', 'it&#39;s', 'urls.error']) {
      assert.ok(page.text.includes(text), text);
    }
    assert.ok(!page.text.includes('unseen'));
  });

  it('is finished when it was told nothing', async () => {
    const page = await visitor.get(`${FALLBACKS}/error`);
    assert.equal(page.status, 400);
    checkPage(page);
    assert.ok(!page.text.includes('<dl>'));
  });

  it('is where a request without a client to trust ends', async () => {
    const page = await visitor.follow('/oauth2/auth?client_id=unknown');
    assert.equal(page.status, 400);
    assert.match(page.text, /<dd id="error">invalid_client</);
  });
});

describe('a challenge that does not work', () => {
  for (const path of ['/login', '/consent', '/logout']) {
    it(`on ${path} leads to a page that says what to do`, async () => {
      const name = `${path.slice(1)}_challenge`;
      for (const [query, status] of [
        [`${name}=unknown`, 404],
        [`${name}=%ff`, 400],
        [`${name}=%zz`, 400],
        [`${name}=%00`, 400],
        [`${name}=a&${name}=b`, 404],
        [`${name}=${'x'.repeat(20_000)}`, 404],
        [`${name}=%3Cscript%3E`, 404],
      ] as const) {
        const page = await visitor.get(`${FALLBACKS}${path}?${query}`);
        assert.equal(page.status, status, query.slice(0, 80));
        checkPage(page, query.slice(0, 80));
        assert.match(page.text, /id="problem-title"/);
      }
    });
  }

  it('is the one of a login that took too long', async () => {
    const { status: shown, text } = await site.loginPage(visitor);
    assert.equal(shown, 200);
    const challenge = /login_challenge=[^"&]*/.exec(text)?.[0];
    site.ahead = 1801;
    const page = await visitor.get(`${FALLBACKS}/login?${challenge}`);
    assert.equal(page.status, 401);
    checkPage(page);
    assert.match(page.text, /id="problem-title"/);
  });
});

it('no parameter of any page makes it fail', async () => {
  const values = ['', '%', '%ff', '%00', '+', '%F0%9F%94%91', '%E2%80%AE', '"><svg/onload=1>', 'y'.repeat(8_000)];
  const names =
    'login_challenge consent_challenge logout_challenge device_challenge user_code client_id challenge csrf_token email password remember action grant_scope error error_description error_hint error_debug v'.split(
      ' ',
    );
  const login = await site.loginPage(visitor);
  for (const { method, path } of accountExperienceRoutes) {
    for (const value of values) {
      const once = names.map((name) => `${name}=${value}`).join('&');
      for (const text of [once, `${once}&${once}`, value, `=${value}`]) {
        const answer = await send(method, path, text);
        assert.ok(answer.status < 500, `${method} ${path}?${text.slice(0, 80)}: ${answer.status}`);
        assert.ok(!(await answer.text()).includes('<svg/onload'));
      }
    }
  }
  for (const name of ['csrf_token', 'email', 'password', 'remember', 'action']) {
    for (const value of ['', '\ufffd', '\u202e', 'z'.repeat(100_000), ['a', 'b']]) {
      const { status } = await visitor.press(login, 'accept', {
        fields: { email: `${name}.${value.length}@b`, password: 'c', [name]: value },
      });
      assert.ok([303, 401, 403].includes(status), `${name}: ${status}`);
    }
  }
});

function send(method: string, path: string, text: string): Promise<Response> {
  const url = new URL(path, site.deployment.publicOrigin);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  if (method === 'GET') return fetch(`${url}?${text}`, { redirect: 'manual' });
  return fetch(`${url}?${text}`, { method, redirect: 'manual', headers, body: text });
}

it('every page that shows a form has the headers of a page, and its style is ours, kept for a year', async () => {
  const pages = [
    await site.loginPage(visitor),
    await site.consentPage(visitor),
    await visitor.follow('/oauth2/device/verify'),
    await visitor.get(`${FALLBACKS}/logout/stayed`),
    await visitor.get(`${FALLBACKS}/device/done?client_id=app`),
  ];
  for (const page of pages) {
    checkPage(page);
    const href = /<link rel="stylesheet" href="([^"]*)">/.exec(page.text)?.[1] ?? '';
    assert.equal(href, `${FALLBACKS}/style.css?v=${stylesheetVersion(site.server)}`);
    const style = await visitor.get(href);
    assert.equal(style.status, 200);
    assert.equal(style.headers.get('content-type'), 'text/css; charset=utf-8');
    assert.equal(style.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.doesNotMatch(style.text, /url\(|@import/);
  }
});
