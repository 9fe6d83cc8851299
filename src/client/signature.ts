import type { AuthorizationServer } from '../authorization_server.ts';
import { isSignedBy, keyTypeOf, type UnverifiedJwt } from '../keys/jwt.ts';
import { isObject, type JsonObject } from '../lib/json.ts';
import type { Client } from './client.ts';

export type Judgement = 'good' | 'bad signature' | 'no key';

/** A JWT without `kid` is tried against this many keys. */
const MOST_KEYS = 20;

/**
 * RFC 7515 section 5.2, with the keys that the client has registered or publishes. Which algorithms are welcome is the
 * caller's business. Throws an Error that says why the keys cannot be had.
 */
export async function judgeSignature(
  server: AuthorizationServer,
  client: Client,
  jwt: UnverifiedJwt,
): Promise<Judgement> {
  const judge = (keys: readonly JsonObject[]) => judgeWith(keys, jwt);
  if (client.jwks_uri === '') return judge((Array.isArray(client.jwks.keys) ? client.jwks.keys : []).filter(isObject));
  return server.remote_jwks.judge(client.jwks_uri, judge, (judgement) => judgement === 'good');
}

/** RFC 7515 section 4.1.4: by the keys of the set that may have signed this. */
async function judgeWith(keys: readonly JsonObject[], jwt: UnverifiedJwt): Promise<Judgement> {
  const fitting = keys.filter(
    ({ kid, use, kty }) => (jwt.kid === '' || kid === jwt.kid) && use === 'sig' && kty === keyTypeOf(jwt.alg),
  );
  if (fitting.length === 0) return 'no key';
  for (const key of fitting.slice(0, MOST_KEYS)) if (await isSignedBy(jwt, key)) return 'good';
  return 'bad signature';
}
