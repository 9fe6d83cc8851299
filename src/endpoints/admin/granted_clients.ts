import type { AuthorizationServer } from '../../authorization_server.ts';
import { type Client, clientOf } from '../../client/client.ts';
import { spaceList } from '../../oauth/parameters.ts';
import { type GrantFilter, listGrantedClients, listGrantedScopes } from '../../store/consents.ts';

/** What one client may do in the name of a person. Seconds since 1970. */
export type GrantedClient = {
  readonly client: Client;
  readonly scope: readonly string[];
  readonly granted_at: number;
  /** The last login or token: what the client does with a token that needs no introspection is not known. */
  readonly last_used_at: number;
};

export type Slice = { readonly limit: number; readonly offset: number };

/** All consents of a person, by client, for the page that shows them: two statements, however many there are. */
export async function grantedClients(
  { db }: Pick<AuthorizationServer, 'db'>,
  filter: GrantFilter,
  { limit, offset }: Slice,
): Promise<GrantedClient[]> {
  const clients = await listGrantedClients(db.queries, filter, limit, offset);
  if (clients.length === 0) return [];
  const rows = await listGrantedScopes(
    db.queries,
    filter.subject,
    clients.map(({ client_id }) => client_id),
  );
  const grants = Map.groupBy(rows, ({ client_id }) => client_id);
  return clients.map((row) => {
    const own = grants.get(row.client_id) ?? [];
    return {
      client: clientOf(row),
      scope: [...new Set(own.flatMap(({ granted_scope }) => spaceList(granted_scope)))],
      granted_at: row.first_requested_at,
      last_used_at: Math.max(
        row.first_requested_at,
        ...own.map(({ last_handled_at, last_issued_at }) => Math.max(last_handled_at, last_issued_at ?? 0)),
      ),
    };
  });
}
