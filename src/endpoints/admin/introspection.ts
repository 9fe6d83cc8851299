import Type, { type Static } from 'typebox';
import type { AuthorizationServer } from '../../authorization_server.ts';
import { json, type Reply } from '../../http/reply.ts';
import type { Request } from '../../http/request.ts';
import type { RouteSchema } from '../../http/route.ts';
import { CLAIMS, INTEGER, TEXTS } from '../../lib/schema.ts';
import { spaceList } from '../../oauth/parameters.ts';
import { coversScope } from '../../oauth/scope.ts';
import type { TokenRow } from '../../store/tokens.ts';
import { findActiveToken } from '../../token/inspect.ts';
import { openSession } from '../../token/session.ts';
import { oauthError, oauthJson } from '../oauth_reply.ts';
import { postedForm } from '../posted_form.ts';

/** RFC 7662 section 2. Whoever reaches the admin listener may ask. */
export async function introspectOAuth2Token(server: AuthorizationServer, request: Request): Promise<Reply> {
  try {
    const parameters = postedForm(request);
    const row = await findActiveToken(server, parameters.get('token'));
    if (!row || !covers(server, row, spaceList(parameters.get('scope')))) return oauthJson(200, { active: false });
    return json(200, describe(server, row), { 'content-type': 'application/json;charset=UTF-8' });
  } catch (error) {
    return oauthError(server, error);
  }
}

/** Hydra: a token that lacks a scope which the caller needs is not active for it. */
function covers(server: AuthorizationServer, row: TokenRow, needed: readonly string[]): boolean {
  const granted = spaceList(row.scope);
  return needed.every((scope) => coversScope(server.config.strategies.scope, granted, scope));
}

/** RFC 7662 section 2.2, and `ext` with what the consent app added. */
const INTROSPECTION = Type.Object(
  {
    active: Type.Boolean(),
    scope: Type.Optional(Type.String()),
    client_id: Type.Optional(Type.String()),
    // RFC 7662: optional, and not sent: a subject has no other name here.
    username: Type.Optional(Type.String()),
    sub: Type.Optional(Type.String()),
    obfuscated_subject: Type.Optional(Type.String()),
    exp: Type.Optional(INTEGER),
    iat: Type.Optional(INTEGER),
    nbf: Type.Optional(INTEGER),
    aud: Type.Optional(TEXTS),
    iss: Type.Optional(Type.String()),
    token_type: Type.Optional(Type.String()),
    token_use: Type.Optional(Type.String()),
    ext: Type.Optional(CLAIMS),
  },
  { $id: 'introspectedOAuth2Token' },
);

function describe(server: AuthorizationServer, row: TokenRow): Static<typeof INTROSPECTION> {
  const { mapped_subject, access_token } = openSession(server, row.session);
  const lifespan = row.kind === 'refresh_token' ? server.config.ttl.refresh_token : server.config.ttl.access_token;
  return {
    active: true,
    ...(row.scope === '' ? {} : { scope: row.scope }),
    client_id: row.client_id,
    sub: row.subject,
    ...(mapped_subject === undefined ? {} : { obfuscated_subject: mapped_subject }),
    exp: row.expires_at ?? Math.round(row.issued_at + lifespan),
    iat: row.issued_at,
    nbf: row.issued_at,
    aud: JSON.parse(row.audience) as string[],
    iss: server.config.urls.self.issuer,
    token_type: 'Bearer',
    token_use: row.kind,
    ...(access_token === undefined ? {} : { ext: access_token }),
  };
}

export const schemas = {
  introspectOAuth2Token: {
    summary: 'Tell whether a token is good, and what it stands for.',
    form: Type.Object({ token: Type.String(), scope: Type.Optional(Type.String()) }),
    responses: { 200: INTROSPECTION },
  },
} satisfies Record<string, RouteSchema>;
