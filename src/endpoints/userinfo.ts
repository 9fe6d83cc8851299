import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { clientOf } from '../client/client.ts';
import { json, type Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import type { RouteSchema } from '../http/route.ts';
import { signJwt } from '../keys/jwt.ts';
import { ID_TOKEN_SET } from '../keys/signing_keys.ts';
import { INTEGER } from '../lib/schema.ts';
import { OAuthError } from '../oauth/error.ts';
import { identityClaims } from '../token/id_token.ts';
import { openSession } from '../token/session.ts';
import { bearerToken, judgeBearer } from './bearer.ts';

/** OpenID Connect Core section 5.3. Hydra: any access token will do, with or without the scope `openid`. */
export async function getOidcUserInfo(server: AuthorizationServer, request: Request): Promise<Reply> {
  const row = await authenticate(server, bearerToken(request));
  const client = clientOf(row);
  const claims = {
    ...identityClaims({ subject: row.subject, session: openSession(server, row.session) }),
    iss: server.config.urls.self.issuer,
    aud: [row.client_id],
  };
  if (client.userinfo_signed_response_alg === 'none') return json(200, { ...claims, iat: row.issued_at });
  const signed = { ...claims, iat: seconds(server), jti: randomUUID() };
  const body = await signJwt(server.keys.signing.signer(ID_TOKEN_SET), signed);
  return { status: 200, headers: { 'content-type': 'application/jwt' }, body };
}

async function authenticate(server: AuthorizationServer, token: string) {
  const bearer = await judgeBearer(server, token);
  if (typeof bearer !== 'string') return bearer;
  // Hydra: a refresh token is no credential here, and the body does not say why.
  throw bearer === 'refresh_token'
    ? challenge('unclassified', 'invalid_token', 'Only access tokens are accepted here.')
    : challenge(bearer, bearer);
}

/** RFC 6750 section 3. */
function challenge(
  code: 'unclassified' | 'invalid_token' | 'request_unauthorized',
  error: string,
  hint = '',
): OAuthError {
  const description = hint || new OAuthError(code).description();
  const authenticate = `Bearer error="${error}",error_description="${description}"`;
  return new OAuthError(code, '', { status: 401, headers: { 'www-authenticate': authenticate } });
}

/** OpenID Connect Core section 5.1. What else the consent app said stands beside these. */
const texts =
  'name given_name family_name middle_name nickname preferred_username profile picture website email gender birthdate zoneinfo locale phone_number';
const USER_INFO = Type.Object(
  {
    // Hydra: the token of a client alone has none.
    sub: Type.Optional(Type.String()),
    ...Object.fromEntries(texts.split(' ').map((name) => [name, Type.Optional(Type.String())])),
    email_verified: Type.Optional(Type.Boolean()),
    phone_number_verified: Type.Optional(Type.Boolean()),
    updated_at: Type.Optional(INTEGER),
  },
  { $id: 'oidcUserInfo', additionalProperties: true },
);

export const schemas = {
  getOidcUserInfo: {
    summary: 'Show the claims about the person whom an access token stands for.',
    security: ['oauth2'],
    responses: { 200: { 'application/json': USER_INFO, 'application/jwt': Type.String() } },
  },
} satisfies Record<string, RouteSchema>;
