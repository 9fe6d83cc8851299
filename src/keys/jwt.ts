import { compactVerify, errors, type JWTPayload, SignJWT } from 'jose';
import type { SigningKey, SigningKeys } from './signing_keys.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** RFC 7519 section 7.1. jose signs with WebCrypto, which Node.js runs off the main thread. */
export function signJwt(key: SigningKey, claims: Claims): Promise<string> {
  return new SignJWT(claims as JWTPayload)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' })
    .sign(key.privateKey);
}

/**
 * RFC 7519 section 7.2 for a JWT that we signed: `kid` picks the key, and the key's own algorithm is the only one that
 * it verifies (RFC 8725 section 3.1). Undefined for any other. The times are the caller's business: a token that has
 * expired may still be a good hint.
 */
export async function verifyOwnJwt(keys: SigningKeys, token: string): Promise<Claims | undefined> {
  try {
    const { payload } = await compactVerify(token, ({ kid = '', alg }) => {
      const key = keys.find(kid);
      if (!key || key.alg !== alg) throw new errors.JWKSNoMatchingKey();
      return key.publicKey;
    });
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? (claims as Claims) : undefined;
  } catch {
    return undefined;
  }
}
