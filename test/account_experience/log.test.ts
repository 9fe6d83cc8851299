import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CREDENTIALS } from '../e2e/flow.ts';
import { EMAIL, PASSWORD, Site } from './site.ts';
import { fieldsOf } from './visitor.ts';

const WRONG = 'a wrong one that nobody chose';
const NEXT = 'the next one, which is longer';
const TV = { ...CREDENTIALS, client_id: 'tv' };

it('what a person types, and what it is traded for, is in no line of the log', async (test) => {
  const written: string[] = [];
  test.mock.method(process.stderr, 'write', (text: string) => written.push(text) > 0);
  const site = await Site.start({ log: { level: 'trace', format: 'json' } });
  const visitor = site.visitor();

  const page = await site.loginPage(visitor);
  await visitor.press(page, 'accept', { fields: { email: EMAIL, password: WRONG } });
  const back = await visitor.press(await site.consentPage(visitor, {}, true), 'accept');
  const client = await visitor.follow(back.location);
  const tokens = await site.tokens(client);

  await site.deployment.createClient({
    client_id: 'tv',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
  });
  const body = new URLSearchParams({ ...TV, scope: 'openid' });
  const started = await fetch(`${site.deployment.publicOrigin}/oauth2/device/auth`, { method: 'POST', body });
  const device = (await started.json()) as Record<string, string>;
  const { user_code = '', device_code = '' } = device;
  await visitor.press(await visitor.follow('/oauth2/device/verify'), 'accept', { fields: { user_code } });

  const account = await visitor.follow('/oauth2/fallbacks/account/password');
  const fields = { password: PASSWORD, new_password: NEXT, new_password_again: NEXT };
  assert.equal((await visitor.press(account, 'change', { fields })).status, 303);
  await site.close();
  // Lines of answers are written together.
  await sleep(200);

  const log = written.join('');
  for (const path of [
    '/oauth2/auth',
    '/oauth2/fallbacks/login',
    '/oauth2/token',
    '/oauth2/fallbacks/account/password',
  ]) {
    assert.ok(log.includes(`"${path}"`), `${path} is in the log`);
  }
  const secrets = {
    passwords: [PASSWORD, WRONG, NEXT],
    code: [new URL(client.location).searchParams.get('code') ?? ''],
    tokens: ['access_token', 'refresh_token', 'id_token'].map((name) => String(tokens[name])),
    device: [user_code, device_code],
    client: [CREDENTIALS.client_secret],
    cookies: [...visitor.cookies.values()],
    forms: fieldsOf(page)
      .filter(([name]) => name === 'csrf_token')
      .map(([, value]) => value),
  };
  for (const [what, values] of Object.entries(secrets)) {
    assert.ok(values.length > 0 && values.every((value) => value.length > 7), what);
    for (const value of values) {
      const sent = new URLSearchParams({ value }).toString().slice('value='.length);
      for (const text of [value, sent, encodeURIComponent(value)]) assert.ok(!log.includes(text), `${what}: ${text}`);
    }
  }
});
