import assert from 'node:assert/strict';
import { loginForDevice, poll, startDevice } from '../../e2e/device.ts';
import { CREDENTIALS, REDIRECT_URI } from '../../e2e/flow.ts';
import type { Operation, Told } from '../operation.ts';
import { API, CHALLENGE, VERIFIER, type World } from '../world.ts';

/** RFC 6749 section 5.2; public_protocol.md 5. */
const GRANT_CODES: readonly Told[] = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'invalid_scope',
  'unauthorized_client',
];
const CLIENT = {
  client_id: 'invalid_request',
  client_secret: 'invalid_client',
  grant_type: 'invalid_request',
} as const;
const WRONG_CLIENT = {
  client_id: 'invalid_client',
  client_secret: 'invalid_client',
  grant_type: 'invalid_request',
} as const;
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

const claims = ({ deployment, next }: World, more: Record<string, string>) => {
  const now = Math.floor(deployment.now().getTime() / 1000);
  return { aud: 'http://issuer.test/oauth2/token', iat: now, exp: now + 60, jti: `jti-${next()}`, ...more };
};

export const token: readonly Operation[] = [
  {
    route: 'POST /oauth2/token',
    name: 'client_credentials',
    build: () => ({ form: { ...CREDENTIALS, grant_type: 'client_credentials', scope: 'read', audience: API } }),
    sound: '200',
    codes: GRANT_CODES,
    required: CLIENT,
    exact: { ...WRONG_CLIENT, scope: 'invalid_scope', audience: 'invalid_request' },
    noForm: 'invalid_request',
  },
  {
    route: 'POST /oauth2/token',
    name: 'basic',
    build: () => ({
      form: { grant_type: 'client_credentials', scope: 'read' },
      header: basic('basic', CREDENTIALS.client_secret),
    }),
    sound: '200',
    codes: GRANT_CODES,
    required: { grant_type: 'invalid_request', authorization: 'invalid_request' },
    exact: {
      grant_type: 'invalid_request',
      scope: 'invalid_scope',
      authorization: 'invalid_request',
    },
    noForm: 'invalid_request',
  },
  {
    route: 'POST /oauth2/token',
    name: 'private_key_jwt',
    renew: 'always',
    build: async (world) => ({
      form: {
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await world.signer.sign(claims(world, { iss: 'signs', sub: 'signs' })),
      },
    }),
    sound: '200',
    codes: [...GRANT_CODES, 'jti_known'],
    required: {
      grant_type: 'invalid_request',
      client_assertion: 'invalid_request',
      client_assertion_type: 'invalid_request',
    },
    exact: {
      grant_type: 'invalid_request',
      client_assertion: 'invalid_client',
      client_assertion_type: 'invalid_request',
    },
    noForm: 'invalid_request',
  },
  {
    route: 'POST /oauth2/token',
    name: 'code',
    renew: 'always',
    build: async ({ deployment }) => ({
      form: {
        ...CREDENTIALS,
        grant_type: 'authorization_code',
        code: await deployment.code({ code_challenge: CHALLENGE, code_challenge_method: 'S256' }),
        redirect_uri: REDIRECT_URI,
        code_verifier: VERIFIER,
      },
    }),
    sound: '200',
    codes: GRANT_CODES,
    required: { ...CLIENT, code: 'invalid_grant', redirect_uri: 'invalid_grant', code_verifier: 'invalid_grant' },
    exact: { ...WRONG_CLIENT, code: 'invalid_grant', redirect_uri: 'invalid_grant', code_verifier: 'invalid_grant' },
    noForm: 'invalid_request',
  },
  {
    route: 'POST /oauth2/token',
    name: 'refresh_token',
    build: async (world) => ({
      form: {
        ...CREDENTIALS,
        grant_type: 'refresh_token',
        refresh_token: (await world.tokens()).refresh_token,
        scope: 'openid',
      },
    }),
    sound: '200',
    codes: GRANT_CODES,
    required: { ...CLIENT, refresh_token: 'invalid_grant' },
    exact: { ...WRONG_CLIENT, refresh_token: 'invalid_grant' },
    noForm: 'invalid_request',
  },
  {
    route: 'POST /oauth2/token',
    name: 'device_code',
    build: async ({ deployment }) => {
      const device = await startDevice(deployment);
      const browser = deployment.browser();
      const consent = await loginForDevice(deployment, browser, device);
      await browser.get(await deployment.acceptConsent(consent));
      return { form: { ...CREDENTIALS, grant_type: DEVICE_GRANT, device_code: String(device.device_code) } };
    },
    sound: '200',
    codes: GRANT_CODES,
    required: { ...CLIENT, device_code: 'invalid_grant' },
    exact: { ...WRONG_CLIENT, device_code: 'invalid_grant' },
    noForm: 'invalid_request',
  },
  {
    route: 'POST /oauth2/token',
    name: 'device_code, pending',
    build: async ({ deployment }) => {
      const device = await startDevice(deployment);
      assert.equal((await poll(deployment, device)).status, 400);
      return { form: { ...CREDENTIALS, grant_type: DEVICE_GRANT, device_code: String(device.device_code) } };
    },
    sound: '400 authorization_pending',
    codes: GRANT_CODES,
    required: { ...CLIENT, device_code: 'invalid_grant' },
    exact: { ...WRONG_CLIENT, device_code: 'invalid_grant' },
    noForm: 'invalid_request',
  },
  {
    route: 'POST /oauth2/token',
    name: 'jwt-bearer',
    build: async (world) => {
      const issuer = `https://issuer-${world.next()}.example.com`;
      const { status } = await world.deployment.admin('POST', '/admin/trust/grants/jwt-bearer/issuers', {
        issuer,
        subject: 'ada',
        scope: ['read'],
        jwk: world.signer.jwk,
        expires_at: '2099-01-01T00:00:00Z',
      });
      assert.equal(status, 201);
      const assertion = await world.signer.sign(claims(world, { iss: issuer, sub: 'ada' }));
      return { form: { ...CREDENTIALS, grant_type: JWT_BEARER, assertion, scope: 'read' } };
    },
    sound: '200',
    codes: [...GRANT_CODES, 'jti_known'],
    required: { ...CLIENT, assertion: 'invalid_request' },
    exact: { ...WRONG_CLIENT, assertion: 'invalid_grant', scope: 'invalid_scope' },
    noForm: 'invalid_request',
  },
  {
    route: 'POST /oauth2/revoke',
    renew: 'never',
    build: async (world) => ({
      form: { ...CREDENTIALS, token: (await world.tokens()).access_token, token_type_hint: 'access_token' },
    }),
    sound: '200',
    required: { client_id: 'invalid_request', client_secret: 'invalid_client' },
    exact: { client_id: 'invalid_client', client_secret: 'invalid_client' },
    noForm: 'invalid_request',
  },
];
