import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { type Client, checkGrantType, scopesOf } from '../client/client.ts';
import { checkAudience } from '../oauth/audience.ts';
import { OAuthError } from '../oauth/error.ts';
import { spaceList } from '../oauth/parameters.ts';
import { checkScope } from '../oauth/scope.ts';
import { deleteChainTokens, findToken, spendToken, type TokenRow } from '../store/tokens.ts';
import type { Grant } from '../token/grant.ts';
import { hashOf } from '../token/inspect.ts';
import { OFFLINE_SCOPES } from '../token/issue.ts';
import { revokeChain } from '../token/revoke.ts';
import { openSession } from '../token/session.ts';

/** RFC 6749 section 6, with rotation (RFC 9700 section 4.14.2). Hydra: `scope` and `audience` are ignored. */
export const refresh_token: Grant = async (server, { client, parameters }) => {
  checkGrantType(client, 'refresh_token');
  const row = await findRefreshToken(server, parameters.get('refresh_token'));
  const scope = spaceList(row.scope);
  const audience = JSON.parse(row.audience) as string[];
  checkRefreshToken(server, row, scope, client);
  checkScope(server.config.strategies.scope, scope, scopesOf(client));
  checkAudience(audience, client.audience);
  return {
    client,
    grant_type: 'refresh_token',
    subject: row.subject,
    scope,
    audience,
    request_id: row.request_id,
    session: openSession(server, row.session),
    mayIdentify: true,
    mayRefresh: true,
    async spend(tx) {
      if (!(await spendToken(tx, row.hash, seconds(server)))) return false;
      await deleteChainTokens(tx, row.request_id, 'access_token');
      return true;
    },
    lost: () => reused(server, row),
  };
};

/** A token that was rotated out and comes again was stolen: from the client, or by it. Its whole chain ends. */
async function findRefreshToken(server: AuthorizationServer, token: string): Promise<TokenRow> {
  const hash = await hashOf(server, 'refresh_token', token);
  const row = hash && (await findToken(server.db.queries, hash));
  if (row?.kind !== 'refresh_token') throw new OAuthError('invalid_grant', 'The refresh token is unknown.');
  if (row.used_at !== null) await reused(server, row);
  return row;
}

async function reused(server: AuthorizationServer, row: TokenRow): Promise<never> {
  await revokeChain(server, row.request_id);
  throw new OAuthError('invalid_grant', 'The refresh token was used before; its tokens are revoked.');
}

function checkRefreshToken(server: AuthorizationServer, row: TokenRow, scope: string[], client: Client): void {
  if (row.expires_at !== null && row.expires_at <= seconds(server)) {
    throw new OAuthError('invalid_grant', 'The refresh token has expired.');
  }
  if (!scope.some((value) => OFFLINE_SCOPES.includes(value))) {
    throw new OAuthError('scope_not_granted', "Refreshing needs the scope 'offline_access' or 'offline'.");
  }
  if (row.client_id !== client.client_id) {
    throw new OAuthError('invalid_grant', 'The refresh token was issued to another client.');
  }
}
