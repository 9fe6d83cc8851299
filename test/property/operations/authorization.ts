import assert from 'node:assert/strict';
import { REDIRECT_URI } from '../../e2e/flow.ts';
import type { Operation, Told } from '../operation.ts';
import { API, CHALLENGE, cookieHeader, NONCE, SCOPE, type World } from '../world.ts';

const AUTHORIZATION = {
  client_id: 'app',
  response_type: 'code',
  scope: SCOPE,
  redirect_uri: REDIRECT_URI,
  state: 'state-0123456789',
  nonce: NONCE,
  audience: API,
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
  response_mode: 'query',
  prompt: 'consent',
  max_age: '3600',
  acr_values: '1 2',
  ui_locales: 'de en',
  login_hint: 'ada',
  display: 'page',
  claims: '{}',
};

/** RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6; public_protocol.md 4. */
const AUTHORIZATION_CODES: readonly Told[] = [
  'invalid_request',
  'invalid_scope',
  'unsupported_response_type',
  'unsupported_response_mode',
  'login_required',
  'consent_required',
];
const AUTHORIZATION_EXACT = {
  client_id: 'invalid_client',
  redirect_uri: 'invalid_request',
  response_mode: 'unsupported_response_mode',
} as const;

/** From the client's link to what the consent app says, or as far as it is wanted. */
async function begin({ deployment }: World, parameters: Record<string, string>) {
  const browser = deployment.browser();
  const { location } = await browser.get(deployment.authorizeUrl(parameters));
  const challenge = location.searchParams.get('login_challenge') ?? assert.fail(String(location));
  const back = new URL(await deployment.acceptLogin(challenge));
  return { browser, query: Object.fromEntries(back.searchParams) };
}

async function beginConsent(world: World, parameters: Record<string, string>) {
  const { deployment } = world;
  const { browser, query } = await begin(world, parameters);
  const { location } = await browser.get(`/oauth2/auth?${new URLSearchParams(query)}`);
  const challenge = location.searchParams.get('consent_challenge') ?? assert.fail(String(location));
  const back = new URL(await deployment.acceptConsent(challenge));
  return { browser, query: Object.fromEntries(back.searchParams) };
}

export const authorization: readonly Operation[] = [
  {
    route: 'GET /oauth2/auth',
    name: 'login',
    build: () => ({ query: AUTHORIZATION }),
    sound: '302',
    codes: AUTHORIZATION_CODES,
    required: {
      client_id: 'invalid_client',
      response_type: 'unsupported_response_type',
      redirect_uri: 'invalid_request',
      state: 'invalid_state',
    },
    exact: {
      ...AUTHORIZATION_EXACT,
      response_type: 'unsupported_response_type',
      audience: 'invalid_request',
      scope: 'invalid_scope',
    },
    undecoded: 'invalid_request',
    redirects: true,
  },
  {
    route: 'POST /oauth2/auth',
    build: () => ({ form: AUTHORIZATION }),
    sound: '302',
    codes: AUTHORIZATION_CODES,
    required: {
      client_id: 'invalid_client',
      response_type: 'unsupported_response_type',
      redirect_uri: 'invalid_request',
      state: 'invalid_state',
    },
    exact: {
      ...AUTHORIZATION_EXACT,
      response_type: 'unsupported_response_type',
      audience: 'invalid_request',
      scope: 'invalid_scope',
    },
    noForm: 'invalid_client',
    redirects: true,
  },
  {
    route: 'GET /oauth2/auth',
    name: 'consent',
    renew: 'never',
    build: async (world) => {
      const { browser, query } = await begin(world, AUTHORIZATION);
      return { query, header: cookieHeader(browser) };
    },
    sound: '302',
    codes: [...AUTHORIZATION_CODES, 'invalid_state', 'access_denied', 'request_forbidden'],
    required: {
      client_id: 'invalid_client',
      redirect_uri: 'invalid_request',
      response_type: 'unsupported_response_type',
      state: 'invalid_state',
      login_verifier: '302',
      cookie: 'request_forbidden',
      // What the browser cannot take back.
      ...Object.fromEntries(
        [
          'scope',
          'nonce',
          'code_challenge',
          'code_challenge_method',
          'response_mode',
          'prompt',
          'max_age',
          'acr_values',
        ].map((name) => [name, 'invalid_request' as const]),
      ),
    },
    exact: {
      ...AUTHORIZATION_EXACT,
      login_verifier: 'access_denied',
      nonce: 'invalid_request',
      code_challenge: 'invalid_request',
      acr_values: 'invalid_request',
    },
    redirects: true,
  },
  {
    route: 'GET /oauth2/auth',
    name: 'code',
    build: async (world) => {
      const { browser, query } = await beginConsent(world, AUTHORIZATION);
      return { query, header: cookieHeader(browser) };
    },
    sound: '303',
    codes: [...AUTHORIZATION_CODES, 'invalid_state', 'access_denied', 'request_forbidden', 'invalid_client'],
    required: {
      client_id: 'invalid_client',
      redirect_uri: 'invalid_request',
      response_type: 'unsupported_response_type',
      state: 'invalid_state',
      consent_verifier: '302',
      cookie: 'request_forbidden',
      ...Object.fromEntries(
        [
          'scope',
          'nonce',
          'code_challenge',
          'code_challenge_method',
          'response_mode',
          'prompt',
          'max_age',
          'acr_values',
        ].map((name) => [name, 'invalid_request' as const]),
      ),
    },
    exact: {
      ...AUTHORIZATION_EXACT,
      consent_verifier: 'access_denied',
      nonce: 'invalid_request',
      code_challenge: 'invalid_request',
      acr_values: 'invalid_request',
    },
    redirects: true,
  },
];
