import { timingSafeEqual } from 'node:crypto';
import type { AuthorizationServer } from '../authorization_server.ts';
import { changeClient } from '../client/change.ts';
import { type Client, clientOf } from '../client/client.ts';
import { decodeClientDocument, decodeObject } from '../client/decode.ts';
import type { ClientMetadata } from '../client/members.ts';
import { checkMetadata, rulesOf } from '../client/metadata.ts';
import { presentRegistered } from '../client/present.ts';
import { registerClient } from '../client/register.ts';
import { CLIENT } from '../client/schema.ts';
import { publicUrl } from '../flow/flow.ts';
import { json, noContent, type Reply } from '../http/reply.ts';
import { bearerOf, type Request } from '../http/request.ts';
import type { RouteSchema } from '../http/route.ts';
import type { JsonObject } from '../lib/json.ts';
import { OAuthError } from '../oauth/error.ts';
import { deleteClient, findClient } from '../store/clients.ts';
import { write } from '../store/write.ts';

/** RFC 7591 section 3. */
export async function createOidcDynamicClient(server: AuthorizationServer, request: Request): Promise<Reply> {
  checkEnabled(server);
  const document = decodeObject(request.body);
  // Hydra: the same mistake is malformed here, and forbidden in an update.
  if (document.client_secret) throw new OAuthError('bad_request', 'A client cannot choose its own secret.');
  const metadata = readMetadata(document);
  const { client, secrets } = await registerClient(server, {
    metadata,
    client_id: '',
    client_secret: '',
    is_dynamic: true,
  });
  return json(201, { ...present(server, client), ...secrets }, { location: `admin/clients/${client.client_id}` });
}

/** RFC 7592 section 2.1. */
export async function getOidcDynamicClient(server: AuthorizationServer, request: Request): Promise<Reply> {
  checkEnabled(server);
  return json(200, present(server, await authenticate(server, request)));
}

/** RFC 7592 section 2.2: all metadata at once; the token is a new one each time. */
export async function setOidcDynamicClient(server: AuthorizationServer, request: Request): Promise<Reply> {
  checkEnabled(server);
  const { client_id } = await authenticate(server, request);
  const document = decodeObject(request.body);
  // What is no text at all is malformed.
  if (typeof document.client_secret === 'string' && document.client_secret !== '') {
    throw new OAuthError('forbidden', 'A client cannot choose its own secret.');
  }
  const metadata = readMetadata(document);
  await checkMetadata(metadata, '', rulesOf(server.config));
  const { token, hash } = server.keys.opaque.mint('access_token');
  const registration_access_token_hash = hash.toString('base64url');
  const client = await changeClient(server, client_id, async (stored) => {
    checkToken(server, stored, request);
    return { ...stored, ...metadata, metadata: stored.metadata, registration_access_token_hash };
  });
  return json(200, { ...present(server, client), registration_access_token: token });
}

/** RFC 7592 section 2.3. */
export async function deleteOidcDynamicClient(server: AuthorizationServer, request: Request): Promise<Reply> {
  checkEnabled(server);
  const { client_id } = await authenticate(server, request);
  await write(server, (tx) => deleteClient(tx, client_id));
  return noContent();
}

function checkEnabled({ config }: AuthorizationServer): void {
  if (!config.oidc.dynamic_client_registration.enabled) {
    throw new OAuthError('feature_off', 'Dynamic registration is not enabled.');
  }
}

/** What only an administrator may decide. */
function readMetadata(document: JsonObject): ClientMetadata {
  if (document.metadata !== undefined)
    throw new OAuthError('invalid_client_metadata', "A client cannot set 'metadata'.");
  if (document.access_token_strategy)
    throw new OAuthError('bad_request', "A client cannot set 'access_token_strategy'.");
  for (const name of ['skip_consent', 'skip_logout_consent']) {
    if (document[name] === true) throw new OAuthError('invalid_request', `A client cannot set '${name}'.`);
  }
  const { client_id: _, ...rest } = document;
  return decodeClientDocument(rest).metadata;
}

/** RFC 7592 section 3: the client has an address of its own. */
const present = (server: AuthorizationServer, client: Client): JsonObject => ({
  ...presentRegistered(client),
  registration_client_uri: publicUrl(server, `oauth2/register/${encodeURIComponent(client.client_id)}`),
});

async function authenticate(server: AuthorizationServer, request: Request): Promise<Client> {
  const row = await findClient(server.db.queries, request.params.id ?? '');
  if (!row) throw new OAuthError('unauthorized');
  const client = clientOf(row);
  checkToken(server, client, request);
  return client;
}

/** RFC 7592 section 2: whoever holds the token of the client. */
function checkToken(server: AuthorizationServer, client: Client, request: Request): void {
  const hash = server.keys.opaque.verify('access_token', bearerOf(request) ?? '');
  const expected = Buffer.from(client.registration_access_token_hash, 'base64url');
  if (!hash || hash.length !== expected.length || !timingSafeEqual(hash, expected))
    throw new OAuthError('unauthorized');
}

export const schemas = {
  createOidcDynamicClient: { summary: 'Register a client.', body: CLIENT, responses: { 201: CLIENT } },
  getOidcDynamicClient: {
    summary: 'Show a registered client to itself.',
    security: ['bearer'],
    responses: { 200: CLIENT },
  },
  setOidcDynamicClient: {
    summary: 'Let a registered client replace its metadata.',
    security: ['bearer'],
    body: CLIENT,
    responses: { 200: CLIENT },
  },
  deleteOidcDynamicClient: {
    summary: 'Let a registered client delete itself.',
    security: ['bearer'],
    responses: { 204: null },
  },
} satisfies Record<string, RouteSchema>;
