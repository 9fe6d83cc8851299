import type { AuthorizationServer } from '../authorization_server.ts';
import { type Client, clientOf } from '../client/client.ts';
import type { Request } from '../http/request.ts';
import { OAuthError } from '../oauth/error.ts';
import type { Parameters } from '../oauth/parameters.ts';
import { findClient } from '../store/clients.ts';
import * as methods from './index.ts';
import type { Method } from './presented.ts';

/** `token_endpoint_auth_methods_supported` of RFC 8414 section 2. */
export const AUTHENTICATION_METHODS: readonly string[] = Object.keys(methods);

const METHODS: readonly (readonly [name: string, detect: Method])[] = Object.entries(methods);

/**
 * RFC 6749 section 2.3. Loads the client once and lets the one method that it is registered for verify. Throws
 * `invalid_request` where nothing was presented, else `invalid_client`.
 */
export async function authenticateClient(
  server: AuthorizationServer,
  request: Request,
  parameters: Parameters,
): Promise<Client> {
  const presented = METHODS.flatMap(([name, detect]) => {
    const found = detect(request, parameters);
    return found ? [{ name, ...found }] : [];
  });
  const [only, another] = presented;
  if (!only) throw new OAuthError('invalid_request', 'The request carries no client credentials.');
  // A client must not use more than one method a request.
  if (another) throw new OAuthError('invalid_client', `The request uses both '${only.name}' and '${another.name}'.`);

  const row = await findClient(server.db.queries, only.client_id);
  const client = row && clientOf(row);
  if (client && client.token_endpoint_auth_method !== only.name) throw wrongMethod(client, only.name);
  const isProven = await only.verify(server, client);
  if (!client || !isProven) throw new OAuthError('invalid_client');
  return client;
}

const wrongMethod = (client: Client, used: string): OAuthError =>
  new OAuthError(
    'invalid_client',
    `The client is registered for the authentication method '${client.token_endpoint_auth_method}', not for '${used}'.`,
  );
