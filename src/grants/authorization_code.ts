import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { type Client, checkGrantType, isPublic } from '../client/client.ts';
import { OAuthError } from '../oauth/error.ts';
import { type Parameters, spaceList } from '../oauth/parameters.ts';
import { checkCodeVerifier } from '../oauth/pkce.ts';
import { findToken, spendToken, type TokenRow } from '../store/tokens.ts';
import { write } from '../store/write.ts';
import { openCodeSession } from '../token/code.ts';
import type { Grant } from '../token/grant.ts';
import { hashOf } from '../token/inspect.ts';
import { revokeChain } from '../token/revoke.ts';

/** RFC 6749 section 4.1.3. */
export const authorization_code: Grant = async (server, { client, parameters }) => {
  checkGrantType(client, 'authorization_code');
  const row = await findCode(server, parameters.get('code'));
  const { redirect_uri, code_challenge, c_hash, ...session } = openCodeSession(server, row.session);
  checkCode(server, row, client);
  if (redirect_uri !== undefined && redirect_uri !== parameters.get('redirect_uri')) {
    throw new OAuthError('invalid_grant', "The parameter 'redirect_uri' is not that of the authorization request.");
  }
  await checkPkce(server, client, row, code_challenge ?? '', parameters);
  return {
    client,
    grant_type: 'authorization_code',
    subject: row.subject,
    scope: spaceList(row.scope),
    audience: JSON.parse(row.audience) as string[],
    request_id: row.request_id,
    session,
    mayIdentify: true,
    mayRefresh: true,
    ...(c_hash === undefined ? {} : { c_hash }),
    spend: (tx) => spendToken(tx, row.hash, seconds(server)),
    lost: () => replayed(server, row),
  };
};

/** RFC 6749 section 4.1.2: a code that comes twice revokes what it issued, whoever brings it. */
async function findCode(server: AuthorizationServer, code: string): Promise<TokenRow> {
  const hash = await hashOf(server, 'authorization_code', code);
  const row = hash && (await findToken(server.db.queries, hash));
  if (row?.kind !== 'authorization_code') throw new OAuthError('invalid_grant', 'The code is unknown.');
  if (row.used_at !== null) await replayed(server, row);
  return row;
}

async function replayed(server: AuthorizationServer, row: TokenRow): Promise<never> {
  await revokeChain(server, row.request_id);
  throw new OAuthError('invalid_grant', 'The code was used before; what it issued is revoked.');
}

function checkCode(server: AuthorizationServer, row: TokenRow, client: Client): void {
  if (row.expires_at !== null && row.expires_at <= seconds(server)) {
    throw new OAuthError('invalid_grant', 'The code has expired.');
  }
  if (row.client_id !== client.client_id) {
    throw new OAuthError('invalid_grant', 'The code was issued to another client.');
  }
}

/** RFC 7636 section 4.6. A second guess at the verifier must not be possible: a failure burns the code. */
async function checkPkce(
  server: AuthorizationServer,
  client: Client,
  row: TokenRow,
  challenge: string,
  parameters: Parameters,
): Promise<void> {
  const { enforced, enforced_for_public_clients } = server.config.oauth2.pkce;
  const verifier = parameters.get('code_verifier');
  if (challenge === '' && verifier === '' && (enforced || (enforced_for_public_clients && isPublic(client)))) {
    throw new OAuthError('invalid_request', 'This server requires PKCE, and the authorization request did not use it.');
  }
  try {
    checkCodeVerifier(challenge, verifier);
  } catch (error) {
    await write(server, (tx) => spendToken(tx, row.hash, seconds(server)));
    throw error;
  }
}
