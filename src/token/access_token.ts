import { randomUUID } from 'node:crypto';
import type { AuthorizationServer } from '../authorization_server.ts';
import { lifespanOf } from '../client/lifespans.ts';
import { accessTokenStrategyOf } from '../client/subject.ts';
import type { Claims } from '../keys/jwt.ts';
import { signJwt } from '../keys/jwt.ts';
import { type MintedToken, tokenHash } from '../keys/opaque_token.ts';
import { ACCESS_TOKEN_SET } from '../keys/signing_keys.ts';
import type { Authorization } from './authorization.ts';

export type MintedAccessToken = MintedToken & { readonly expires_at: number };

/** RFC 6749 section 1.4. `issued_at` in seconds. */
export async function mintAccessToken(
  server: AuthorizationServer,
  authorization: Authorization,
  issued_at: number,
): Promise<MintedAccessToken> {
  const { client, grant_type } = authorization;
  const expires_at = Math.round(issued_at + (lifespanOf(server.config, client, grant_type, 'access_token') ?? 0));
  if (accessTokenStrategyOf(server.config, client) !== 'jwt') {
    return { ...server.keys.opaque.mint('access_token'), expires_at };
  }
  const claims = accessTokenClaims(server, authorization, issued_at, expires_at);
  const token = await signJwt(server.keys.signing.signer(ACCESS_TOKEN_SET), claims);
  return { token, hash: tokenHash(signatureOf(token)), expires_at };
}

/** The third segment of a JWS in compact form: what a JWT is found by. */
export const signatureOf = (jwt: string): string => jwt.slice(jwt.lastIndexOf('.') + 1);

/** Hydra: `scp` is a list, `aud` is a list even when empty, and what the consent app added stands under `ext`. */
function accessTokenClaims(
  server: AuthorizationServer,
  { client, subject, scope, audience, session }: Authorization,
  iat: number,
  exp: number,
): Claims {
  return {
    iss: server.config.urls.self.issuer,
    ...(subject === '' ? {} : { sub: subject }),
    client_id: client.client_id,
    aud: audience,
    exp,
    iat,
    nbf: iat,
    jti: randomUUID(),
    scp: scope,
    ext: session.access_token ?? {},
  };
}
