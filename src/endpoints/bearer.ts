import type { AuthorizationServer } from '../authorization_server.ts';
import { bearerOf, formOf, queryOf, type Request } from '../http/request.ts';
import { findBearer, isActive } from '../token/inspect.ts';

type Bearer = NonNullable<Awaited<ReturnType<typeof findBearer>>>;
/** What is wrong with a token that is not a good access token of ours. */
type Fault = 'refresh_token' | 'invalid_token' | 'request_unauthorized';

/** RFC 6750 section 2. */
export const bearerToken = (request: Request): string =>
  bearerOf(request) ?? (queryOf(request).get('access_token') || formOf(request).get('access_token'));

/** RFC 6750 section 3.1. Each endpoint words its refusal itself. */
export async function judgeBearer(server: AuthorizationServer, token: string): Promise<Bearer | Fault> {
  const row = await findBearer(server, token);
  if (row && isActive(server, row)) return row;
  if (server.keys.opaque.verify('refresh_token', token) && token.startsWith('ory_rt_')) return 'refresh_token';
  return row ? 'invalid_token' : 'request_unauthorized';
}
