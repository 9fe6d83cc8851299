import assert from 'node:assert/strict';
import { startDevice } from '../../e2e/device.ts';
import type { Operation } from '../operation.ts';
import { AFTER_LOGOUT, cookieHeader, type World } from '../world.ts';

async function loginChallenge({ deployment }: World, parameters: Record<string, string> = {}) {
  const browser = deployment.browser();
  const { location } = await browser.get(deployment.authorizeUrl(parameters));
  return { browser, login_challenge: location.searchParams.get('login_challenge') ?? assert.fail(String(location)) };
}

async function consentChallenge(world: World): Promise<string> {
  const { browser, login_challenge } = await loginChallenge(world);
  const { location } = await browser.get(await world.deployment.acceptLogin(login_challenge));
  return location.searchParams.get('consent_challenge') ?? assert.fail(String(location));
}

async function logoutChallenge(world: World): Promise<string> {
  const { id_token } = await world.tokens();
  const query = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: AFTER_LOGOUT });
  const response = await fetch(`${world.deployment.publicOrigin}/oauth2/sessions/logout?${query}`, {
    redirect: 'manual',
  });
  return new URL(response.headers.get('location') ?? '').searchParams.get('logout_challenge') ?? assert.fail();
}

const REFUSAL = {
  error: 'access_denied',
  error_description: 'No.',
  error_hint: 'Ask again.',
  error_debug: 'a reason',
  status_code: 403,
};

const login = async (world: World) => ({ query: { login_challenge: (await loginChallenge(world)).login_challenge } });
const consent = async (world: World) => ({ query: { consent_challenge: await consentChallenge(world) } });
const logout = async (world: World) => ({ query: { logout_challenge: await logoutChallenge(world) } });

const LOGIN = {
  required: { login_challenge: 'invalid_request' },
  exact: { login_challenge: 'challenge_not_found' },
} as const;
const CONSENT = {
  required: { consent_challenge: 'invalid_request' },
  exact: { consent_challenge: 'challenge_not_found' },
} as const;
const LOGOUT = {
  required: { logout_challenge: 'row_not_found' },
  exact: { logout_challenge: 'row_not_found' },
} as const;

export const requests: readonly Operation[] = [
  { route: 'GET /admin/oauth2/auth/requests/login', build: login, sound: '200', renew: 'never', ...LOGIN },
  {
    route: 'PUT /admin/oauth2/auth/requests/login/accept',
    renew: 'never',
    build: async (world) => ({
      ...(await login(world)),
      json: {
        subject: 'ada',
        remember: true,
        remember_for: 3600,
        extend_session_lifespan: false,
        acr: '1',
        amr: ['pwd'],
        identity_provider_session_id: 'a-session',
        force_subject_identifier: 'forced',
        context: { a: 1 },
      },
    }),
    sound: '200',
    ...LOGIN,
    required: { login_challenge: 'invalid_request', subject: 'invalid_request' },
    codes: ['invalid_request'],
    malformed: 'invalid_request',
  },
  {
    route: 'PUT /admin/oauth2/auth/requests/login/reject',
    renew: 'never',
    build: async (world) => ({ ...(await login(world)), json: REFUSAL }),
    sound: '200',
    ...LOGIN,
    malformed: 'invalid_request',
  },
  { route: 'GET /admin/oauth2/auth/requests/consent', build: consent, sound: '200', renew: 'never', ...CONSENT },
  {
    route: 'PUT /admin/oauth2/auth/requests/consent/accept',
    renew: 'never',
    build: async (world) => ({
      ...(await consent(world)),
      json: {
        grant_scope: ['openid'],
        grant_access_token_audience: [],
        session: { access_token: { a: 1 }, id_token: { b: 2 } },
        remember: true,
        remember_for: 3600,
        context: [1],
      },
    }),
    sound: '200',
    ...CONSENT,
    malformed: 'unclassified',
  },
  {
    route: 'PUT /admin/oauth2/auth/requests/consent/reject',
    renew: 'never',
    build: async (world) => ({ ...(await consent(world)), json: REFUSAL }),
    sound: '200',
    ...CONSENT,
    malformed: 'unclassified',
  },
  { route: 'GET /admin/oauth2/auth/requests/logout', build: logout, sound: '200', renew: 'never', ...LOGOUT },
  { route: 'PUT /admin/oauth2/auth/requests/logout/accept', build: logout, sound: '200', renew: 'never', ...LOGOUT },
  {
    route: 'PUT /admin/oauth2/auth/requests/logout/reject',
    build: logout,
    sound: '204',
    required: { logout_challenge: 'challenge_not_found' },
    exact: { logout_challenge: 'challenge_not_found' },
  },
  {
    route: 'PUT /admin/oauth2/auth/requests/device/accept',
    renew: 'never',
    build: async ({ deployment }) => {
      const { user_code } = await startDevice(deployment);
      const { location } = await deployment.browser().get('/oauth2/device/verify');
      return { query: { device_challenge: location.searchParams.get('device_challenge') ?? '' }, json: { user_code } };
    },
    sound: '200',
    required: { device_challenge: 'invalid_request', user_code: 'invalid_request' },
    exact: { device_challenge: 'challenge_not_found', user_code: 'invalid_request' },
    malformed: 'invalid_request',
  },
];

export const sessions: readonly Operation[] = [
  {
    route: 'DELETE /admin/oauth2/auth/sessions/login',
    build: () => ({ query: { subject: 'nobody' } }),
    sound: '204',
    required: { subject: 'invalid_request' },
  },
  {
    route: 'DELETE /admin/oauth2/auth/sessions/login',
    name: 'one',
    build: async (world) => {
      const { login_challenge, browser } = await loginChallenge(world);
      await browser.get(
        await world.deployment.acceptLogin(login_challenge, { subject: `s${world.next()}`, remember: true }),
      );
      assert.ok(cookieHeader(browser).cookie);
      return { query: { sid: crypto.randomUUID() } };
    },
    sound: '204',
    required: { sid: 'invalid_request' },
  },
  {
    route: 'GET /admin/oauth2/auth/sessions/consent',
    build: () => ({ query: { subject: 'user-1', login_session_id: 'x', page_size: '1', page_token: '1' } }),
    sound: '200',
    codes: ['invalid_request'],
    required: { subject: 'invalid_request' },
    exact: { page_token: 'invalid_request' },
  },
  {
    route: 'DELETE /admin/oauth2/auth/sessions/consent',
    build: () => ({ query: { subject: 'nobody', client: 'app' } }),
    sound: '204',
    codes: ['invalid_request'],
    required: { subject: 'invalid_request', client: 'invalid_request' },
    exact: { consent_request_id: 'invalid_request' },
  },
  {
    route: 'DELETE /admin/oauth2/auth/sessions/consent',
    name: 'all',
    build: () => ({ query: { subject: 'nobody', all: 'true' } }),
    sound: '204',
    codes: ['invalid_request'],
    required: { subject: 'invalid_request', all: 'invalid_request' },
    exact: { consent_request_id: 'invalid_request', all: 'invalid_request' },
  },
];
