import type { JsonObject } from '../lib/json.ts';
import { OAuthError } from '../oauth/error.ts';
import { spaceList } from '../oauth/parameters.ts';
import type { ClientRow } from '../store/clients.ts';
import type { ClientMetadata } from './members.ts';

/** A registered client: its metadata as on the wire, and what never leaves the server. */
export type Client = ClientMetadata & {
  client_id: string;
  created_at: string;
  updated_at: string;
  /** PHC strings: the current secret first, then those that were rotated out, newest first. */
  secret_hashes: string[];
  /** Base64url of the hash of the registration access token, RFC 7592 section 3. */
  registration_access_token_hash: string;
  /** RFC 7591: registered by itself, not by an administrator. */
  is_dynamic: boolean;
};

export function clientOf(row: Pick<ClientRow, 'document'>): Client {
  return JSON.parse(row.document) as Client;
}

export const clientRow = (client: Client): ClientRow => ({
  client_id: client.client_id,
  client_name: client.client_name,
  owner: client.owner,
  document: JSON.stringify(client),
});

/** RFC 7591 section 2: the default where none are registered. */
export const grantTypesOf = (client: Client): readonly string[] =>
  client.grant_types?.length ? client.grant_types : ['authorization_code'];

export const responseTypesOf = (client: Client): readonly string[] =>
  client.response_types?.length ? client.response_types : ['code'];

export const scopesOf = (client: Client): string[] => spaceList(client.scope);

/** RFC 6749 section 2.1. */
export const isPublic = (client: Client): boolean => client.token_endpoint_auth_method === 'none';

/** Whether `jwks` is there: `{}` stands for none. */
export const hasKeySet = (jwks: JsonObject): boolean => 'keys' in jwks;

/** RFC 6749 section 5.2. Throws `unauthorized_client`. */
export function checkGrantType(client: Client, grant_type: string): void {
  if (!grantTypesOf(client).includes(grant_type)) {
    throw new OAuthError('unauthorized_client', `The client is not registered for the grant type '${grant_type}'.`);
  }
}
