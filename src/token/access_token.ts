import type { AuthorizationServer } from '../authorization_server.ts';
import { lifespanOf } from '../client/lifespans.ts';
import { accessTokenStrategyOf } from '../client/subject.ts';
import type { Config } from '../config/schema.ts';
import { type Claims, signJwt } from '../keys/jwt.ts';
import { type MintedToken, timedHash, tokenHash } from '../keys/opaque_token.ts';
import { ACCESS_TOKEN_SET } from '../keys/signing_keys.ts';
import type { JsonObject } from '../lib/json.ts';
import { orderedUuid, timeOfUuid } from '../lib/ordered_id.ts';
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
  return { token, hash: jwtHash(token, claims), expires_at };
}

/** What a JWT access token is found by: its signature. The `jti` of ours begins with the time, that of the reference does not. */
export function jwtHash(jwt: string, { jti }: Claims): Buffer {
  const signature = jwt.slice(jwt.lastIndexOf('.') + 1);
  const time = timeOfUuid(String(jti));
  return time ? timedHash(time, signature) : tokenHash(signature);
}

/** Hydra: `aud` is a list even when empty. */
function accessTokenClaims(
  { config }: AuthorizationServer,
  { client, subject, scope, audience, session }: Authorization,
  iat: number,
  exp: number,
): Claims {
  return {
    ...customClaims(config.oauth2, session.access_token ?? {}),
    ...scopeClaims(config.strategies.jwt.scope_claim, scope),
    iss: config.urls.self.issuer,
    ...(subject === '' ? {} : { sub: subject }),
    client_id: client.client_id,
    aud: audience,
    exp,
    iat,
    ...(config.oauth2.exclude_not_before_claim ? {} : { nbf: iat }),
    jti: orderedUuid(),
  };
}

/** RFC 9068 section 2.2.3 has `scope` as text; the reference's own name for a list is `scp`. */
const scopeClaims = (form: Config['strategies']['jwt']['scope_claim'], scope: readonly string[]): Claims => ({
  ...(form === 'string' ? {} : { scp: scope }),
  ...(form === 'list' ? {} : { scope: scope.join(' ') }),
});

/** Names that a custom claim cannot take, whatever the configuration allows. */
const RESERVED = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scp', 'ext'];

/** What the consent app added: the allowed names at the top, everything under `ext` unless that is switched off. */
function customClaims(options: Config['oauth2'], custom: JsonObject): Claims {
  const isPromoted = (name: string) => options.allowed_top_level_claims.includes(name) && !RESERVED.includes(name);
  const promoted = Object.entries(custom).filter(([name]) => isPromoted(name));
  const rest = Object.entries(custom).filter(([name]) => !isPromoted(name));
  if (options.mirror_top_level_claims) return { ...Object.fromEntries(promoted), ext: custom };
  const isKept = options.preserve_ext_claims && rest.length > 0;
  return { ...Object.fromEntries(promoted), ...(isKept ? { ext: Object.fromEntries(rest) } : {}) };
}
