import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { type AuthorizationServer, seconds } from '../../authorization_server.ts';
import { jsonBody } from '../../http/body.ts';
import { json, noContent, type Reply } from '../../http/reply.ts';
import type { Request } from '../../http/request.ts';
import type { RouteSchema } from '../../http/route.ts';
import {
  canonicalJwk,
  generateJwk,
  isSigningAlgorithm,
  JSON_WEB_KEY,
  JSON_WEB_KEY_SET,
} from '../../keys/json_web_key.ts';
import { openJwk, sealJwk } from '../../keys/signing_keys.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../../lib/json.ts';
import { OAuthError } from '../../oauth/error.ts';
import { deleteKey, deleteSet, findKey, insertKey, type JsonWebKeyRow, listSet } from '../../store/json_web_keys.ts';
import type { Queries } from '../../store/tables.ts';
import { deleteTrustsOfKey, deleteTrustsOfSet } from '../../store/trusted_jwt_issuers.ts';
import { write } from '../../store/write.ts';
import { adminPath } from './location.ts';

const setOf = (request: Request): string => request.params.set ?? '';

/** Characters of an identifier that every database keeps whole. */
const LONGEST = 255;

/** The set that something is stored in. Throws `bad_request`. */
function newSetOf(request: Request): string {
  const set = setOf(request);
  if ([...set].length > LONGEST)
    throw new OAuthError('bad_request', `The name of a key set has at most ${LONGEST} characters.`);
  return set;
}

const kidOf = (request: Request): string => request.params.kid ?? '';

/** RFC 7517 section 5, private members included: whoever reaches the admin listener holds the keys. */
export async function getJsonWebKeySet(server: AuthorizationServer, request: Request): Promise<Reply> {
  const rows = await listSet(server.db.queries, setOf(request));
  if (rows.length === 0) throw new OAuthError('challenge_not_found', 'There is no key set of this name.');
  return json(200, { keys: rows.map((row) => openJwk(server.keys.rows, row)) });
}

export async function getJsonWebKey(server: AuthorizationServer, request: Request): Promise<Reply> {
  const row = await findKey(server.db.queries, setOf(request), kidOf(request));
  if (!row) throw new OAuthError('row_not_found');
  return json(200, { keys: [openJwk(server.keys.rows, row)] });
}

const CREATE_KEY = Type.Object(
  {
    alg: Type.Optional(Type.String()),
    use: Type.Optional(Type.String()),
    kid: Type.Optional(Type.String({ maxLength: LONGEST })),
  },
  { $id: 'createJsonWebKeySet' },
);

/** Adds a key to a set. In a set of ours it signs as soon as it has been published for `gatehouse.keys.lead_time`. */
export async function createJsonWebKeySet(server: AuthorizationServer, request: Request): Promise<Reply> {
  const set = newSetOf(request);
  const { alg = '', use = '', kid = '' } = decoded(() => jsonBody(request, CREATE_KEY));
  if (!isSigningAlgorithm(alg)) throw new OAuthError('key_algorithm');
  const jwk = await generateJwk(alg, use || 'sig', kid || randomUUID());
  const isNew = await write(server, (tx) => insertKey(tx, rowOf(server, set, jwk)));
  if (!isNew) throw new OAuthError('conflict');
  await server.keys.signing.reload();
  return json(201, { keys: [jwk] }, { location: locationOf(server, set) });
}

/** Replaces the whole set. */
export async function setJsonWebKeySet(server: AuthorizationServer, request: Request): Promise<Reply> {
  const set = newSetOf(request);
  const keys = decoded(() => keysOf(parseJson(request.body)));
  await write(server, async (tx) => {
    await deleteSet(tx, set);
    for (const jwk of keys?.toReversed() ?? []) await insertOrConflict(tx, rowOf(server, set, jwk));
  });
  await server.keys.signing.reload();
  return json(200, { keys });
}

/** Hydra: the id in the path does not count, the key's own does. */
export async function setJsonWebKey(server: AuthorizationServer, request: Request): Promise<Reply> {
  const set = newSetOf(request);
  const jwk = decoded(() => canonicalJwk(parseJson(request.body)));
  await write(server, async (tx) => {
    await deleteKey(tx, set, String(jwk.kid ?? ''));
    await insertOrConflict(tx, rowOf(server, set, jwk));
  });
  await server.keys.signing.reload();
  return json(200, jwk);
}

/** With everybody whom it let in. */
export async function deleteJsonWebKeySet(server: AuthorizationServer, request: Request): Promise<Reply> {
  await write(server, async (tx) => {
    await deleteSet(tx, setOf(request));
    await deleteTrustsOfSet(tx, setOf(request));
  });
  await server.keys.signing.reload();
  return noContent();
}

export async function deleteJsonWebKey(server: AuthorizationServer, request: Request): Promise<Reply> {
  await write(server, async (tx) => {
    await deleteKey(tx, setOf(request), kidOf(request));
    await deleteTrustsOfKey(tx, setOf(request), kidOf(request));
  });
  await server.keys.signing.reload();
  return noContent();
}

async function insertOrConflict(tx: Queries, row: Omit<JsonWebKeyRow, 'id'>): Promise<void> {
  if (!(await insertKey(tx, row))) throw new OAuthError('conflict');
}

const rowOf = (server: AuthorizationServer, set_name: string, jwk: JsonObject): Omit<JsonWebKeyRow, 'id'> => ({
  set_name,
  kid: String(jwk.kid ?? ''),
  created_at: seconds(server),
  jwk: sealJwk(server.keys.rows, set_name, jwk),
});

/** Hydra: a set without `keys` is empty, and says so with null. */
function keysOf(value: Json): JsonObject[] | null {
  if (!isObject(value)) throw new SyntaxError('a key set must be an object');
  if (value.keys === undefined || value.keys === null) return null;
  if (!Array.isArray(value.keys)) throw new SyntaxError("'keys' must be a list");
  return value.keys.map(canonicalJwk);
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new OAuthError('bad_request', `Unable to decode the request body: ${error.message}.`);
  }
}

/** On the issuer's host, escaped once. */
const locationOf = (server: AuthorizationServer, set: string): string =>
  `${server.config.urls.self.issuer.replace(/\/$/, '')}${adminPath(server, `/keys/${encodeURIComponent(set)}`)}`;

export const schemas = {
  getJsonWebKeySet: {
    summary: 'Show a key set, private members included.',
    responses: { 200: JSON_WEB_KEY_SET },
  },
  getJsonWebKey: { summary: 'Show one key of a set.', responses: { 200: JSON_WEB_KEY_SET } },
  createJsonWebKeySet: {
    summary: 'Make a key, in a set that may be a new one.',
    body: CREATE_KEY,
    responses: { 201: JSON_WEB_KEY_SET },
  },
  setJsonWebKeySet: {
    summary: 'Replace a key set.',
    body: JSON_WEB_KEY_SET,
    responses: { 200: JSON_WEB_KEY_SET },
  },
  setJsonWebKey: {
    summary: 'Store a key, in the place of the one with the same id.',
    body: JSON_WEB_KEY,
    responses: { 200: JSON_WEB_KEY },
  },
  deleteJsonWebKeySet: { summary: 'Delete a key set.', responses: { 204: null } },
  deleteJsonWebKey: { summary: 'Delete one key of a set.', responses: { 204: null } },
} satisfies Record<string, RouteSchema>;
