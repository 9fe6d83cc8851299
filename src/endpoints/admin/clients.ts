import Type from 'typebox';
import type { AuthorizationServer } from '../../authorization_server.ts';
import { type Client, clientOf } from '../../client/client.ts';
import { decodeClient } from '../../client/decode.ts';
import { presentClient, presentWritten } from '../../client/present.ts';
import { registerClient } from '../../client/register.ts';
import { CLIENT } from '../../client/schema.ts';
import { publicUrl } from '../../flow/flow.ts';
import { json, noContent, type Reply } from '../../http/reply.ts';
import { queryOf, type Request } from '../../http/request.ts';
import type { RouteSchema } from '../../http/route.ts';
import { OAuthError } from '../../oauth/error.ts';
import { encode } from '../../oauth/parameters.ts';
import { deleteClient, findClient, listClients } from '../../store/clients.ts';
import { write } from '../../store/write.ts';
import { linkHeader, PAGING, readPage } from './paging.ts';

/** RFC 7591 section 3.1, for administrators: the id and the secret may be chosen. */
export async function createOAuth2Client(server: AuthorizationServer, request: Request): Promise<Reply> {
  const { client, secrets } = await registerClient(server, { ...decodeClient(request.body), is_dynamic: false });
  const answer = {
    ...presentWritten(client),
    ...secrets,
    registration_client_uri: publicUrl(server, `oauth2/register/${encodeURIComponent(client.client_id)}`),
  };
  return json(201, answer, { location: `/admin/clients/${escapedTwice(client.client_id)}` });
}

export async function getOAuth2Client(server: AuthorizationServer, request: Request): Promise<Reply> {
  return json(200, presentClient(await loadClient(server, request)));
}

export async function listOAuth2Clients(server: AuthorizationServer, request: Request): Promise<Reply> {
  const page = readPage(server, request, 'clients');
  const parameters = queryOf(request);
  const filter = { client_name: parameters.get('client_name'), owner: parameters.get('owner') };
  const rows = await listClients(server.db.queries, filter, page.after, page.size + 1);
  const shown = rows.slice(0, page.size);
  const next = rows.length > page.size ? shown.at(-1)?.client_id : undefined;
  const clients = shown.map((row) => presentClient(clientOf(row)));
  return json(200, clients, { link: linkHeader(server, request, 'clients', page, next) });
}

export async function deleteOAuth2Client(server: AuthorizationServer, request: Request): Promise<Reply> {
  const isDeleted = await write(server, (tx) => deleteClient(tx, pathId(request)));
  if (!isDeleted) throw new OAuthError('row_not_found');
  return noContent();
}

async function loadClient(server: AuthorizationServer, request: Request): Promise<Client> {
  const row = await findClient(server.db.queries, pathId(request));
  if (!row) throw new OAuthError('row_not_found');
  return clientOf(row);
}

const pathId = (request: Request): string => request.params.id ?? '';

/** Hydra: what needs escaping in a path segment is escaped twice. */
const escapedTwice = (id: string): string =>
  encode(id)
    .replaceAll('+', '%20')
    .replace(/%(24|26|2B|3D|3A|40)/g, (escaped) => decodeURIComponent(escaped))
    .replaceAll('%', '%25');

export const schemas = {
  createOAuth2Client: {
    summary: 'Create a client; its id and its secret may be chosen.',
    body: CLIENT,
    responses: { 201: CLIENT },
  },
  getOAuth2Client: { summary: 'Show a client, without its secret.', responses: { 200: CLIENT } },
  listOAuth2Clients: {
    summary: 'List the clients; the header `Link` leads to the next page.',
    query: Type.Object({
      ...PAGING,
      client_name: Type.Optional(Type.String()),
      owner: Type.Optional(Type.String()),
    }),
    responses: { 200: Type.Array(CLIENT) },
  },
  deleteOAuth2Client: { summary: 'Delete a client and what was issued to it.', responses: { 204: null } },
} satisfies Record<string, RouteSchema>;
