import assert from 'node:assert/strict';
import type { Browser } from './browser.ts';
import { CREDENTIALS, type Deployment, type Json } from './flow.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
export const TV = { grant_types: [GRANT_TYPE, 'refresh_token', 'authorization_code'] };

/** What a television does. */
export async function startDevice(deployment: Deployment, form: Record<string, string> = {}): Promise<Json> {
  const response = await fetch(`${deployment.publicOrigin}/oauth2/device/auth`, {
    method: 'POST',
    body: new URLSearchParams({ ...CREDENTIALS, scope: 'openid offline_access', ...form }),
  });
  assert.equal(response.status, 200);
  return (await response.json()) as Json;
}

export const poll = (deployment: Deployment, { device_code }: Json, form: Record<string, string> = {}) =>
  deployment.token({ ...CREDENTIALS, grant_type: GRANT_TYPE, device_code: String(device_code), ...form });

/** Its owner says which device it is. Returns the challenge that the login app gets. */
export async function nameDevice(deployment: Deployment, browser: Browser, { user_code }: Json): Promise<string> {
  const asked = await browser.get('/oauth2/device/verify');
  const device_challenge = asked.location.searchParams.get('device_challenge') ?? '';
  const path = `/admin/oauth2/auth/requests/device/accept?${new URLSearchParams({ device_challenge })}`;
  const accepted = await deployment.admin('PUT', path, { user_code });
  assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
  const login = await browser.get(String(accepted.body.redirect_to));
  return login.location.searchParams.get('login_challenge') ?? '';
}

/** Its owner logs in. Returns the challenge that the consent app gets. */
export async function loginForDevice(deployment: Deployment, browser: Browser, device: Json): Promise<string> {
  const login_challenge = await nameDevice(deployment, browser, device);
  const after = await browser.get(await deployment.acceptLogin(login_challenge));
  return after.location.searchParams.get('consent_challenge') ?? '';
}

/** All that its owner does, in a browser. Returns the last redirect. */
export async function approve(deployment: Deployment, device: Json, consent: Json = {}): Promise<URL> {
  const browser = deployment.browser();
  const consent_challenge = await loginForDevice(deployment, browser, device);
  return (await browser.get(await deployment.acceptConsent(consent_challenge, consent))).location;
}
