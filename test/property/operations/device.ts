import { loginForDevice, nameDevice, startDevice } from '../../e2e/device.ts';
import { CREDENTIALS } from '../../e2e/flow.ts';
import type { Operation } from '../operation.ts';
import { API, cookieHeader } from '../world.ts';

export const device: readonly Operation[] = [
  {
    route: 'POST /oauth2/device/auth',
    build: () => ({ form: { ...CREDENTIALS, scope: 'openid', audience: API } }),
    sound: '200',
    required: { client_id: 'invalid_request', client_secret: 'invalid_client' },
    exact: {
      client_id: 'invalid_client',
      client_secret: 'invalid_client',
      scope: 'invalid_scope',
      audience: 'invalid_request',
    },
    noForm: 'invalid_request',
  },
  {
    route: 'GET /oauth2/device/verify',
    name: 'first',
    build: () => ({ query: { user_code: 'ABCD1234' } }),
    sound: '302',
  },
  {
    route: 'GET /oauth2/device/verify',
    name: 'login',
    renew: 'never',
    build: async ({ deployment }) => {
      const { user_code } = await startDevice(deployment);
      const browser = deployment.browser();
      const { location } = await browser.get('/oauth2/device/verify');
      const device_challenge = location.searchParams.get('device_challenge') ?? '';
      const path = `/admin/oauth2/auth/requests/device/accept?${new URLSearchParams({ device_challenge })}`;
      const { redirect_to } = (await deployment.admin('PUT', path, { user_code })).body;
      return { query: Object.fromEntries(new URL(String(redirect_to)).searchParams), header: cookieHeader(browser) };
    },
    sound: '302',
    codes: ['invalid_client', 'row_not_found', 'access_denied', 'request_forbidden'],
    required: { client_id: 'invalid_client', cookie: 'request_forbidden' },
    exact: { device_verifier: 'access_denied', cookie: 'request_forbidden' },
  },
  {
    route: 'GET /oauth2/device/verify',
    name: 'consent',
    renew: 'never',
    build: async ({ deployment }) => {
      const browser = deployment.browser();
      const challenge = await nameDevice(deployment, browser, await startDevice(deployment));
      const back = new URL(await deployment.acceptLogin(challenge));
      return { query: Object.fromEntries(back.searchParams), header: cookieHeader(browser) };
    },
    sound: '302',
    codes: ['invalid_client', 'row_not_found', 'access_denied', 'request_forbidden'],
    required: { client_id: 'invalid_client', cookie: 'request_forbidden' },
    exact: { login_verifier: 'access_denied', cookie: 'request_forbidden' },
  },
  {
    route: 'GET /oauth2/device/verify',
    name: 'done',
    build: async ({ deployment }) => {
      const browser = deployment.browser();
      const challenge = await loginForDevice(deployment, browser, await startDevice(deployment));
      const back = new URL(await deployment.acceptConsent(challenge));
      return { query: Object.fromEntries(back.searchParams), header: cookieHeader(browser) };
    },
    sound: '302',
    codes: ['invalid_client', 'row_not_found', 'access_denied', 'request_forbidden'],
    required: { client_id: 'invalid_client', cookie: 'request_forbidden' },
    exact: { consent_verifier: 'access_denied', cookie: 'request_forbidden' },
  },
];
