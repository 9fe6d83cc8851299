import { compactVerify, decodeProtectedHeader, errors, importJWK, type JWTPayload, SignJWT } from 'jose';
import { isObject, type JsonObject, parseJson } from '../lib/json.ts';
import { OAuthError } from '../oauth/error.ts';
import type { SigningKey, SigningKeys } from './signing_keys.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** RFC 7519 section 7.1, RFC 8725 section 3.11 for the type. jose signs with WebCrypto, which Node.js runs off the main thread. */
export function signJwt(key: SigningKey, claims: Claims, typ = 'JWT'): Promise<string> {
  return new SignJWT(claims as JWTPayload).setProtectedHeader({ alg: key.alg, kid: key.kid, typ }).sign(key.privateKey);
}

/**
 * RFC 7519 section 7.2 for a JWT that we signed: `kid` picks the key, and the key's own algorithm is the only one that
 * it verifies (RFC 8725 section 3.1). Undefined for any other. The times are the caller's business: a token that has
 * expired may still be a good hint. Throws where the database does not answer that was asked for an unknown key.
 */
export async function verifyOwnJwt(keys: SigningKeys, token: string): Promise<Claims | undefined> {
  try {
    const { payload } = await compactVerify(token, async ({ kid = '', alg }) => {
      const key = await keys.findOrReload(kid);
      if (!key || key.alg !== alg) throw new errors.JWKSNoMatchingKey();
      return key.publicKey;
    });
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? (claims as Claims) : undefined;
  } catch (error) {
    if (error instanceof OAuthError) throw error;
    return undefined;
  }
}

/** What somebody else's JWT says before anything about it is proven. */
export type UnverifiedJwt = {
  readonly token: string;
  readonly alg: string;
  /** Empty: none, RFC 7515 section 4.1.4. */
  readonly kid: string;
  readonly claims: Claims;
};

/**
 * Undefined for what is not a JWS in the compact form over a JSON object, and for one with an extension that must be
 * understood (RFC 7515 section 4.1.11): we understand none.
 */
export function readJwt(token: string): UnverifiedJwt | undefined {
  try {
    const { alg, kid, crit } = decodeProtectedHeader(token);
    if (typeof alg !== 'string' || (kid !== undefined && typeof kid !== 'string')) return undefined;
    if (crit !== undefined) return undefined;
    const [, payload = '', , more] = token.split('.');
    const claims = parseJson(Buffer.from(payload, 'base64url'));
    return isObject(claims) && more === undefined ? { token, alg, kid: kid ?? '', claims } : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 7518 section 3.1: the type of key that signs with an algorithm; symmetric ones and `none` have none here. */
const KEY_TYPES: Readonly<Record<string, string>> = { RS: 'RSA', PS: 'RSA', ES: 'EC', Ed: 'OKP' };

export const keyTypeOf = (alg: string): string | undefined => KEY_TYPES[alg.slice(0, 2)];

/** RFC 8725 section 3.1: verifies with this key and this algorithm; keys that the header brings along are not looked at. */
export async function isSignedBy({ token, alg }: UnverifiedJwt, jwk: JsonObject): Promise<boolean> {
  try {
    const { d, p, q, dp, dq, qi, ...open } = jwk;
    await compactVerify(token, await importJWK({ ...open, alg }, alg), { algorithms: [alg] });
    return true;
  } catch {
    return false;
  }
}
