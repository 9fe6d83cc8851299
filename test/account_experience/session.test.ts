import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { ACCOUNT_PAGES } from '../../src/account_experience/account_pages.ts';
import { createAccount, removeAccount, setPassword } from '../../src/account_experience/accounts.ts';
import { pageCookie } from '../../src/account_experience/cookies.ts';
import { SESSION_LIFETIME, startSession } from '../../src/account_experience/session.ts';
import { loadConfig } from '../../src/config/load.ts';
import { REDIRECT_URI } from '../e2e/flow.ts';
import { counted } from '../e2e/statements.ts';
import { EMAIL, PASSWORD, Site } from './site.ts';
import { fieldsOf, type Shown, type Visitor } from './visitor.ts';

const COOKIE = 'gatehouse_account_dev';
const NEXT = 'another horse, another battery';
const PAGES = Object.values(ACCOUNT_PAGES);
const [ACCOUNT = ''] = PAGES;
const HTTPS = { issuer: 'https://id.example.com/' };

const NOBODY = {
  ...{ method: 'GET', path: '', query: '', params: {}, headers: {}, remote_address: '' },
  body: Buffer.of(),
};

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

const isSignedIn = async (who = visitor): Promise<boolean> => {
  const answers = await Promise.all(PAGES.map((path) => who.get(path)));
  const isShown = answers.map(({ status }) => status === 200);
  assert.ok(isShown.every((shown) => shown === isShown[0]));
  for (const { status, location, text } of answers.filter((_, at) => !isShown[at])) {
    assert.equal(status, 303);
    assert.match(location, /^\/oauth2\/fallbacks\/account\/login\?page=(account|applications|password)&/);
    assert.equal(text, '');
  }
  return isShown[0] === true;
};

const cookieLine = ({ headers }: Shown, name = COOKIE): string =>
  headers.getSetCookie().find((line) => line.startsWith(`${name}=`)) ?? assert.fail(`no ${name}`);

const signIn = async (who = visitor): Promise<Shown> =>
  who.press(await who.follow(ACCOUNT), 'accept', { fields: { email: EMAIL, password: PASSWORD } });

async function person(email: string) {
  const account = await createAccount(site.server, { email, password: PASSWORD });
  await site.accountPage(visitor, '', email);
  return account;
}

