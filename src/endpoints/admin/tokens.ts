import Type from 'typebox';
import type { AuthorizationServer } from '../../authorization_server.ts';
import { noContent, type Reply } from '../../http/reply.ts';
import { queryOf, type Request } from '../../http/request.ts';
import type { RouteSchema } from '../../http/route.ts';
import { OAuthError } from '../../oauth/error.ts';
import { deleteClientTokens } from '../../store/tokens.ts';
import { write } from '../../store/write.ts';

/** Hydra: the access tokens of a client; what can be refreshed can still be refreshed. */
export async function deleteOAuth2Token(server: AuthorizationServer, request: Request): Promise<Reply> {
  const client_id = queryOf(request).get('client_id');
  if (client_id === '') throw new OAuthError('invalid_request', "The query parameter 'client_id' is missing.");
  await write(server, (tx) => deleteClientTokens(tx, client_id, 'access_token'));
  return noContent();
}

export const schemas = {
  deleteOAuth2Token: {
    summary: 'End the access tokens of a client.',
    query: Type.Object({ client_id: Type.String() }),
    responses: { 204: null },
  },
} satisfies Record<string, RouteSchema>;
