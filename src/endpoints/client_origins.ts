import type { AuthorizationServer } from '../authorization_server.ts';
import { clientOf } from '../client/client.ts';
import { basicCredentials } from '../client_auth/presented.ts';
import { bearerOf, formOf, type Request } from '../http/request.ts';
import { findClient } from '../store/clients.ts';
import { findActiveToken } from '../token/inspect.ts';

/** `allowed_cors_origins` of the client that a request names, in whatever way; none for one that nobody can tell. */
export async function originsOfClient(server: AuthorizationServer, request: Request): Promise<readonly string[]> {
  const client_id = await namedClient(server, request);
  const row = client_id === '' ? undefined : await findClient(server.db.queries, client_id);
  return row ? clientOf(row).allowed_cors_origins : [];
}

/** What does not decode names nobody; the endpoint has answered that already. */
async function namedClient(server: AuthorizationServer, request: Request): Promise<string> {
  try {
    const named = formOf(request).get('client_id') || basicCredentials(request)?.client_id;
    if (named) return named;
    const token = bearerOf(request);
    return token === undefined ? '' : ((await findActiveToken(server, token))?.client_id ?? '');
  } catch {
    return '';
  }
}