describe('the session of the account pages', () => {
  it('is a cookie that scripts and other sites do not get, for as long as it is good', async () => {
    const line = cookieLine(await signIn());
    for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/', `Max-Age=${SESSION_LIFETIME}`]) {
      assert.ok(line.includes(`; ${part}`), line);
    }
    assert.doesNotMatch(line, /Domain|ada|example/);
    assert.equal(await isSignedIn(), true);
  });

  it('costs one statement a page', async () => {
    await signIn();
    const { statements } = await counted(() => visitor.get(ACCOUNT));
    assert.equal(statements.length, 1, statements.join('\n'));
  });

  it('is over after its time, on our side too', async () => {
    await signIn();
    site.ahead = SESSION_LIFETIME - 5;
    assert.equal(await isSignedIn(), true);
    site.ahead = SESSION_LIFETIME + 1;
    assert.equal(await isSignedIn(), false);
  });

  it('is another one after every login, and the one before is over', async () => {
    await signIn();
    const before = visitor.cookies.get(COOKIE) ?? '';
    const remembered = { email: EMAIL, password: PASSWORD, remember: 'true' };
    await visitor.press(await site.loginPage(visitor), 'accept', { fields: remembered });
    assert.notEqual(visitor.cookies.get(COOKIE), before);
    assert.equal(await isSignedIn(), true);
    visitor.cookies.set(COOKIE, before);
    assert.equal(await isSignedIn(), false);
  });

  it('is not taken from a browser that has none, another cookie of ours, or an altered one', async () => {
    await signIn();
    await site.consentPage(visitor, {}, true);
    const own = visitor.cookies.get(COOKIE) ?? '';
    assert.equal(await isSignedIn(site.visitor()), false);
    const others = [...visitor.cookies].filter(([name]) => name !== COOKIE);
    assert.ok(others.length >= 3, String(others));
    const bytes = Buffer.from(own, 'base64url');
    const flipped = [0, 1, 5, 17, 30, bytes.length - 1].map((at) => {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
      return altered.toString('base64url');
    });
    const values = [...others.map(([, value]) => value), ...flipped, own.slice(0, -8), '', 'x', '%', 'A'.repeat(4_000)];
    for (const value of values) {
      const thief = site.visitor();
      thief.cookies.set(COOKIE, value);
      assert.equal(await isSignedIn(thief), false, value.slice(0, 80));
    }
    const legacy = site.visitor();
    for (const [name, value] of others) legacy.cookies.set(name, value);
    assert.equal(await isSignedIn(legacy), false, 'single sign-on is no session of the account pages');
  });

  it('cannot be planted by a neighbour, and is not sent without https, in production', () => {
    const { config } = loadConfig({
      files: [],
      env: {},
      flags: {},
      forced: { dsn: 'memory', secrets: { system: ['a-secret-that-only-tests-use'] }, urls: { self: HTTPS } },
    });
    const line = pageCookie({ config, now: Date.now }, 'account', 'value', 60);
    assert.match(line, /^__Host-gatehouse_account=value; Path=\/; /);
    assert.match(line, /; Secure; SameSite=Lax$/);
    assert.doesNotMatch(line, /Domain/);
  });

  it('of another deployment is worth nothing', async () => {
    const other = await Site.start({ secrets: { system: ['a-secret-of-another-deployment'] } });
    try {
      const stranger = other.visitor();
      await other.accountPage(stranger);
      visitor.cookies.set(COOKIE, stranger.cookies.get(COOKIE) ?? assert.fail());
      assert.equal(await isSignedIn(), false);
    } finally {
      await other.close();
    }
  });

  it('ends when the password changes, everywhere', async () => {
    const { email } = await person('set@example.com');
    assert.equal(await isSignedIn(), true);
    await setPassword(site.server, email, NEXT);
    assert.equal(await isSignedIn(), false);
  });

  it('ends with the account', async () => {
    const { email } = await person('leaves@example.com');
    await removeAccount(site.server, email);
    assert.equal(await isSignedIn(), false);
  });
});

