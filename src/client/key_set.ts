import { createPublicKey, type JsonWebKeyInput } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import { OAuthError } from '../oauth/error.ts';

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const KEY_TYPES = ['RSA', 'EC', 'OKP', 'oct'];

/** RFC 7517 section 5, without private members: a client that sends them made a mistake that we do not keep. */
export function publicKeySet(value: JsonObject): JsonObject {
  if (value.keys === undefined || value.keys === null) return {};
  if (!Array.isArray(value.keys)) throw malformed("'jwks.keys' must be a list");
  return { keys: value.keys.map(publicKey) };
}

function publicKey(key: Json): JsonObject {
  if (!isObject(key)) throw malformed('a key must be an object');
  if (!KEY_TYPES.includes(String(key.kty))) throw malformed(`the key type '${String(key.kty)}' is not known`);
  // A symmetric key has no public half; checkKeySet refuses it with a better message.
  if (key.kty === 'oct') return { kty: 'oct' };
  return Object.fromEntries(Object.entries(key).filter(([name]) => !PRIVATE_MEMBERS.includes(name)));
}

/** Each key must be usable: RSA, EC or OKP, with sound parameters. Throws `invalid_client_metadata`. */
export function checkKeySet(jwks: JsonObject): void {
  const keys = Array.isArray(jwks.keys) ? jwks.keys : [];
  for (const key of keys) {
    try {
      createPublicKey({ key: key as JsonWebKeyInput['key'], format: 'jwk' });
    } catch {
      throw new OAuthError(
        'invalid_client_metadata',
        "The member 'jwks' has a key that is not a public RSA, EC or OKP key.",
      );
    }
  }
}

const malformed = (reason: string): OAuthError =>
  new OAuthError('bad_request', `Unable to decode the request body: ${reason}.`);
