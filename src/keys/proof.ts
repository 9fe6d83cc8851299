import { decodeProtectedHeader } from 'jose';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import { canonicalJwk, isPrivate } from './json_web_key.ts';
import { type Claims, isSignedBy, readJwt } from './jwt.ts';

/** What a holder may sign a proof with. */
export const PROOF_ALGORITHMS: readonly string[] = [
  'PS256',
  'RS256',
  'ES256',
  'PS384',
  'RS384',
  'ES384',
  'PS512',
  'RS512',
  'ES512',
  'EdDSA',
];

export type Proof = {
  /** Public. */
  readonly jwk: JsonObject;
  readonly claims: Claims;
};

/**
 * RFC 7515 section 4.1.3: the one place where the key that a header brings along is the one that verifies, because who
 * has it is what is to be proven. Undefined for what proves nothing.
 */
export async function verifyProof(token: string): Promise<Proof | undefined> {
  const jwt = readJwt(token);
  const jwk = jwt && holderKey(token);
  if (!jwt || !jwk) return undefined;
  if (!PROOF_ALGORITHMS.includes(jwt.alg)) return undefined;
  // RFC 8725 section 3.1, RFC 7517 sections 4.2 and 4.4: what the key says about itself holds.
  if (jwk.alg !== undefined && jwk.alg !== jwt.alg) return undefined;
  if (jwk.use !== undefined && jwk.use !== 'sig') return undefined;
  return (await isSignedBy(jwt, jwk)) ? { jwk, claims: jwt.claims } : undefined;
}

/** Undefined for a header without a sound public key: a private one has been shown to the world. */
function holderKey(token: string): JsonObject | undefined {
  try {
    const jwk = decodeProtectedHeader(token).jwk as Json | undefined;
    return isObject(jwk) && !isPrivate(jwk) ? canonicalJwk(jwk) : undefined;
  } catch {
    return undefined;
  }
}