describe('the login of the account pages', () => {
  it('leads back to the page that was wanted, in its language', async () => {
    for (const path of PAGES) {
      const who = site.visitor();
      const login = await who.follow(`${path}?ui_locales=de`);
      assert.match(login.text, /<html lang="de"/);
      const answer = await who.press(login, 'accept', { fields: { email: EMAIL, password: PASSWORD } });
      assert.equal(answer.status, 303);
      assert.equal(answer.location, `${path}?ui_locales=de`);
      assert.match((await who.follow(answer.location)).text, /<html lang="de"/);
    }
  });

  it('leads to one of our pages, whatever the URL says', async () => {
    for (const page of [
      'https://evil.example.com',
      '//evil.example.com',
      '/oauth2/auth',
      'constructor',
      '__proto__',
      '',
    ]) {
      const who = site.visitor();
      const query = new URLSearchParams({ page, return_to: page, redirect_uri: page, next: page });
      const login = await who.get(`/oauth2/fallbacks/account/login?${query}`);
      const answer = await who.press(login, 'accept', { fields: { email: EMAIL, password: PASSWORD, page } });
      assert.equal(answer.location, `${ACCOUNT}?ui_locales=en`, page);
      assert.equal((await who.get(`/oauth2/fallbacks/account/login?${query}`)).location, `${ACCOUNT}?ui_locales=en`);
    }
  });

  it('says the same to an unknown account and to a wrong password', async () => {
    const login = await visitor.follow(ACCOUNT);
    const texts = await Promise.all(
      [EMAIL, 'eve@example.com'].map(async (email) => {
        const { status, text } = await visitor.press(login, 'accept', { fields: { email, password: 'wrong' } });
        assert.equal(status, 401);
        assert.equal(new Map(fieldsOf({ text })).get('email'), email);
        return text.replaceAll(email, '').replace(/name="csrf_token" value="[^"]*"/, '');
      }),
    );
    assert.equal(texts[0], texts[1]);
    assert.equal(await isSignedIn(), false);
  });

  it('asks who is remembered nothing else, and signs in who is not to be remembered nowhere', async () => {
    await site.consentPage(visitor, {}, false);
    assert.equal(await isSignedIn(), false);
    await site.consentPage(visitor, {}, true);
    assert.equal(await isSignedIn(), true);
    const shared = site.visitor();
    await signIn(shared);
    await site.consentPage(shared, {}, false);
    assert.equal(await isSignedIn(shared), false, 'the person before was somebody else, for all we know');
  });

  it('takes no form from elsewhere: that would sign a person in as somebody else', async () => {
    const login = await visitor.follow(ACCOUNT);
    const fields = { email: EMAIL, password: PASSWORD };
    const theirs = new Map(fieldsOf(await site.visitor().follow(ACCOUNT))).get('csrf_token') ?? '';
    const ofAClient = new Map(fieldsOf(await site.loginPage(visitor))).get('csrf_token') ?? '';
    for (const sent of [
      { fields: { ...fields, csrf_token: null } },
      { fields: { ...fields, csrf_token: theirs } },
      { fields: { ...fields, csrf_token: ofAClient } },
      { fields, headers: { origin: 'https://evil.example.com' } },
      { fields, headers: { 'sec-fetch-site': 'cross-site' } },
      { fields, headers: { cookie: '' } },
    ]) {
      const { status, headers } = await visitor.press(login, 'accept', sent);
      assert.equal(status, 403);
      assert.doesNotMatch(headers.getSetCookie().join(), new RegExp(COOKIE));
    }
    site.ahead = 3601;
    assert.equal((await visitor.press(login, 'accept', { fields })).status, 403);
    assert.equal(await isSignedIn(), false);
  });
});

describe('a form of the account pages', () => {
  const forms = { '': 'sign_out', '/applications': 'remove', '/password': 'change' };
  beforeEach(async () => {
    await site.deployment.authorize({ login: { subject: site.account.subject } });
  });

  for (const [path, button] of Object.entries(forms)) {
    it(`'${button}' is taken from the session that it was shown to, and from nobody else`, async () => {
      const page = await site.accountPage(visitor, path);
      const other = site.visitor();
      const theirs = new Map(fieldsOf(await site.accountPage(other, path))).get('csrf_token') ?? '';
      const ofALogin = new Map(fieldsOf(await site.loginPage(visitor))).get('csrf_token') ?? '';
      for (const sent of [
        { fields: { csrf_token: null } },
        { fields: { csrf_token: '' } },
        { fields: { csrf_token: theirs } },
        { fields: { csrf_token: ofALogin } },
        { headers: { origin: 'https://evil.example.com' } },
        { headers: { origin: 'null', 'sec-fetch-site': 'cross-site' } },
        { headers: { cookie: `${COOKIE}=${visitor.cookies.get(COOKIE)}` } },
        { headers: { 'content-type': 'application/json' } },
      ]) {
        const { status, text } = await visitor.press(page, button, sent);
        assert.equal(status, 403, JSON.stringify(sent));
        assert.match(text, new RegExp(`id="again" href="${ACCOUNT}${path}`));
      }
      assert.equal(await isSignedIn(), true);
    });

    it(`'${button}' of the session before is refused after another login`, async () => {
      const page = await site.accountPage(visitor, path);
      const remembered = { email: EMAIL, password: PASSWORD, remember: 'true' };
      await visitor.press(await site.loginPage(visitor), 'accept', { fields: remembered });
      assert.equal((await visitor.press(page, button)).status, 403);
    });

    it(`'${button}' without a session changes nothing`, async () => {
      const page = await site.accountPage(visitor, path);
      visitor.cookies.delete(COOKIE);
      const answer = await visitor.press(page, button);
      assert.equal(answer.status, 303);
      assert.match(
        answer.location,
        button === 'sign_out'
          ? /^\/oauth2\/sessions\/logout\?ui_locales=en$/
          : /^\/oauth2\/fallbacks\/account\/login\?/,
      );
    });
  }
});

