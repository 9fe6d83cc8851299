import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { grantTypesOf } from '../client/client.ts';
import { OAuthError } from '../oauth/error.ts';
import { insertTokens } from '../store/tokens.ts';
import { write } from '../store/write.ts';
import { type MintedAccessToken, mintAccessToken } from './access_token.ts';
import type { Authorization, Issued, Repetition } from './authorization.ts';
import { CREDENTIAL_SCOPE, mintNonce } from './c_nonce.ts';
import { halfHash, mintIdToken } from './id_token.ts';
import { rowsOf } from './rows.ts';

/**
 * Mints and signs first, then spends the grant and stores its tokens in one write: whoever loses the race for the grant
 * gets nothing, and nobody gets a token that the database does not know.
 */
export async function issue(server: AuthorizationServer, authorization: Authorization | Repetition): Promise<Issued> {
  if ('again' in authorization) return authorization.again;
  const issued_at = seconds(server);
  const { front_channel } = authorization;
  const code = front_channel?.code && server.keys.opaque.mint('authorization_code');
  const access =
    front_channel?.access_token === false ? undefined : await mintAccessToken(server, authorization, issued_at);
  const refresh = mayRefresh(authorization) ? server.keys.opaque.mint('refresh_token') : undefined;
  const hashes = {
    at_hash: access && halfHash(access.token),
    c_hash: code ? halfHash(code.token) : authorization.c_hash,
  };
  const id_token = mayIdentify(authorization) ? await mintIdToken(server, authorization, hashes, issued_at) : undefined;

  const response: Issued = {
    ...(code && { code: code.token }),
    ...(access && accessMembers(server, authorization, access)),
    ...(id_token === undefined ? {} : { id_token }),
    ...(refresh && { refresh_token: refresh.token }),
    ...(access && mayProve(authorization) && nonceMembers(server, access.hash)),
  };
  const rows = rowsOf(server, authorization, { code, access, refresh }, issued_at);
  const isSpent = await write(server, async (tx) => {
    if (authorization.spend && !(await authorization.spend(tx, response))) return false;
    if (rows.length > 0) await insertTokens(tx, rows);
    return true;
  });
  return isSpent ? response : lose(authorization);
}

/** RFC 6749 sections 4.2.2 and 5.1. */
const accessMembers = (
  server: AuthorizationServer,
  { scope }: Authorization,
  { token, expires_at }: MintedAccessToken,
): Issued => ({
  access_token: token,
  expires_in: Math.max(0, Math.floor(expires_at - server.now() / 1000)),
  scope: scope.join(' '),
  token_type: 'bearer',
});

/** OpenID Connect Core section 11, and the reference's shorter name for it. */
export const OFFLINE_SCOPES: readonly string[] = ['offline', 'offline_access'];

function mayRefresh({ mayRefresh, scope, client }: Authorization): boolean {
  const isOffline = scope.some((value) => OFFLINE_SCOPES.includes(value));
  return mayRefresh && isOffline && grantTypesOf(client).includes('refresh_token');
}

const mayIdentify = ({ mayIdentify, scope }: Authorization): boolean => mayIdentify && scope.includes('openid');

/** OpenID Connect UserInfo Verifiable Credentials, draft 00: the nonce comes from the token endpoint. */
const mayProve = ({ front_channel, scope }: Authorization): boolean =>
  front_channel === undefined && scope.includes('openid') && scope.includes(CREDENTIAL_SCOPE);

function nonceMembers(server: AuthorizationServer, hash: Uint8Array) {
  const { c_nonce, c_nonce_expires_in } = mintNonce(server, hash);
  return { c_nonce_draft_00: c_nonce, c_nonce_expires_in_draft_00: c_nonce_expires_in };
}

function lose({ lost }: Authorization): Promise<Issued> {
  if (lost) return lost();
  throw new OAuthError('invalid_grant');
}
