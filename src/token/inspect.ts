import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { verifyOwnJwt } from '../keys/jwt.ts';
import type { OpaqueKind } from '../keys/opaque_token.ts';
import { ProvenTokens } from '../keys/proven_tokens.ts';
import type { SigningKeys } from '../keys/signing_keys.ts';
import { onceFor } from '../lib/once_for.ts';
import { findToken, findTokenWithClient, type TokenRow } from '../store/tokens.ts';
import { jwtHash } from './access_token.ts';
import { isRedeemable } from './refresh_token.ts';

/** The hash under which a token of ours stands, or undefined for what we never issued. No database is asked. */
export async function hashOf(
  server: AuthorizationServer,
  kind: OpaqueKind,
  token: string,
): Promise<Uint8Array | undefined> {
  const opaque = server.keys.opaque.verify(kind, token);
  if (opaque || kind !== 'access_token' || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return opaque;
  return provenJwt(server.keys.signing, token);
}

/** By the keys that were there when their signatures were verified: a key that is deleted verifies nothing any more. */
const provenBy = onceFor((_published: ReturnType<SigningKeys['published']>) => new ProvenTokens());

async function provenJwt(keys: SigningKeys, token: string): Promise<Uint8Array | undefined> {
  const published = keys.published();
  const known = provenBy(published).find(token);
  if (known) return known;
  const claims = await verifyOwnJwt(keys, token);
  if (!claims) return undefined;
  const stored = jwtHash(token, claims);
  // Else it may have been a key that is gone by now.
  return keys.published() === published ? provenBy(published).add(token, stored) : stored;
}

/** Not expired, and not used up. */
export function isActive(server: AuthorizationServer, row: TokenRow): boolean {
  return isRedeemable(server, row) && (row.expires_at === null || row.expires_at > seconds(server));
}

/** RFC 7662 section 2.1: the token as an access token or as a refresh token, if it is active. */
export async function findActiveToken(server: AuthorizationServer, token: string): Promise<TokenRow | undefined> {
  for (const kind of ['access_token', 'refresh_token'] as const) {
    const hash = await hashOf(server, kind, token);
    if (!hash) continue;
    const row = await findToken(server.db.queries, hash);
    if (row?.kind === kind && isActive(server, row)) return row;
  }
  return undefined;
}

/** RFC 6750 section 3: the row of a bearer token with its client's, used up or not, for endpoints that tell expired from unknown. */
export async function findBearer(server: AuthorizationServer, token: string) {
  const hash = await hashOf(server, 'access_token', token);
  const row = hash && (await findTokenWithClient(server.db.queries, hash));
  return row?.kind === 'access_token' ? row : undefined;
}
