import type { AuthorizationServer } from '../authorization_server.ts';
import { OAuthError } from '../oauth/error.ts';
import { findClient, replaceClient } from '../store/clients.ts';
import { write } from '../store/write.ts';
import { type Client, clientOf, clientRow } from './client.ts';

const ATTEMPTS = 20;

/**
 * Reads a client, lets `change` make another of it, and stores that only if nobody stored something else meanwhile;
 * else tries again with what is there now. Throws `row_not_found` for an unknown client, before anything is asked of
 * `change`.
 */
export async function changeClient(
  server: AuthorizationServer,
  client_id: string,
  change: (client: Client) => Promise<Client>,
): Promise<Client> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const row = await findClient(server.db.queries, client_id);
    if (!row) throw new OAuthError('row_not_found');
    const changed = { ...(await change(clientOf(row))), updated_at: new Date(server.now()).toISOString() };
    if (await write(server, (tx) => replaceClient(tx, row, clientRow(changed)))) return changed;
  }
  throw new OAuthError('temporarily_unavailable', 'The client is being changed by others all the time.');
}
