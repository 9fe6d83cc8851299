import { randomUUID } from 'node:crypto';
import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { signJwt } from '../keys/jwt.ts';
import { ID_TOKEN_SET } from '../keys/signing_keys.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Authorization } from './authorization.ts';
import { customClaims, subjectClaim } from './id_token.ts';

export const CREDENTIAL_FORMAT = 'jwt_vc_json';
export const CREDENTIAL_TYPES: readonly string[] = ['VerifiableCredential', 'UserInfoCredential'];

/** Seconds. */
const LIFESPAN = 3600;

/**
 * OpenID Connect UserInfo Verifiable Credentials, draft 00: what userinfo says of the person, tied to the key that its
 * holder has. It lives from now on, not from when the access token was issued, which may be long ago.
 */
export function mintCredential(
  server: AuthorizationServer,
  approval: Pick<Authorization, 'subject' | 'session'>,
  holder: JsonObject,
): Promise<string> {
  const issued_at = seconds(server);
  const did = `did:jwk:${Buffer.from(JSON.stringify(holder)).toString('base64url')}`;
  return signJwt(server.keys.signing.signer(ID_TOKEN_SET), {
    iss: server.config.urls.self.issuer,
    sub: did,
    jti: randomUUID(),
    iat: issued_at,
    nbf: issued_at,
    exp: issued_at + LIFESPAN,
    vc: {
      '@context': ['https://www.w3.org/2018/credentials/v1'],
      type: CREDENTIAL_TYPES,
      credentialSubject: { ...customClaims(approval.session), ...subjectClaim(approval), id: did },
    },
  });
}
