import assert from 'node:assert/strict';
import { REDIRECT_URI } from '../../e2e/flow.ts';
import type { Operation, Told } from '../operation.ts';
import { bearer, type World } from '../world.ts';

const REGISTRATION_CODES: readonly Told[] = [
  'bad_request',
  'invalid_request',
  'invalid_client_metadata',
  'invalid_redirect_uri',
];

async function registered(world: World) {
  const response = await fetch(`${world.deployment.publicOrigin}/oauth2/register`, {
    method: 'POST',
    body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
  });
  assert.equal(response.status, 201);
  const { client_id, registration_access_token } = (await response.json()) as Record<string, string>;
  return { path: { id: String(client_id) }, header: bearer(String(registration_access_token)) };
}

const UNREAD = ['client_id', 'created_at', 'updated_at', 'registration_access_token', 'registration_client_uri'];

export const registration: readonly Operation[] = [
  {
    route: 'POST /oauth2/register',
    build: () => ({ json: { client_name: 'An app', redirect_uris: [REDIRECT_URI] } }),
    sound: '201',
    codes: REGISTRATION_CODES,
    unread: UNREAD,
    exact: { metadata: 'invalid_client_metadata' },
    malformed: 'bad_request',
    undecoded: 'ignored',
  },
  {
    route: 'GET /oauth2/register/{id}',
    build: registered,
    sound: '200',
    required: { authorization: 'unauthorized' },
    exact: { id: 'unauthorized', authorization: 'unauthorized' },
    undecoded: 'ignored',
  },
  {
    route: 'PUT /oauth2/register/{id}',
    build: async (world) => ({
      ...(await registered(world)),
      json: { client_name: 'An app', redirect_uris: [REDIRECT_URI] },
    }),
    sound: '200',
    codes: [...REGISTRATION_CODES, 'forbidden'],
    required: { authorization: 'unauthorized' },
    exact: { metadata: 'invalid_client_metadata', id: 'unauthorized', authorization: 'unauthorized' },
    unread: UNREAD,
    malformed: 'bad_request',
    undecoded: 'ignored',
  },
  {
    route: 'DELETE /oauth2/register/{id}',
    build: registered,
    sound: '204',
    required: { authorization: 'unauthorized' },
    exact: { id: 'unauthorized', authorization: 'unauthorized' },
    undecoded: 'ignored',
  },
];