describe('signing out', () => {
  it('ends the session on our side too, and leads to a page with a way back', async () => {
    const page = await site.accountPage(visitor);
    const cookie = visitor.cookies.get(COOKIE) ?? '';
    const answer = await visitor.press(page, 'sign_out');
    assert.match(cookieLine(answer), /Max-Age=0/);
    const out = await visitor.follow(answer.location);
    assert.match(out.text, /id="to-account" href="\/oauth2\/fallbacks\/account\?ui_locales=en"/);
    assert.equal(await isSignedIn(), false);
    visitor.cookies.set(COOKIE, cookie);
    assert.equal(await isSignedIn(), false);
  });

  it('asks about the applications where the person is logged in to some', async () => {
    const consent = await site.consentPage(visitor, {}, true);
    await visitor.follow((await visitor.press(consent, 'accept')).location);
    const page = await visitor.get(ACCOUNT);
    const asked = await visitor.follow((await visitor.press(page, 'sign_out')).location);
    assert.match(asked.text, /id="logout-title"/);
    assert.equal(await isSignedIn(), false);
  });

  it('in the name of a client ends it as well', async () => {
    const consent = await site.consentPage(visitor, {}, true);
    await visitor.follow((await visitor.press(consent, 'accept')).location);
    const logout = await visitor.follow('/oauth2/sessions/logout');
    assert.equal(await isSignedIn(), true);
    assert.match(cookieLine(await visitor.press(logout, 'accept')), /Max-Age=0/);
    assert.equal(await isSignedIn(), false);
  });
});

it('every page of the account refuses frames, is not kept, and lets its forms lead nowhere but to us', async () => {
  await signIn();
  for (const path of PAGES) {
    const { headers } = await visitor.get(path);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none';.* frame-ancestors 'none'$/);
    assert.match(policy, / form-action 'self'( http:\/\/issuer\.test)?;/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.equal(headers.get('x-frame-options'), 'DENY');
    assert.match(headers.get('cache-control') ?? '', /no-store/);
  }
  assert.equal((await site.visitor().get(ACCOUNT)).headers.get('cache-control'), 'no-store');
  assert.doesNotMatch((await visitor.get(ACCOUNT)).text, new RegExp(REDIRECT_URI));
});

it('where a proxy has put a path before ours, every address of the account pages has it', async () => {
  const behind = await Site.start({
    urls: { self: { issuer: 'http://issuer.test/', public: 'http://issuer.test/id' } },
  });
  try {
    const who = behind.visitor();
    const addresses = [(await who.get(ACCOUNT)).location];
    const login = await who.get('/oauth2/fallbacks/account/login');
    const pages = [login];
    const cookie = await startSession(behind.server, NOBODY, behind.account);
    who.cookies.set(COOKIE, /=([^;]*)/.exec(cookie)?.[1] ?? '');
    for (const path of PAGES) pages.push(await who.get(path));
    for (const { text } of pages)
      addresses.push(...[...text.matchAll(/(?:href|action)="(\/[^"]*)"/g)].map(([, to = '']) => to));
    assert.ok(addresses.length > 15, String(addresses.length));
    for (const address of addresses) assert.match(address, /^\/id\/oauth2\/fallbacks\//);
  } finally {
    await behind.close();
  }
});

it('where people log in elsewhere, there are no account pages, and no way to them', async () => {
  const elsewhere = await Site.start({
    urls: { self: { issuer: 'http://issuer.test/' }, login: 'https://login.example.com/' },
  });
  try {
    const who = elsewhere.visitor();
    for (const path of [...PAGES, '/oauth2/fallbacks/account/login']) assert.equal((await who.get(path)).status, 404);
    assert.doesNotMatch((await who.get('/oauth2/fallbacks/logout/callback')).text, /to-account/);
  } finally {
    await elsewhere.close();
  }
});
