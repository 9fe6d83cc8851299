import { createHash, randomUUID } from 'node:crypto';
import type { AuthorizationServer } from '../authorization_server.ts';
import { lifespanOf } from '../client/lifespans.ts';
import { type Claims, signJwt } from '../keys/jwt.ts';
import { ID_TOKEN_SET } from '../keys/signing_keys.ts';
import { checkNonce } from '../oauth/nonce.ts';
import type { Authorization, Session } from './authorization.ts';

/** Claims that only we may set; a custom claim of that name is dropped. */
export const RESERVED_CLAIMS: readonly string[] = [
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'jti',
  'auth_time',
  'sid',
  'nonce',
  'acr',
  'amr',
  'at_hash',
  'c_hash',
  'rat',
];

/** What an ID token vouches for, beside the person: that these were issued together. */
type Hashes = { readonly at_hash: string | undefined; readonly c_hash: string | undefined };

/** OpenID Connect Core section 2. `issued_at` in seconds. Throws `insufficient_entropy` for a nonce that is too short. */
export function mintIdToken(
  server: AuthorizationServer,
  authorization: Authorization,
  { at_hash, c_hash }: Hashes,
  issued_at: number,
): Promise<string> {
  const { client, grant_type, session } = authorization;
  if (session.nonce !== undefined) checkNonce(session.nonce);
  return signJwt(server.keys.signing.signer(ID_TOKEN_SET), {
    ...identityClaims(authorization),
    iss: server.config.urls.self.issuer,
    aud: [client.client_id],
    exp: Math.round(issued_at + (lifespanOf(server.config, client, grant_type, 'id_token') ?? 0)),
    iat: issued_at,
    jti: randomUUID(),
    ...(session.sid === undefined ? {} : { sid: session.sid }),
    ...(session.nonce === undefined ? {} : { nonce: session.nonce }),
    ...(at_hash === undefined ? {} : { at_hash }),
    ...(c_hash === undefined ? {} : { c_hash }),
  });
}

/** What both the ID token and userinfo say of the person (OpenID Connect Core section 5.1), custom claims included. */
export function identityClaims(approval: Pick<Authorization, 'subject' | 'session'>): Claims {
  const { session } = approval;
  return {
    ...customClaims(session),
    ...subjectClaim(approval),
    ...(session.auth_time === undefined ? {} : { auth_time: session.auth_time }),
    ...(session.acr ? { acr: session.acr } : {}),
    ...(session.amr?.length ? { amr: session.amr } : {}),
  };
}

/** What apps said of the person, without the names that only we may use. */
export const customClaims = ({ id_token = {} }: Session): Claims =>
  Object.fromEntries(Object.entries(id_token).filter(([name]) => !RESERVED_CLAIMS.includes(name)));

/** OpenID Connect Core section 8: the person as the client knows it. A client alone is nobody. */
export const subjectClaim = ({ subject, session }: Pick<Authorization, 'subject' | 'session'>): Claims =>
  session.auth_time === undefined ? {} : { sub: session.mapped_subject ?? subject };

/** OpenID Connect Core sections 3.1.3.6 and 3.3.2.11. Hydra: SHA-256 whatever the algorithm of the signature is. */
export const halfHash = (value: string): string =>
  createHash('sha256').update(value, 'ascii').digest().subarray(0, 16).toString('base64url');
