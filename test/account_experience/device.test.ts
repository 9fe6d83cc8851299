import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { spelledUserCode } from '../../src/account_experience/user_code.ts';
import { CREDENTIALS } from '../e2e/flow.ts';
import { EMAIL, PASSWORD, Site } from './site.ts';
import { fieldsOf, type Shown, type Visitor } from './visitor.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
const TV = { ...CREDENTIALS, client_id: 'tv' };

let site: Site;
before(async () => {
  site = await Site.start();
  await site.deployment.createClient({ client_id: 'tv', client_name: 'Television', grant_types: [GRANT_TYPE] });
});
after(() => site.close());

let visitor: Visitor;
let device: { user_code: string; device_code: string };
beforeEach(async () => {
  site.ahead = 0;
  visitor = site.visitor();
  const body = new URLSearchParams({ ...TV, scope: 'openid' });
  const answer = await fetch(`${site.deployment.publicOrigin}/oauth2/device/auth`, { method: 'POST', body });
  device = (await answer.json()) as typeof device;
});

const devicePage = (query = '') => visitor.follow(`/oauth2/device/verify${query}`);
const type = (page: Shown, user_code: string) => visitor.press(page, 'accept', { fields: { user_code } });
const poll = async () =>
  (await site.deployment.token({ ...TV, grant_type: GRANT_TYPE, device_code: device.device_code })).body;

describe('the device page', () => {
  it('3.3: asks for the code, and to have the device at hand', async () => {
    const page = await devicePage();
    assert.equal(page.status, 200);
    for (const id of ['device-title', 'user_code', 'accept']) {
      assert.equal(page.text.split(` id="${id}"`).length, 2, id);
    }
    assert.match(page.text, /have the device in front of you/);
    assert.match(page.text, /<input class="code" id="user_code"[^>]* autofocus>/);
    assert.equal(new Map(fieldsOf(page)).get('user_code'), '');
  });

  it('3.3: leads with the right code through login and consent to the end, and the device gets its tokens', async () => {
    const login = await visitor.follow((await type(await devicePage(), device.user_code)).location);
    assert.match(login.text, /id="login-title"/);
    assert.ok(login.text.includes('Television'));
    const consent = await visitor.press(login, 'accept', { fields: { email: EMAIL, password: PASSWORD } });
    const page = await visitor.follow(consent.location);
    assert.match(page.text, /id="consent-title"/);
    const done = await visitor.follow((await visitor.press(page, 'accept')).location);
    assert.equal(done.status, 200);
    assert.match(done.text, /id="device-done-title"/);
    assert.ok(!done.text.includes('urls.device.success'));
    assert.equal((await site.deployment.introspect((await poll()).access_token)).sub, site.account.subject);
  });

  it('3.3.1: shows the code of the link, and waits until the person says that it is theirs', async () => {
    const page = await devicePage(`?user_code=${device.user_code}`);
    assert.equal(page.status, 200);
    assert.equal(new Map(fieldsOf(page)).get('user_code'), device.user_code);
    assert.match(page.text, /Make sure that your device shows you this very code/);
    assert.match((await visitor.follow((await visitor.press(page, 'accept')).location)).text, /id="login-title"/);
    const hostile = await devicePage('?user_code=%22%3E%3Cb%3E');
    assert.equal(new Map(fieldsOf(hostile)).get('user_code'), '"><b>');
    assert.ok(!hostile.text.includes('<b>'));
  });

  it('6.1: understands the code with spaces, with dashes and in the wrong case', async () => {
    const { user_code } = device;
    const typed = ` ${user_code.slice(0, 3)}-${user_code.slice(3, 5)} ${user_code.slice(5)}.`;
    assert.equal((await type(await devicePage(), typed)).status, 303);
    const spelled = (character_set: string, text: string) =>
      spelledUserCode(
        { config: { oauth2: { device_authorization: { user_code: { length: 8, character_set } } } } as never },
        text,
      );
    assert.equal(spelled('BCDFGHJK', 'bcdf-ghjk'), 'BCDFGHJK');
    assert.equal(spelled('bcdfghjk', 'BCDF GHJK'), 'bcdfghjk');
    assert.equal(spelled('aAbc3', 'a-A-B\u00a0C\u2013３'), 'aAbc3');
    assert.equal(spelled('AB-', 'a-b x'), 'A-Bx');
  });

  it('says that a code is wrong, keeps what was typed, and takes the right one after it', async () => {
    const page = await devicePage();
    const again = await type(page, 'WRONG-<b>');
    assert.equal(again.status, 400);
    assert.match(again.text, /id="device-error" role="alert" tabindex="-1"/);
    assert.match(again.text, /aria-invalid="true" aria-describedby="device-error"/);
    assert.equal(new Map(fieldsOf(again)).get('user_code'), 'WRONG-<b>');
    assert.equal((await type(again, '')).status, 400);
    assert.equal((await type(again, device.user_code)).status, 303);
  });

  it('says that a code has expired or was used, as it does of one that never was', async () => {
    const page = await devicePage();
    site.ahead = 601;
    assert.match((await type(page, device.user_code)).text, /id="device-error"/);
  });

  it('5.1: says how long to wait after too many wrong codes, and another visit is not concerned', async () => {
    const page = await devicePage();
    for (let time = 0; time < 10; time++) assert.equal((await type(page, `wrong${time}`)).status, 400);
    const refused = await type(page, device.user_code);
    assert.equal(refused.status, 429);
    assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/);
    assert.match(refused.text, /Please wait 10 minutes, then try again/);
    assert.equal((await type(await devicePage(), device.user_code)).status, 303);
  });

  it('works for a limited time, and leads to a new beginning after it', async () => {
    const page = await devicePage();
    site.ahead = 1801;
    const late = await type(page, device.user_code);
    assert.equal(late.status, 401);
    assert.match(late.text, /id="again" href="\/oauth2\/device\/verify"/);
    const unknown = await visitor.get('/oauth2/fallbacks/device?device_challenge=unknown');
    const answer = await type(unknown, device.user_code);
    assert.equal(answer.status, 404);
    assert.match(answer.text, /id="again" href="\/oauth2\/device\/verify"/);
  });

  it('refuses a form without its token, from another browser or another site', async () => {
    const page = await devicePage();
    const { user_code } = device;
    for (const refused of [
      await visitor.press(page, 'accept', { fields: { user_code, csrf_token: null } }),
      await site.visitor().press(page, 'accept', { fields: { user_code } }),
      await visitor.press(page, 'accept', { fields: { user_code }, headers: { origin: 'https://evil.example.com' } }),
    ]) {
      assert.equal(refused.status, 403);
      assert.match(refused.text, /id="problem-title"/);
    }
  });

  it('3.3: a person who refuses gets a page, and an app gets JSON', async () => {
    const login = await visitor.follow((await type(await devicePage(), device.user_code)).location);
    const { location } = await visitor.press(login, 'reject', { fields: { email: null } });
    const json = await visitor.get(location);
    assert.equal(json.status, 403);
    assert.equal(JSON.parse(json.text).error, 'access_denied');
    const { location: page } = await visitor.get(location, { accept: 'text/html,*/*;q=0.8' });
    const shown = await visitor.follow(page);
    assert.match(shown.text, /Access was not allowed/);
    assert.match(shown.text, /<dd id="error">access_denied</);
    assert.equal((await poll()).error, 'authorization_pending');
  });
});
