import { formatDuration, parseDuration } from '../lib/duration.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../lib/json.ts';
import { OAuthError } from '../oauth/error.ts';
import { publicKeySet } from './key_set.ts';
import { type ClientMetadata, DEFAULTS, MEMBERS } from './members.ts';

/** What a request says about a client: the metadata with defaults filled in, and the two members that are not stored as sent. */
export type ClientRequest = {
  readonly metadata: ClientMetadata;
  readonly client_id: string;
  readonly client_secret: string;
};

/** RFC 7591 section 2. Unknown members are ignored; a member of the wrong type is refused (`bad_request`). */
export const decodeClient = (body: Uint8Array): ClientRequest => decodeClientDocument(decodeObject(body));

/** The same, for a document that was parsed before. */
export function decodeClientDocument(value: JsonObject): ClientRequest {
  const metadata: JsonObject = {};
  for (const [name, { kind, presence }] of Object.entries(MEMBERS)) {
    const sent = value[name];
    // `metadata: null` is kept: any JSON value is allowed there.
    const isUnset = sent === undefined || (sent === null && kind !== 'json');
    metadata[name] = isUnset ? DEFAULTS[kind](presence) : READERS[kind](name, sent);
  }
  return {
    metadata: metadata as ClientMetadata,
    client_id: text('client_id', value.client_id ?? ''),
    client_secret: text('client_secret', value.client_secret ?? ''),
  };
}

/** Lifespans alone; those that are left out become null. */
export function decodeLifespans(body: Uint8Array): Partial<ClientMetadata> {
  const value = decodeObject(body);
  const { metadata } = decodeClientDocument(
    Object.fromEntries(Object.entries(value).filter(([name]) => name.endsWith('_lifespan'))),
  );
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => name.endsWith('_lifespan')));
}

/** Throws `bad_request`. */
export function decodeJson(body: Uint8Array): Json {
  try {
    return parseJson(body);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : 'the body is not JSON');
  }
}

/** Throws `bad_request`. */
export function decodeObject(body: Uint8Array): JsonObject {
  const value = decodeJson(body);
  if (!isObject(value)) throw malformed('a client is a JSON object');
  return value;
}

const READERS: Readonly<Record<keyof typeof DEFAULTS, (name: string, value: Json) => Json>> = {
  text,
  texts: (name, value) =>
    Array.isArray(value) ? value.map((entry) => text(name, entry)) : refuse(name, 'a list of strings'),
  flag,
  optional_flag: flag,
  number: (name, value) => (Number.isInteger(value) ? value : refuse(name, 'an integer')),
  duration: (name, value) => {
    const parsed = typeof value === 'string' ? parseDuration(value) : undefined;
    return parsed === undefined ? refuse(name, 'a duration such as "1h30m"') : formatDuration(parsed);
  },
  keys: (name, value) => (isObject(value) ? publicKeySet(value) : refuse(name, 'a JSON Web Key Set')),
  json: (_name, value) => value,
};

function text(name: string, value: Json): string {
  return typeof value === 'string' ? value : refuse(name, 'a string');
}

function flag(name: string, value: Json): boolean {
  return typeof value === 'boolean' ? value : refuse(name, 'true or false');
}

function refuse(name: string, expected: string): never {
  throw malformed(`the member '${name}' must be ${expected}`);
}

const malformed = (reason: string): OAuthError =>
  new OAuthError('bad_request', `Unable to decode the request body: ${reason}.`);
