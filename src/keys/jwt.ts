import { constants, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { compactVerify, decodeProtectedHeader, errors, importJWK } from 'jose';
import { isObject, type JsonObject, parseJson } from '../lib/json.ts';
import { onceFor } from '../lib/once_for.ts';
import { OAuthError } from '../oauth/error.ts';
import type { SigningKey, SigningKeys } from './signing_keys.ts';

export type Claims = Readonly<Record<string, unknown>>;

const { RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST } = constants;
const PSS = { padding: RSA_PKCS1_PSS_PADDING, saltLength: RSA_PSS_SALTLEN_DIGEST } as const;

/** RFC 7518 section 3.1, RFC 8037 section 3.1: the digest of an algorithm; EdDSA has its own. */
const DIGESTS: Readonly<Record<string, string>> = { 256: 'sha256', 384: 'sha384', 512: 'sha512' };
const digestOf = (alg: string): string | undefined => DIGESTS[alg.slice(2)];

/**
 * RFC 7519 section 7.1, RFC 8725 section 3.11 for the type. RSA signs off the main thread; what signs in less time than
 * it takes to ask another thread does so in place. Not with jose, which checks on each call what our keys are known to
 * be (docs/performance.md).
 */
export async function signJwt(key: SigningKey, claims: Claims, typ = 'JWT'): Promise<string> {
  const input = `${headerOf(key, typ)}.${encoded(claims)}`;
  return `${input}.${(await signatureFor(key, Buffer.from(input))).toString('base64url')}`;
}

function signatureFor({ alg, privateKey }: SigningKey, input: Buffer): Promise<Buffer> | Buffer {
  const digest = digestOf(alg);
  if (alg.startsWith('PS')) return signElsewhere(digest, input, { key: privateKey, ...PSS });
  if (alg.startsWith('RS')) return signElsewhere(digest, input, privateKey);
  // RFC 7518 section 3.4: both numbers, each at its full length.
  return sign(digest, input, { key: privateKey, dsaEncoding: 'ieee-p1363' });
}

const signElsewhere = promisify<string | undefined, Buffer, Parameters<typeof sign>[2], Buffer>(sign);

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const headersOf = onceFor((_key: SigningKey) => new Map<string, string>());

/** Once for each key and type. */
function headerOf(key: SigningKey, typ: string): string {
  const headers = headersOf(key);
  const header = headers.get(typ) ?? encoded({ alg: key.alg, kid: key.kid, typ });
  headers.set(typ, header);
  return header;
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
