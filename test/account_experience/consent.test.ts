import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { createAccount, removeAccount } from '../../src/account_experience/accounts.ts';
import { REDIRECT_URI } from '../e2e/flow.ts';
import { PASSWORD, Site } from './site.ts';
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

const ALL = { scope: 'openid offline_access profile email read', audience: 'https://api.example.com' };

describe('the consent page', () => {
  it('asks for each scope and names the audience, the client and the account', async () => {
    const page = await site.consentPage(visitor, ALL);
    assert.equal(page.status, 200);
    for (const id of ['consent-title', 'remember', 'accept', 'reject', ...ALL.scope.split(' ')]) {
      assert.equal(page.text.split(` id="${id}"`).length, 2, id);
    }
    const scopes = fieldsOf(page).filter(([name]) => name === 'grant_scope');
    assert.deepEqual(
      scopes.map(([, value]) => value),
      ALL.scope.split(' '),
    );
    for (const text of ['https://api.example.com', 'Looms &#38; &#60;Sons&#62;', 'ada@example.com']) {
      assert.ok(page.text.includes(text), text);
    }
  });

  it('grants what is ticked, with the claims of those scopes', async () => {
    const page = await site.consentPage(visitor, ALL);
    const answer = await visitor.press(page, 'accept', { fields: { grant_scope: ['openid', 'email'] } });
    assert.equal(answer.status, 303);
    const tokens = await site.tokens(await visitor.follow(answer.location));
    assert.equal(tokens.scope, 'openid email');
    assert.equal(tokens.refresh_token, undefined);
    const claims = decodeJwt(String(tokens.id_token));
    assert.equal(claims.sub, site.account.subject);
    assert.deepEqual([claims.email, claims.email_verified], ['ada@example.com', true]);
    for (const name of ['name', 'locale', 'phone_number', 'unknown']) assert.ok(!(name in claims), name);
    const { aud, sub } = await site.deployment.introspect(tokens.access_token);
    assert.deepEqual([aud, sub], [['https://api.example.com'], site.account.subject]);
  });

  it('grants nothing beyond what was requested', async () => {
    const page = await site.consentPage(visitor, { scope: 'openid profile' });
    const grant_scope = ['openid', 'email', 'admin', 'openid', 'profile'];
    const answer = await visitor.press(page, 'accept', { fields: { grant_scope, grant_access_token_audience: 'x' } });
    const tokens = await site.tokens(await visitor.follow(answer.location));
    assert.equal(tokens.scope, 'openid profile');
    const claims = decodeJwt(String(tokens.id_token));
    assert.deepEqual([claims.name, claims.locale, claims.email], ['Ada', 'en-GB', undefined]);
    assert.deepEqual((await site.deployment.introspect(tokens.access_token)).aud, []);
  });

  it('RFC 6749 4.1.2.1: tells the client when the person denies', async () => {
    const answer = await visitor.press(await site.consentPage(visitor), 'reject');
    assert.equal(answer.status, 303);
    const back = new URL((await visitor.follow(answer.location)).location);
    assert.equal(back.origin + back.pathname, REDIRECT_URI);
    assert.equal(back.searchParams.get('error'), 'access_denied');
  });

  it('is not shown again when it was remembered', async () => {
    const page = await site.consentPage(visitor, ALL, true);
    await visitor.follow((await visitor.press(page, 'accept', { fields: { remember: 'true' } })).location);
    const { scope, id_token } = await site.tokens(await site.loginPage(visitor, ALL));
    assert.equal(scope, ALL.scope);
    assert.deepEqual([decodeJwt(String(id_token)).email, decodeJwt(String(id_token)).name], ['ada@example.com', 'Ada']);
  });

  it('is not shown for a client that skips it', async () => {
    await site.deployment.createClient({ client_id: 'first-party', client_secret: 'app-secret', skip_consent: true });
    const back = await site.consentPage(visitor, { client_id: 'first-party', scope: 'openid email' });
    assert.ok(new URL(back.location).searchParams.has('code'), back.location);
  });
});

describe('a person whose account was deleted meanwhile', () => {
  const email = 'gone@example.com';
  let consent: Shown;
  beforeEach(async () => {
    await createAccount(site.server, { email, password: PASSWORD });
    const login = await site.loginPage(visitor);
    const { location } = await visitor.press(login, 'accept', { fields: { email, password: PASSWORD } });
    consent = await visitor.follow(location);
    assert.match(consent.text, /id="consent-title"/);
    await removeAccount(site.server, email);
  });
  const told = ({ location }: Shown) => new URL(location).searchParams.get('error');

  it('grants nothing any more', async () => {
    assert.equal(told(await visitor.follow((await visitor.press(consent, 'accept')).location)), 'login_required');
  });

  it('is not asked again', async () => {
    const action = /<form method="post" action="([^"]*)"/.exec(consent.text)?.[1] ?? assert.fail();
    assert.equal(told(await visitor.follow(action)), 'login_required');
  });
});

it('a consent of somebody who logged in elsewhere needs no account', async () => {
  const urls = { self: { issuer: 'http://issuer.test/' }, login: 'https://accounts.example.com/login' };
  const elsewhere = await Site.start({ urls });
  const person = elsewhere.visitor();
  const { location } = await person.follow(elsewhere.deployment.authorizeUrl());
  const challenge = new URL(location).searchParams.get('login_challenge') ?? assert.fail(location);
  const consent = await person.follow(await elsewhere.deployment.acceptLogin(challenge, { subject: 'somebody' }));
  const back = await person.follow((await person.press(consent, 'accept')).location);
  assert.ok(new URL(back.location).searchParams.has('code'), back.location);
  await elsewhere.close();
});

describe('a consent form is refused', () => {
  it('without its token, with an old one, and with that of a login page', async () => {
    const csrf_token = new Map(fieldsOf(await site.loginPage(visitor))).get('csrf_token') ?? '';
    const page = await site.consentPage(visitor, { prompt: 'consent' });
    assert.equal((await visitor.press(page, 'accept', { fields: { csrf_token: null } })).status, 403);
    assert.equal((await visitor.press(page, 'accept', { fields: { csrf_token } })).status, 403);
    site.ahead = 3700;
    assert.equal((await visitor.press(page, 'accept')).status, 403);
  });

  it("with another browser's cookie, and from another site", async () => {
    const page = await site.consentPage(visitor, { prompt: 'consent' });
    const other = site.visitor();
    await site.consentPage(other, { prompt: 'consent' });
    assert.equal((await other.press(page, 'accept')).status, 403);
    const headers = { origin: 'https://evil.example.com' };
    assert.equal((await visitor.press(page, 'accept', { headers })).status, 403);
    assert.equal((await visitor.press(page, 'accept')).status, 303);
  });
});
