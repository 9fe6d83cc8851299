import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createAccount, removeAccount } from '../../src/account_experience/accounts.ts';
import { REDIRECT_URI } from '../e2e/flow.ts';
import { EMAIL, PASSWORD, Site } from './site.ts';
import { fieldsOf, type Shown, type Visitor } from './visitor.ts';

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

const fields = { email: EMAIL, password: PASSWORD };

describe('the login page', () => {
  it('asks for e-mail address and password, in the name of the client', async () => {
    const page = await site.loginPage(visitor);
    assert.equal(page.status, 200);
    for (const id of ['login-title', 'email', 'password', 'remember', 'accept', 'reject']) {
      assert.equal(page.text.split(` id="${id}"`).length, 2, id);
    }
    assert.ok(page.text.includes('Looms &#38; &#60;Sons&#62;'), page.text);
    assert.ok(!page.text.includes('<Sons>'));
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      / form-action 'self' \S+ https:\/\/app\.example\.com;/,
    );
  });

  it('OpenID Connect Core 3.1.2.1: fills in the login_hint', async () => {
    const page = await site.loginPage(visitor, { login_hint: '"><b>@example.com' });
    assert.deepEqual(new Map(fieldsOf(page)).get('email'), '"><b>@example.com');
    assert.ok(!page.text.includes('<b>'));
  });

  it('goes on with the right password', async () => {
    const answer = await visitor.press(await site.loginPage(visitor), 'accept', { fields });
    assert.equal(answer.status, 303);
    assert.match((await visitor.follow(answer.location)).text, /id="consent-title"/);
  });

  it('says the same to an unknown account and to a wrong password, and keeps the address', async () => {
    const page = await site.loginPage(visitor);
    const texts: string[] = [];
    for (const email of [EMAIL, 'eve@example.com']) {
      const again = await visitor.press(page, 'accept', { fields: { email, password: 'wrong' } });
      assert.equal(again.status, 401);
      assert.match(again.text, /id="login-error" role="alert" tabindex="-1"/);
      assert.equal(new Map(fieldsOf(again)).get('email'), email);
      assert.equal(new Map(fieldsOf(again)).get('password'), '');
      texts.push(again.text.replaceAll(email, '').replaceAll(/name="csrf_token" value="[^"]*"/g, ''));
    }
    assert.equal(texts[0], texts[1]);
    const answer = await visitor.press(await visitor.press(page, 'accept'), 'accept', { fields });
    assert.equal(answer.status, 303);
  });

  it('keeps the choice to be remembered after a wrong password', async () => {
    const page = await site.loginPage(visitor);
    const again = await visitor.press(page, 'accept', { fields: { email: EMAIL, password: '', remember: 'true' } });
    assert.equal(new Map(fieldsOf(again)).get('remember'), 'true');
  });

  it('RFC 6749 4.1.2.1: tells the client when the person cancels, whatever the fields hold', async () => {
    const answer = await visitor.press(await site.loginPage(visitor), 'reject', { fields: { email: null } });
    assert.equal(answer.status, 303);
    const back = new URL((await visitor.follow(answer.location)).location);
    assert.equal(back.origin + back.pathname, REDIRECT_URI);
    assert.equal(back.searchParams.get('error'), 'access_denied');
  });

  it('two tabs of one browser both finish', async () => {
    const [first, second] = [await site.loginPage(visitor), await site.loginPage(visitor)];
    for (const page of [first, second]) {
      const answer = await visitor.press(page, 'accept', { fields });
      assert.match((await visitor.follow(answer.location)).text, /id="consent-title"/);
    }
  });
});

describe('a remembered login', () => {
  it('is accepted without a page, and tells how the person logged in', async () => {
    await site.consentPage(visitor, {}, true);
    const consent = await site.loginPage(visitor);
    assert.match(consent.text, /id="consent-title"/);
    const back = await visitor.follow((await visitor.press(consent, 'accept')).location);
    const { id_token } = await site.tokens(back);
    assert.match(Buffer.from(String(id_token).split('.')[1] ?? '', 'base64url').toString(), /"amr":\["pwd"\]/);
  });

  it('is not accepted when the account is gone: the person logs in again, or the client learns it', async () => {
    const email = 'gone@example.com';
    await createAccount(site.server, { email, password: PASSWORD });
    const remembered = { fields: { email, password: PASSWORD, remember: 'true' } };
    await visitor.follow((await visitor.press(await site.loginPage(visitor), 'accept', remembered)).location);
    await removeAccount(site.server, email);
    const silent = await site.loginPage(visitor, { prompt: 'none' });
    assert.equal(new URL(silent.location).searchParams.get('error'), 'login_required');
    assert.match((await site.loginPage(visitor)).text, /id="login-title"/);
  });
});

describe('a login form is refused', () => {
  let page: Shown;
  beforeEach(async () => {
    page = await site.loginPage(visitor);
  });

  async function refused(answer: Promise<Shown>): Promise<void> {
    const { status, text, location } = await answer;
    assert.equal(status, 403);
    assert.equal(location, '');
    assert.match(text, /id="again" href="\/oauth2\/fallbacks\/login\?login_challenge=/);
  }

  it('without its token', () => refused(visitor.press(page, 'accept', { fields: { ...fields, csrf_token: null } })));

  it("with another visitor's token", async () => {
    const csrf_token = new Map(fieldsOf(await site.loginPage(site.visitor()))).get('csrf_token') ?? '';
    await refused(visitor.press(page, 'accept', { fields: { ...fields, csrf_token } }));
  });

  it('with an old token', async () => {
    site.ahead = 3700;
    await refused(visitor.press(page, 'accept', { fields }));
  });

  it('with the token of another request', async () => {
    const csrf_token = new Map(fieldsOf(await site.loginPage(visitor))).get('csrf_token') ?? '';
    await refused(visitor.press(page, 'accept', { fields: { ...fields, csrf_token } }));
  });

  it("with another browser's cookie, or none", async () => {
    const other = site.visitor();
    await refused(other.press(page, 'accept', { fields }));
    await site.loginPage(other);
    await refused(other.press(page, 'accept', { fields }));
  });

  it('from another site', async () => {
    await refused(visitor.press(page, 'accept', { fields, headers: { origin: 'https://evil.example.com' } }));
    await refused(
      visitor.press(page, 'accept', { fields, headers: { origin: 'null', 'sec-fetch-site': 'cross-site' } }),
    );
  });

  it('also when it only cancels', () => refused(visitor.press(page, 'reject', { fields: { csrf_token: null } })));

  it('as another type than a browser sends', () =>
    refused(visitor.press(page, 'accept', { fields, headers: { 'content-type': 'application/json' } })));

  it('but the person can start again from there', async () => {
    const refusal = await visitor.press(page, 'accept', { fields: { csrf_token: null } });
    const href = /id="again" href="([^"]*)"/.exec(refusal.text)?.[1] ?? '';
    const answer = await visitor.press(await visitor.get(href), 'accept', { fields });
    assert.equal(answer.status, 303);
  });
});

it('a form that is finished in another browser than it began in comes to nothing', async () => {
  const page = await site.loginPage(visitor);
  const other = site.visitor();
  const challenge = /login_challenge=[^"&]*/.exec(page.text)?.[0];
  const answer = await other.press(await other.get(`/oauth2/fallbacks/login?${challenge}`), 'accept', { fields });
  const back = new URL((await other.follow(answer.location)).location);
  assert.equal(back.searchParams.get('error'), 'request_forbidden');
});
