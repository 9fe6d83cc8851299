import { REDIRECT_URI } from '../../e2e/flow.ts';
import type { Parts } from '../message.ts';
import type { Operation, Told } from '../operation.ts';
import type { World } from '../world.ts';

const METADATA_CODES: readonly Told[] = ['bad_request', 'invalid_client_metadata', 'invalid_redirect_uri'];

const ofClient = async (world: World): Promise<Parts> => ({ path: { id: (await world.client()).client_id } });

const UNREAD = ['created_at', 'updated_at', 'registration_access_token', 'registration_client_uri'];

export const clients: readonly Operation[] = [
  {
    route: 'POST /admin/clients',
    build: ({ next }) => ({
      json: {
        client_id: `made-${next()}`,
        client_secret: 'a-chosen-secret',
        redirect_uris: [REDIRECT_URI],
        scope: 'read',
        metadata: { a: 1 },
      },
    }),
    sound: '201',
    // Whatever it is called: who asks for that name elsewhere is to hear that nobody has it.
    undo: async ({ forget }, { status, body }) => {
      if (status === 201) await forget(JSON.parse(body).client_id);
    },
    codes: [...METADATA_CODES, 'conflict'],
    unread: UNREAD,
    malformed: 'bad_request',
  },
  {
    route: 'GET /admin/clients',
    build: () => ({ query: { page_size: '2', page_token: '1', client_name: 'nobody', owner: 'nobody' } }),
    sound: '200',
    codes: ['bad_request'],
    exact: { page_token: 'bad_request' },
  },
  {
    route: 'GET /admin/clients/{id}',
    renew: 'never',
    build: ofClient,
    sound: '200',
    exact: { id: 'row_not_found' },
  },
  {
    route: 'PUT /admin/clients/{id}',
    renew: 'never',
    build: async (world) => ({
      ...(await ofClient(world)),
      json: { client_name: 'An app', redirect_uris: [REDIRECT_URI] },
    }),
    sound: '200',
    codes: METADATA_CODES,
    exact: { id: 'row_not_found' },
    unread: UNREAD,
    malformed: 'bad_request',
  },
  {
    route: 'PATCH /admin/clients/{id}',
    renew: 'never',
    build: async (world) => ({
      ...(await ofClient(world)),
      json: [{ op: 'replace', path: '/client_name', value: 'Another' }],
    }),
    sound: '200',
    codes: METADATA_CODES,
    required: { op: 'bad_request', path: 'bad_request', value: 'bad_request' },
    exact: { id: 'row_not_found', op: 'bad_request' },
    unread: ['from'],
    malformed: 'bad_request',
  },
  {
    route: 'DELETE /admin/clients/{id}',
    build: ofClient,
    sound: '204',
    exact: { id: 'row_not_found' },
  },
  {
    route: 'PUT /admin/clients/{id}/lifespans',
    renew: 'never',
    build: async (world) => ({
      ...(await ofClient(world)),
      json: { authorization_code_grant_access_token_lifespan: '1h' },
    }),
    sound: '200',
    codes: ['bad_request'],
    exact: { id: 'row_not_found' },
    malformed: 'bad_request',
  },
  {
    route: 'POST /admin/clients/{id}/secrets/rotate',
    renew: 'never',
    build: ofClient,
    sound: '200',
    exact: { id: 'row_not_found' },
  },
  {
    route: 'DELETE /admin/clients/{id}/secrets/rotate',
    renew: 'never',
    build: ofClient,
    sound: '200',
    exact: { id: 'row_not_found' },
  },
];
