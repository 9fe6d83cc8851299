import assert from 'node:assert/strict';
import type { Operation } from '../operation.ts';
import { AFTER_LOGOUT, bearer, type World } from '../world.ts';

const hint = async (world: World) => {
  const { id_token } = await world.tokens();
  return { id_token_hint: id_token, post_logout_redirect_uri: AFTER_LOGOUT, state: 'a-state' };
};

async function logoutVerifier(world: World) {
  const response = await fetch(
    `${world.deployment.publicOrigin}/oauth2/sessions/logout?${new URLSearchParams(await hint(world))}`,
    {
      redirect: 'manual',
    },
  );
  const challenge =
    new URL(response.headers.get('location') ?? '').searchParams.get('logout_challenge') ?? assert.fail();
  const path = `/admin/oauth2/auth/requests/logout/accept?${new URLSearchParams({ logout_challenge: challenge })}`;
  const { redirect_to } = (await world.deployment.admin('PUT', path)).body;
  return Object.fromEntries(new URL(String(redirect_to)).searchParams);
}

export const person: readonly Operation[] = [
  {
    route: 'GET /oauth2/sessions/logout',
    name: 'ask',
    renew: 'never',
    build: async (world) => ({ query: await hint(world) }),
    sound: '302',
    required: { id_token_hint: 'invalid_request' },
    exact: { id_token_hint: 'invalid_request', post_logout_redirect_uri: 'invalid_request' },
    redirects: true,
  },
  {
    route: 'POST /oauth2/sessions/logout',
    renew: 'never',
    build: async (world) => ({ form: await hint(world) }),
    sound: '302',
    required: { id_token_hint: 'invalid_request' },
    exact: { id_token_hint: 'invalid_request', post_logout_redirect_uri: 'invalid_request' },
    noForm: '302',
    redirects: true,
  },
  {
    route: 'GET /oauth2/sessions/logout',
    name: 'end',
    build: async (world) => ({ query: await logoutVerifier(world) }),
    sound: '302',
    exact: { logout_verifier: 'challenge_not_found' },
    redirects: true,
  },
  {
    route: 'GET /userinfo',
    renew: 'never',
    build: async (world) => ({ header: bearer((await world.tokens()).access_token) }),
    sound: '200',
    required: { authorization: 'request_unauthorized' },
    exact: { authorization: 'request_unauthorized' },
  },
  {
    route: 'GET /userinfo',
    name: 'in the URL',
    renew: 'never',
    build: async (world) => ({ query: { access_token: (await world.tokens()).access_token } }),
    sound: '200',
    required: { access_token: 'request_unauthorized' },
    exact: { access_token: 'request_unauthorized' },
  },
  {
    route: 'POST /userinfo',
    renew: 'never',
    build: async (world) => ({ form: { access_token: (await world.tokens()).access_token } }),
    sound: '200',
    required: { access_token: 'request_unauthorized' },
    exact: { access_token: 'request_unauthorized' },
    noForm: 'request_unauthorized',
  },
  {
    route: 'POST /credentials',
    renew: 'never',
    build: async (world) => {
      const { access_token, c_nonce_draft_00: nonce } = (await world.tokens()) as unknown as Record<string, string>;
      const { jwk, sign } = world.signer;
      const jwt = await sign({ nonce: String(nonce) }, { jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y } });
      return {
        header: bearer(String(access_token)),
        json: { format: 'jwt_vc_json', types: ['VerifiableCredential'], proof: { proof_type: 'jwt', jwt } },
      };
    },
    sound: '400 invalid_request',
    codes: ['invalid_request', '400 missing_proof'],
    required: { authorization: 'request_unauthorized', format: 'invalid_request', proof: '400 missing_proof' },
    exact: { authorization: 'request_unauthorized', format: 'invalid_request' },
    malformed: 'invalid_request',
  },
];
