import { type AuthorizationServer, seconds } from '../../authorization_server.ts';
import { bearerOf, type Request } from '../../http/request.ts';
import type { Endpoint } from '../../http/route.ts';
import { type Access, allows, apiKeyHash } from '../../keys/api_key.ts';
import { OAuthError } from '../../oauth/error.ts';
import { findScopeOfKey } from '../../store/api_keys.ts';

type Needed = Exclude<Access, 'no key'>;

/** The same endpoint, for those whose API key is good for it. */
export const withApiKey =
  (access: Needed, endpoint: Endpoint<AuthorizationServer>): Endpoint<AuthorizationServer> =>
  async (server, request) => {
    await checkApiKey(server, request, access);
    return endpoint(server, request);
  };

/** RFC 6750 sections 2.1 and 3.1: in the header and nowhere else; a key that is gone is like one that never was. */
async function checkApiKey(server: AuthorizationServer, request: Request, access: Needed): Promise<void> {
  const key = bearerOf(request);
  if (key === undefined) throw challenge('request_unauthorized', 'This needs an API key in the Authorization header.');
  const hash = apiKeyHash(key);
  const scope = hash && (await findScopeOfKey(server.db.queries, hash, seconds(server)));
  if (scope === undefined) {
    throw challenge('request_unauthorized', 'The API key is unknown, has expired, or was revoked.', 'invalid_token');
  }
  if (!allows(scope, access)) {
    throw challenge('insufficient_scope', `This needs an API key for '${access}'.`, 'insufficient_scope', access);
  }
}

/** RFC 6750 section 3: no code where there was no key. */
function challenge(
  code: 'request_unauthorized' | 'insufficient_scope',
  hint: string,
  error?: string,
  scope?: string,
): OAuthError {
  const attributes = Object.entries({ realm: 'admin', error, error_description: error && hint, scope })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${value}"`);
  return new OAuthError(code, hint, { headers: { 'www-authenticate': `Bearer ${attributes.join(', ')}` } });
}
