import type { AuthorizationServer } from '../../authorization_server.ts';
import { changeClient } from '../../client/change.ts';
import type { Client } from '../../client/client.ts';
import { decodeClient, decodeClientDocument, decodeJson, decodeLifespans } from '../../client/decode.ts';
import { completeMembers } from '../../client/members.ts';
import { checkMetadata, rulesOf } from '../../client/metadata.ts';
import { patchDocument, touches } from '../../client/patch.ts';
import { presentClient, presentWritten } from '../../client/present.ts';
import { CLIENT, CLIENT_LIFESPANS, JSON_PATCH } from '../../client/schema.ts';
import { generateSecret, hashChosenSecret, hashGeneratedSecret } from '../../client/secret.ts';
import { json, type Reply } from '../../http/reply.ts';
import type { Request } from '../../http/request.ts';
import type { RouteSchema } from '../../http/route.ts';
import { OAuthError } from '../../oauth/error.ts';

const pathId = (request: Request): string => request.params.id ?? '';

/** Replaces all metadata. Without a secret the current ones stay, with one they all give way to it. */
export async function setOAuth2Client(server: AuthorizationServer, request: Request): Promise<Reply> {
  const { metadata, client_secret } = decodeClient(request.body);
  await checkMetadata(metadata, client_secret, rulesOf(server.config));
  const secret =
    client_secret === ''
      ? {}
      : { secret_hashes: [await hashChosenSecret(server.config.oauth2.hashers, client_secret)] };
  const client = await changeClient(server, pathId(request), async (stored) => ({ ...stored, ...metadata, ...secret }));
  return json(200, { ...presentWritten(client), ...(client_secret === '' ? {} : { client_secret }) });
}

/** RFC 6902. A secret that the patch touches takes the place of all others; removed, it leaves the current one alone. */
export async function patchOAuth2Client(server: AuthorizationServer, request: Request): Promise<Reply> {
  let client_secret = '';
  const client = await changeClient(server, pathId(request), async (stored) => {
    const patch = decodeJson(request.body);
    const patched = decodeClientDocument(patchDocument({ ...completeMembers(stored), client_secret: '' }, patch));
    await checkMetadata(patched.metadata, patched.client_secret, rulesOf(server.config));
    client_secret = patched.client_secret;
    const current = touches(patch, 'client_secret') ? stored.secret_hashes.slice(0, 1) : stored.secret_hashes;
    const secret_hashes =
      client_secret === '' ? current : [await hashChosenSecret(server.config.oauth2.hashers, client_secret)];
    return { ...stored, ...patched.metadata, secret_hashes };
  });
  return json(200, { ...presentClient(client), ...(client_secret === '' ? {} : { client_secret }) });
}

/** All lifespans at once: those that are left out are the server's again. */
export async function setOAuth2ClientLifespans(server: AuthorizationServer, request: Request): Promise<Reply> {
  const client = await changeClient(server, pathId(request), async (stored) => {
    const changed: Client = { ...stored, ...decodeLifespans(request.body) };
    await checkMetadata(changed, '', rulesOf(server.config));
    return changed;
  });
  return json(200, presentClient(client));
}

/** So many secrets that were rotated out go on working. */
const ROTATED = 5;

/** A new secret beside those that clients still use. */
export async function rotateOAuth2ClientSecret(server: AuthorizationServer, request: Request): Promise<Reply> {
  const client_secret = generateSecret();
  const client = await changeClient(server, pathId(request), async (stored) => {
    checkHasSecret(stored);
    const secret_hashes = [hashGeneratedSecret(client_secret), ...stored.secret_hashes.slice(0, ROTATED)];
    return { ...stored, secret_hashes };
  });
  return json(200, { ...presentClient(client), client_secret });
}

/** Ends what a rotation left working. */
export async function deleteRotatedOAuth2ClientSecrets(server: AuthorizationServer, request: Request): Promise<Reply> {
  const client = await changeClient(server, pathId(request), async (stored) => {
    checkHasSecret(stored);
    return { ...stored, secret_hashes: stored.secret_hashes.slice(0, 1) };
  });
  return json(200, presentClient(client));
}

function checkHasSecret({ token_endpoint_auth_method }: Client): void {
  if (!['client_secret_basic', 'client_secret_post'].includes(token_endpoint_auth_method)) {
    throw new OAuthError(
      'bad_request',
      `A client of the method '${token_endpoint_auth_method}' has no secret to rotate.`,
    );
  }
}

export const schemas = {
  setOAuth2Client: { summary: 'Replace all metadata of a client.', body: CLIENT, responses: { 200: CLIENT } },
  patchOAuth2Client: { summary: 'Change a client with a JSON Patch.', body: JSON_PATCH, responses: { 200: CLIENT } },
  setOAuth2ClientLifespans: {
    summary: 'Replace the lifespans that a client has of its own.',
    body: CLIENT_LIFESPANS,
    responses: { 200: CLIENT },
  },
  rotateOAuth2ClientSecret: {
    summary: 'Make a new secret; those that are in use go on working.',
    responses: { 200: CLIENT },
  },
  deleteRotatedOAuth2ClientSecrets: {
    summary: 'End all secrets of a client but the newest.',
    responses: { 200: CLIENT },
  },
} satisfies Record<string, RouteSchema>;
