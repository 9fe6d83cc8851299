import { randomUUID } from 'node:crypto';
import type { AuthorizationServer } from '../authorization_server.ts';
import { OAuthError } from '../oauth/error.ts';
import { insertClient } from '../store/clients.ts';
import { write } from '../store/write.ts';
import { type Client, clientRow, isPublic } from './client.ts';
import type { ClientMetadata } from './members.ts';
import { checkMetadata, rulesOf } from './metadata.ts';
import { generateSecret, hashChosenSecret, hashGeneratedSecret } from './secret.ts';

export type Registration = {
  readonly client: Client;
  /** What the answer shows once, and nobody can show again. */
  readonly secrets: { readonly client_secret?: string; readonly registration_access_token: string };
};

type Wanted = {
  readonly metadata: ClientMetadata;
  /** Empty: ours to choose. */
  readonly client_id: string;
  readonly client_secret: string;
  readonly is_dynamic: boolean;
};

const LONGEST_ID = 255;

/** RFC 7591 section 3.2. Changes `metadata`. Throws `invalid_client_metadata`, `invalid_redirect_uri` and a conflict. */
export async function registerClient(server: AuthorizationServer, wanted: Wanted): Promise<Registration> {
  const { metadata, client_id, client_secret, is_dynamic } = wanted;
  await checkMetadata(metadata, client_secret, rulesOf(server.config));
  if (Buffer.byteLength(client_id) > LONGEST_ID) {
    throw new OAuthError('invalid_client_metadata', `The member 'client_id' is longer than ${LONGEST_ID} bytes.`);
  }
  const secret = client_secret || generateSecret();
  const registration = server.keys.opaque.mint('access_token');
  const client: Client = {
    ...metadata,
    client_id: client_id || randomUUID(),
    created_at: wholeSeconds(server),
    updated_at: new Date(server.now()).toISOString(),
    secret_hashes: [
      client_secret ? await hashChosenSecret(server.config.oauth2.hashers, secret) : hashGeneratedSecret(secret),
    ],
    registration_access_token_hash: registration.hash.toString('base64url'),
    is_dynamic,
  };
  if (!(await write(server, (tx) => insertClient(tx, clientRow(client))))) throw new OAuthError('conflict');
  const shown = isPublic(client) ? {} : { client_secret: secret };
  return { client, secrets: { ...shown, registration_access_token: registration.token } };
}

const wholeSeconds = (server: AuthorizationServer): string =>
  new Date(Math.round(server.now() / 1000) * 1000).toISOString().replace('.000Z', 'Z');
