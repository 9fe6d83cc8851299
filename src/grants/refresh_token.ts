import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { type Client, checkGrantType, scopesOf } from '../client/client.ts';
import { checkAudience } from '../oauth/audience.ts';
import { OAuthError } from '../oauth/error.ts';
import { spaceList } from '../oauth/parameters.ts';
import { checkScope } from '../oauth/scope.ts';
import type { Queries } from '../store/tables.ts';
import { deleteChainTokens, deleteToken, findToken, reuseToken, spendToken, type TokenRow } from '../store/tokens.ts';
import type { Issued, TokenResponse } from '../token/authorization.ts';
import type { Grant } from '../token/grant.ts';
import { hashOf } from '../token/inspect.ts';
import { OFFLINE_SCOPES } from '../token/issue.ts';
import { graceOf, isRedeemable, sealSuccessor, successorOf } from '../token/refresh_token.ts';
import { revokeChain } from '../token/revoke.ts';
import { openSession } from '../token/session.ts';

/** RFC 6749 section 6, with rotation (RFC 9700 section 4.14.2). Hydra: `scope` and `audience` are ignored. */
export const refresh_token: Grant = async (server, { client, parameters }) => {
  checkGrantType(client, 'refresh_token');
  const row = await findRefreshToken(server, parameters.get('refresh_token'));
  const again = row.client_id === client.client_id ? successorOf(server, row) : undefined;
  if (again) return { again };
  if (!isRedeemable(server, row)) return reused(server, row);
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
    spend: (tx, response) => rotate(server, tx, row, response),
    lost: () => comeSecond(server, row),
  };
};

async function findRefreshToken(server: AuthorizationServer, token: string): Promise<TokenRow> {
  const hash = await hashOf(server, 'refresh_token', token);
  const row = hash && (await findToken(server.db.queries, hash));
  if (row?.kind !== 'refresh_token') throw new OAuthError('invalid_grant', 'The refresh token is unknown.');
  return row;
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

/** Strictly, or with a grace in which the token may come again; then only its own access token ends. */
async function rotate(server: AuthorizationServer, tx: Queries, row: TokenRow, response: Issued): Promise<boolean> {
  const now = seconds(server);
  const grace = graceOf(server);
  if (grace) {
    if (!(await reuseToken(tx, row.hash, now, grace.since, grace.limit))) return false;
    if (row.partner) await deleteToken(tx, row.partner);
    return true;
  }
  const isRepeatable = server.config.gatehouse.refresh_token.retry_window > 0;
  if (!(await spendToken(tx, row.hash, now, isRepeatable ? sealSuccessor(server, response) : null))) return false;
  await deleteChainTokens(tx, row.request_id, 'access_token');
  return true;
}

/** Who lost the race may be the same client, asking again: within the retry window it gets what the winner got. */
async function comeSecond(server: AuthorizationServer, { hash, ...row }: TokenRow): Promise<TokenResponse> {
  const current = await findToken(server.db.queries, hash);
  return (current && successorOf(server, current)) ?? reused(server, row);
}

/** A token that was rotated out and comes again was stolen: from the client, or by it. Its whole chain ends. */
async function reused(server: AuthorizationServer, { request_id }: { readonly request_id: string }): Promise<never> {
  await revokeChain(server, request_id);
  throw new OAuthError('invalid_grant', 'The refresh token was used before; its tokens are revoked.');
}
