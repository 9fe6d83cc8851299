import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { CREDENTIALS, REDIRECT_URI } from '../e2e/flow.ts';
import { EMAIL, Site } from './site.ts';
import { fieldsOf, type Shown, type Visitor } from './visitor.ts';

const BYE = 'https://app.example.com/bye';

let site: Site;
before(async () => {
  site = await Site.start();
  const { status } = await site.deployment.admin('PATCH', '/admin/clients/app', [
    { op: 'add', path: '/post_logout_redirect_uris', value: [BYE] },
  ]);
  assert.equal(status, 200);
});
after(() => site.close());

let visitor: Visitor;
let id_token: string;
beforeEach(async () => {
  site.ahead = 0;
  visitor = site.visitor();
  const consent = await site.consentPage(visitor, { scope: 'openid' }, true);
  const back = await visitor.follow((await visitor.press(consent, 'accept')).location);
  const code = new URL(back.location).searchParams.get('code') ?? '';
  const form = { ...CREDENTIALS, grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
  id_token = String((await site.deployment.token(form)).body.id_token);
});

const ownLogout = () => visitor.follow('/oauth2/sessions/logout');
const clientsLogout = () =>
  visitor.follow(
    `/oauth2/sessions/logout?${new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: BYE, state: 's' })}`,
  );

const isSignedIn = async (): Promise<boolean> => !/id="login-title"/.test((await site.loginPage(visitor)).text);

const challengeOf = ({ text }: Shown): string => /logout_challenge=[^"&]*/.exec(text)?.[0] ?? assert.fail(text);

describe('the logout page', () => {
  it('RP-Initiated Logout 2: asks the person, in the name of the client, and goes back to it with the state', async () => {
    const page = await clientsLogout();
    assert.equal(page.status, 200);
    for (const id of ['logout-title', 'accept', 'reject']) assert.equal(page.text.split(` id="${id}"`).length, 2, id);
    assert.ok(page.text.includes('Looms &#38; &#60;Sons&#62;'));
    assert.ok(page.text.includes(EMAIL));
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      / form-action 'self' [^;]*https:\/\/app\.example\.com;/,
    );
    const answer = await visitor.press(page, 'accept');
    assert.equal(answer.status, 303);
    assert.equal((await visitor.follow(answer.location)).location, `${BYE}?state=s`);
    assert.equal(await isSignedIn(), false);
  });

  it('lets people who came by themselves sign out, to a page that says so', async () => {
    const page = await ownLogout();
    assert.doesNotMatch(page.text, /Looms/);
    const done = await visitor.follow((await visitor.press(page, 'accept')).location);
    assert.equal(done.status, 200);
    assert.match(done.text, /<h1>You are signed out<\/h1>/);
    assert.equal(await isSignedIn(), false);
  });

  it('RP-Initiated Logout 2: leaves the session as it is when the person wants to stay', async () => {
    const page = await clientsLogout();
    const answer = await visitor.press(page, 'reject');
    assert.equal(answer.status, 303);
    const stayed = await visitor.follow(answer.location);
    assert.equal(stayed.status, 200);
    assert.match(stayed.text, /id="stayed-title"/);
    assert.equal(await isSignedIn(), true);
    assert.equal((await visitor.press(page, 'accept')).status, 404);
    assert.equal(await isSignedIn(), true);
  });

  it('says that it is over to whoever comes back to it, whatever they press', async () => {
    const page = await ownLogout();
    await visitor.follow((await visitor.press(page, 'accept')).location);
    for (const again of [
      await visitor.get(`/oauth2/fallbacks/logout?${challengeOf(page)}`),
      await visitor.press(page, 'accept'),
      await visitor.press(page, 'reject'),
    ]) {
      assert.equal(again.status, 200);
      assert.match(again.text, /<h1>You are signed out<\/h1>/);
    }
  });

  it('works for a limited time, and leads to a new beginning after it', async () => {
    const page = await ownLogout();
    site.ahead = 1801;
    for (const late of [
      await visitor.get(`/oauth2/fallbacks/logout?${challengeOf(page)}`),
      await visitor.press(page, 'accept'),
    ]) {
      assert.equal(late.status, 401);
      assert.match(late.text, /id="again" href="\/oauth2\/sessions\/logout"/);
    }
    assert.equal(await isSignedIn(), true);
  });

  it('refuses a form without its token, of another logout, from another browser or another site', async () => {
    const [page, other] = [await ownLogout(), await clientsLogout()];
    const csrf_token = new Map(fieldsOf(other)).get('csrf_token') ?? '';
    for (const refused of [
      await visitor.press(page, 'accept', { fields: { csrf_token: null } }),
      await visitor.press(page, 'accept', { fields: { csrf_token } }),
      await visitor.press(page, 'reject', { fields: { csrf_token: null } }),
      await site.visitor().press(page, 'accept'),
      await visitor.press(page, 'accept', { headers: { origin: 'https://evil.example.com' } }),
    ]) {
      assert.equal(refused.status, 403);
      assert.match(refused.text, /id="problem-title"/);
    }
    assert.equal(await isSignedIn(), true);
  });
});
