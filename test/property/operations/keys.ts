import assert from 'node:assert/strict';
import type { Json } from '../../e2e/flow.ts';
import type { Operation } from '../operation.ts';
import type { World } from '../world.ts';

const KEY = (world: World): Json => ({ ...world.signer.jwk, kid: `kid-${world.next()}` });
const EXPIRY = '2099-01-01T00:00:00Z';

async function keySet(world: World): Promise<{ path: { set: string; kid: string } }> {
  const path = { set: `set-${world.next()}`, kid: `kid-${world.next()}` };
  const { status } = await world.deployment.admin('POST', `/admin/keys/${path.set}`, { alg: 'ES256', kid: path.kid });
  assert.equal(status, 201);
  return { path };
}

async function trust(world: World): Promise<{ path: { id: string } }> {
  const { status, body } = await world.deployment.admin('POST', '/admin/trust/grants/jwt-bearer/issuers', {
    issuer: `https://issuer-${world.next()}.example.com`,
    subject: 'ada',
    jwk: KEY(world),
    expires_at: EXPIRY,
  });
  assert.equal(status, 201);
  return { path: { id: String(body.id) } };
}

export const keys: readonly Operation[] = [
  {
    route: 'POST /admin/keys/{set}',
    build: (world) => ({
      path: { set: `set-${world.next()}` },
      json: { alg: 'EdDSA', use: 'sig', kid: `kid-${world.next()}` },
    }),
    sound: '201',
    codes: ['bad_request', 'conflict'],
    required: { alg: 'key_algorithm' },
    exact: { alg: 'key_algorithm' },
    malformed: 'bad_request',
  },
  {
    route: 'GET /admin/keys/{set}',
    renew: 'never',
    build: async (world) => ({ path: { set: (await keySet(world)).path.set } }),
    sound: '200',
    exact: { set: 'challenge_not_found' },
  },
  {
    route: 'PUT /admin/keys/{set}',
    build: (world) => ({ path: { set: `set-${world.next()}` }, json: { keys: [KEY(world)] } }),
    sound: '200',
    codes: ['bad_request'],
    malformed: 'bad_request',
  },
  { route: 'DELETE /admin/keys/{set}', build: (world) => ({ path: { set: `set-${world.next()}` } }), sound: '204' },
  {
    route: 'GET /admin/keys/{set}/{kid}',
    renew: 'never',
    build: keySet,
    sound: '200',
    exact: { set: 'row_not_found', kid: 'row_not_found' },
  },
  {
    route: 'PUT /admin/keys/{set}/{kid}',
    build: (world) => ({ path: { set: `set-${world.next()}`, kid: 'any' }, json: KEY(world) }),
    sound: '200',
    codes: ['bad_request'],
    required: { kty: 'bad_request', crv: 'bad_request', x: 'bad_request', y: 'bad_request' },
    exact: { kty: 'bad_request', crv: 'bad_request', x: 'bad_request', y: 'bad_request' },
    malformed: 'bad_request',
  },
  {
    route: 'DELETE /admin/keys/{set}/{kid}',
    build: (world) => ({ path: { set: `set-${world.next()}`, kid: 'any' } }),
    sound: '204',
  },
];

export const others: readonly Operation[] = [
  {
    route: 'POST /admin/oauth2/introspect',
    renew: 'never',
    build: async (world) => ({ form: { token: (await world.tokens()).access_token, scope: 'openid' } }),
    sound: '200',
    noForm: 'invalid_request',
  },
  {
    route: 'POST /admin/trust/grants/jwt-bearer/issuers',
    build: (world) => ({
      json: {
        issuer: `https://issuer-${world.next()}.example.com`,
        subject: 'ada',
        allow_any_subject: false,
        scope: ['read'],
        jwk: KEY(world),
        expires_at: EXPIRY,
      },
    }),
    sound: '201',
    codes: ['missing_parameter', 'unclassified', 'conflict'],
    required: {
      issuer: 'missing_parameter',
      subject: 'missing_parameter',
      jwk: 'missing_parameter',
      expires_at: 'missing_parameter',
    },
    malformed: 'unclassified',
  },
  {
    route: 'GET /admin/trust/grants/jwt-bearer/issuers',
    build: () => ({ query: { issuer: 'nobody', page_size: '1', page_token: '1' } }),
    sound: '200',
    codes: ['bad_request'],
    exact: { page_token: 'bad_request' },
  },
  {
    route: 'GET /admin/trust/grants/jwt-bearer/issuers/{id}',
    renew: 'never',
    build: trust,
    sound: '200',
    exact: { id: 'bad_request' },
  },
  {
    route: 'DELETE /admin/trust/grants/jwt-bearer/issuers/{id}',
    build: trust,
    sound: '204',
    exact: { id: 'bad_request' },
  },
  {
    route: 'DELETE /admin/oauth2/tokens',
    build: () => ({ query: { client_id: 'nobody' } }),
    sound: '204',
    required: { client_id: 'invalid_request' },
  },
];
