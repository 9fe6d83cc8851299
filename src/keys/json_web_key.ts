import { createPrivateKey, createPublicKey, generateKeyPair, type JsonWebKeyInput, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import Type from 'typebox';
import { Check } from 'typebox/schema';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import { nullable, TEXTS } from '../lib/schema.ts';

/** RFC 7517 section 4, and RFC 7518 section 6. */
export const JSON_WEB_KEY = Type.Object(
  {
    kty: Type.String(),
    use: Type.Optional(Type.String()),
    kid: Type.Optional(Type.String()),
    alg: Type.Optional(Type.String()),
    x5u: Type.Optional(Type.String()),
    x5c: Type.Optional(TEXTS),
    x5t: Type.Optional(Type.String()),
    'x5t#S256': Type.Optional(Type.String()),
    ...Object.fromEntries(
      ['crv', 'x', 'y', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'k'].map((name) => [
        name,
        Type.Optional(Type.String()),
      ]),
    ),
  },
  { $id: 'jsonWebKey' },
);

/** RFC 7517 section 5. */
export const JSON_WEB_KEY_SET = Type.Object(
  { keys: Type.Optional(nullable(Type.Array(JSON_WEB_KEY))) },
  { $id: 'jsonWebKeySet' },
);

const generate = promisify(generateKeyPair);

/** NIST SP 800-57: 2048 bits are good until 2030, and sign four times as fast as 4096. */
const RSA_BITS = 2048;

/** RFC 7518 section 3.1 and RFC 8037: what a key of ours can sign with, and how such a key is made. */
const GENERATORS: Readonly<Record<string, () => Promise<{ privateKey: KeyObject }>>> = {
  RS256: () => generate('rsa', { modulusLength: RSA_BITS }),
  RS384: () => generate('rsa', { modulusLength: RSA_BITS }),
  RS512: () => generate('rsa', { modulusLength: RSA_BITS }),
  PS256: () => generate('rsa', { modulusLength: RSA_BITS }),
  PS384: () => generate('rsa', { modulusLength: RSA_BITS }),
  PS512: () => generate('rsa', { modulusLength: RSA_BITS }),
  ES256: () => generate('ec', { namedCurve: 'P-256' }),
  ES384: () => generate('ec', { namedCurve: 'P-384' }),
  ES512: () => generate('ec', { namedCurve: 'P-521' }),
  EdDSA: () => generate('ed25519'),
};

export const SIGNING_ALGORITHMS: readonly string[] = Object.keys(GENERATORS);

export const isSigningAlgorithm = (alg: string): boolean => Object.hasOwn(GENERATORS, alg);

/** RFC 7517 section 4. Private. */
export async function generateJwk(alg: string, use: string, kid: string): Promise<JsonObject> {
  const make = GENERATORS[alg];
  if (!make) throw new Error(`no key can be made for ${alg}`);
  const { privateKey } = await make();
  return canonicalJwk({ ...(privateKey.export({ format: 'jwk' }) as JsonObject), alg, use, kid });
}

/** The members that are kept, public ones and then private ones. */
const MEMBERS: Readonly<Record<string, { readonly open: readonly string[]; readonly secret: readonly string[] }>> = {
  RSA: { open: ['n', 'e'], secret: ['d', 'p', 'q', 'dp', 'dq', 'qi'] },
  EC: { open: ['crv', 'x', 'y'], secret: ['d'] },
  OKP: { open: ['crv', 'x'], secret: ['d'] },
  oct: { open: [], secret: ['k'] },
};
const COMMON = ['use', 'kty', 'kid', 'alg', 'x5u', 'x5c', 'x5t', 'x5t#S256'];

/** A sound key without members that nobody knows. Throws a SyntaxError whose message may be shown. */
export function canonicalJwk(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new SyntaxError('a key must be an object');
  checkTypes(value);
  const kty = String(value.kty);
  const members = Object.hasOwn(MEMBERS, kty) ? MEMBERS[kty] : undefined;
  if (!members) throw new SyntaxError(`the key type '${kty}' is not known`);
  const names = [...COMMON, ...members.open, ...members.secret];
  const jwk = Object.fromEntries(names.flatMap((name) => (isEmpty(value[name]) ? [] : [[name, value[name] as Json]])));
  checkMaterial(jwk);
  return jwk;
}

/** Characters of an identifier that every database keeps whole. */
const LONGEST_ID = 255;

/** What relying parties read of a key has the type that they expect, also where we do not look at it. */
function checkTypes(value: JsonObject): void {
  for (const [name, schema] of Object.entries(JSON_WEB_KEY.properties)) {
    const member = value[name] ?? undefined;
    if (member !== undefined && !Check(schema, member)) throw new SyntaxError(`'${name}' is of another type`);
  }
  if (typeof value.kid === 'string' && [...value.kid].length > LONGEST_ID) {
    throw new SyntaxError(`'kid' has more than ${LONGEST_ID} characters`);
  }
}

const isEmpty = (value: Json | undefined): boolean => value === undefined || value === null || value === '';

function checkMaterial(jwk: JsonObject): void {
  if (jwk.kty === 'oct') {
    if (typeof jwk.k !== 'string') throw new SyntaxError("a symmetric key needs 'k'");
    return;
  }
  try {
    const input = { key: jwk, format: 'jwk' } as JsonWebKeyInput;
    if (isPrivate(jwk)) createPrivateKey(input);
    else createPublicKey(input);
  } catch {
    throw new SyntaxError('the key is not sound');
  }
}

export const isPrivate = (jwk: JsonObject): boolean => jwk.d !== undefined || jwk.k !== undefined;

/** RFC 7517 section 9.2. */
export function publicJwk(jwk: JsonObject): JsonObject {
  const secret = MEMBERS[String(jwk.kty)]?.secret ?? [];
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => !secret.includes(name)));
}
