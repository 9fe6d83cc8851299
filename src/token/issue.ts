import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { grantTypesOf } from '../client/client.ts';
import { lifespanOf } from '../client/lifespans.ts';
import { OAuthError } from '../oauth/error.ts';
import type { TokenKind } from '../store/tables.ts';
import { insertTokens, type NewToken } from '../store/tokens.ts';
import { write } from '../store/write.ts';
import { mintAccessToken } from './access_token.ts';
import type { Authorization, Repetition, TokenResponse } from './authorization.ts';
import { CREDENTIAL_SCOPE, mintNonce } from './c_nonce.ts';
import { mintIdToken } from './id_token.ts';
import { sealSession } from './session.ts';

/**
 * Mints and signs first, then spends the grant and stores its tokens in one write: whoever loses the race for the grant
 * gets nothing, and nobody gets a token that the database does not know.
 */
export async function issue(
  server: AuthorizationServer,
  authorization: Authorization | Repetition,
): Promise<TokenResponse> {
  if ('again' in authorization) return authorization.again;
  const issued_at = seconds(server);
  const access = await mintAccessToken(server, authorization, issued_at);
  const refresh = mayRefresh(authorization) ? server.keys.opaque.mint('refresh_token') : undefined;
  const id_token = mayIdentify(authorization)
    ? await mintIdToken(server, authorization, access.token, issued_at)
    : undefined;

  const response: TokenResponse = {
    access_token: access.token,
    expires_in: Math.max(0, Math.floor(access.expires_at - server.now() / 1000)),
    ...(id_token === undefined ? {} : { id_token }),
    ...(refresh === undefined ? {} : { refresh_token: refresh.token }),
    scope: authorization.scope.join(' '),
    token_type: 'bearer',
    ...(mayProve(authorization) ? nonceMembers(server, access.hash) : {}),
  };
  const row = rowOf(server, authorization, issued_at);
  const rows = [row('access_token', access.hash, access.expires_at, null)];
  if (refresh) {
    rows.push(row('refresh_token', refresh.hash, refreshExpiry(server, authorization, issued_at), access.hash));
  }
  const isSpent = await write(server, async (tx) => {
    if (authorization.spend && !(await authorization.spend(tx, response))) return false;
    await insertTokens(tx, rows);
    return true;
  });
  return isSpent ? response : lose(authorization);
}

/** OpenID Connect Core section 11, and the reference's shorter name for it. */
export const OFFLINE_SCOPES: readonly string[] = ['offline', 'offline_access'];

function mayRefresh({ mayRefresh, scope, client }: Authorization): boolean {
  const isOffline = scope.some((value) => OFFLINE_SCOPES.includes(value));
  return mayRefresh && isOffline && grantTypesOf(client).includes('refresh_token');
}

const mayIdentify = ({ mayIdentify, scope }: Authorization): boolean => mayIdentify && scope.includes('openid');

const mayProve = ({ scope }: Authorization): boolean => scope.includes('openid') && scope.includes(CREDENTIAL_SCOPE);

function nonceMembers(server: AuthorizationServer, hash: Uint8Array) {
  const { c_nonce, c_nonce_expires_in } = mintNonce(server, hash);
  return { c_nonce_draft_00: c_nonce, c_nonce_expires_in_draft_00: c_nonce_expires_in };
}

function refreshExpiry(
  server: AuthorizationServer,
  { client, grant_type }: Authorization,
  issued_at: number,
): number | null {
  const lifespan = lifespanOf(server.config, client, grant_type, 'refresh_token');
  return lifespan === undefined ? null : Math.round(issued_at + lifespan);
}

/** The rows of one exchange differ in three columns. */
function rowOf(server: AuthorizationServer, authorization: Authorization, issued_at: number) {
  const common = {
    request_id: authorization.request_id,
    client_id: authorization.client.client_id,
    subject: authorization.subject,
    scope: authorization.scope.join(' '),
    audience: JSON.stringify(authorization.audience),
    issued_at,
    used_at: null,
    uses: 0,
    successor: null,
    session: sealSession(server, authorization.session),
  };
  return (kind: TokenKind, hash: Uint8Array, expires_at: number | null, partner: Uint8Array | null): NewToken => ({
    ...common,
    kind,
    hash,
    expires_at,
    partner,
  });
}

function lose({ lost }: Authorization): Promise<TokenResponse> {
  if (lost) return lost();
  throw new OAuthError('invalid_grant');
}
