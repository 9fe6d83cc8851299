import Type from 'typebox';
import type { AuthorizationServer } from '../authorization_server.ts';
import { authenticateClient } from '../client_auth/authenticate.ts';
import type { Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import type { RouteSchema } from '../http/route.ts';
import { OAuthError } from '../oauth/error.ts';
import { findActiveToken } from '../token/inspect.ts';
import { revokeChain } from '../token/revoke.ts';
import { oauthError } from './oauth_reply.ts';
import { postedForm } from './posted_form.ts';

/** RFC 7009 section 2.2: the answer is the same whether there was something to revoke or not. */
const DONE: Reply = { status: 200, headers: { 'cache-control': 'no-store', pragma: 'no-cache' }, body: '' };

/**
 * RFC 7009 section 2. Whichever token of an approval is revoked, all of them are. Hydra: a token of another client is
 * left alone without a word, and an error has no details, but for how long to wait.
 */
export async function revokeOAuth2Token(server: AuthorizationServer, request: Request): Promise<Reply> {
  try {
    const parameters = postedForm(request);
    const client = await authenticateClient(server, request, parameters);
    const row = await findActiveToken(server, parameters.get('token'));
    if (row?.client_id === client.client_id) await revokeChain(server, row.request_id);
    return DONE;
  } catch (error) {
    return oauthError(server, withoutHint(error));
  }
}

function withoutHint(error: unknown): unknown {
  if (!(error instanceof OAuthError) || error.status >= 429) return error;
  return new OAuthError(error.error === 'invalid_client' ? 'invalid_client' : 'invalid_request');
}

export const schemas = {
  revokeOAuth2Token: {
    summary: 'Give a token back, with all that belongs to the same approval.',
    security: ['basic', 'oauth2'],
    form: Type.Object({
      token: Type.String(),
      client_id: Type.Optional(Type.String()),
      client_secret: Type.Optional(Type.String()),
    }),
    responses: { 200: null },
  },
} satisfies Record<string, RouteSchema>;
