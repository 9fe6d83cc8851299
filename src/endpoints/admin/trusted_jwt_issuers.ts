import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { type AuthorizationServer, seconds } from '../../authorization_server.ts';
import { json, noContent, type Reply } from '../../http/reply.ts';
import { queryOf, type Request } from '../../http/request.ts';
import type { RouteSchema } from '../../http/route.ts';
import { canonicalJwk, JSON_WEB_KEY, publicJwk } from '../../keys/json_web_key.ts';
import { sealJwk } from '../../keys/signing_keys.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../../lib/json.ts';
import { nullable, TEXTS, TIME } from '../../lib/schema.ts';
import { OAuthError } from '../../oauth/error.ts';
import { spaceList } from '../../oauth/parameters.ts';
import { deleteKey, findKey, insertKey } from '../../store/json_web_keys.ts';
import {
  deleteTrust,
  findTrust,
  insertTrust,
  isKeyTrusted,
  listTrusts,
  type TrustRow,
} from '../../store/trusted_jwt_issuers.ts';
import { write } from '../../store/write.ts';
import { adminPath } from './location.ts';
import { linkHeader, PAGING, readPage } from './paging.ts';

type TrustRequest = {
  readonly issuer: string;
  readonly subject: string;
  readonly scope: readonly string[] | null;
  readonly jwk: JsonObject;
  readonly expires_at: number;
};

/** RFC 7523 section 2.1: from now on this issuer's assertions are good for tokens. */
export async function trustOAuth2JwtGrantIssuer(server: AuthorizationServer, request: Request): Promise<Reply> {
  const { issuer, subject, scope, jwk, expires_at } = readTrust(request.body);
  const key_id = String(jwk.kid);
  const row: TrustRow = {
    id: randomUUID(),
    issuer,
    subject,
    key_id,
    scope: scope?.join(' ') ?? '',
    created_at: seconds(server),
    expires_at,
  };
  const key = {
    set_name: issuer,
    kid: key_id,
    created_at: row.created_at,
    jwk: sealJwk(server.keys.rows, issuer, jwk),
  };
  await write(server, async (tx) => {
    // Hydra: a key that is there already is the one that counts.
    if (!(await findKey(tx, issuer, key_id))) await insertKey(tx, key);
    if (!(await insertTrust(tx, row))) throw new OAuthError('conflict');
  });
  const location = adminPath(server, `/trust/grants/jwt-bearer/issuers/${row.id}`);
  return json(201, { ...present(row), scope }, { location });
}

export async function getTrustedOAuth2JwtGrantIssuer(server: AuthorizationServer, request: Request): Promise<Reply> {
  return json(200, present(await loadTrust(server, request)));
}

export async function listTrustedOAuth2JwtGrantIssuers(server: AuthorizationServer, request: Request): Promise<Reply> {
  const page = readPage(server, withSeedPaging(request), 'trusts');
  const issuer = queryOf(request).get('issuer');
  const rows = await listTrusts(server.db.queries, issuer, page.after, page.size + 1);
  const shown = rows.slice(0, page.size);
  const next = rows.length > page.size ? shown.at(-1)?.id : undefined;
  return json(200, shown.map(present), { link: linkHeader(server, request, 'trusts', page, next) });
}

/** The seed limits a page with `max_items`, and with `default_items` where that is left out. */
function withSeedPaging(request: Request): Request {
  const parameters = queryOf(request);
  const limit = parameters.get('page_size') || parameters.get('max_items') || parameters.get('default_items');
  if (limit !== '') parameters.set('page_size', limit);
  return { ...request, query: parameters.toString() };
}

/** Its key goes with it, unless somebody else is trusted with that key too. */
export async function deleteTrustedOAuth2JwtGrantIssuer(server: AuthorizationServer, request: Request): Promise<Reply> {
  const { id, issuer, key_id } = await loadTrust(server, request);
  await write(server, async (tx) => {
    await deleteTrust(tx, id);
    if (!(await isKeyTrusted(tx, issuer, key_id))) await deleteKey(tx, issuer, key_id);
  });
  return noContent();
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function loadTrust(server: AuthorizationServer, request: Request): Promise<TrustRow> {
  const id = request.params.id ?? '';
  if (!UUID.test(id)) throw new OAuthError('bad_request', 'Unable to parse the parameter id: it is not a UUID.');
  const row = await findTrust(server.db.queries, id.toLowerCase());
  if (!row) throw new OAuthError('row_not_found');
  return row;
}

const present = ({ id, issuer, subject, scope, key_id, created_at, expires_at }: TrustRow) => ({
  id,
  issuer,
  subject,
  allow_any_subject: subject === '',
  scope: spaceList(scope),
  public_key: { set: issuer, kid: key_id },
  created_at: timeText(created_at),
  expires_at: timeText(expires_at),
});

const timeText = (time: number): string => new Date(time * 1000).toISOString().replace('.000Z', 'Z');

/** Hydra: what does not decode has no code of its own, but a reason; what is missing has both. */
function readTrust(body: Uint8Array): TrustRequest {
  const { issuer, subject, scope, jwk, expires_at, allow_any_subject } = decodeTrust(body);
  const missing = (hint: string) => new OAuthError('missing_parameter', hint);
  if (issuer === '') throw missing("'issuer' is required.");
  if (subject === '' && !allow_any_subject) throw missing("One of 'subject' and 'allow_any_subject' is required.");
  if (subject !== '' && allow_any_subject) throw missing("'subject' and 'allow_any_subject' exclude each other.");
  if (expires_at === undefined) throw missing("'expires_at' is required.");
  if (!jwk || (jwk.kid ?? '') === '') throw missing("'jwk' is required, with a 'kid'.");
  return { issuer, subject, scope, jwk, expires_at };
}

function decodeTrust(body: Uint8Array) {
  try {
    const value = parseJson(body);
    if (!isObject(value)) throw new SyntaxError('a trust is an object');
    return {
      issuer: text(value, 'issuer'),
      subject: text(value, 'subject'),
      allow_any_subject: flag(value.allow_any_subject),
      scope: texts(value.scope),
      // A private key is nothing that we want to know.
      jwk: value.jwk === undefined || value.jwk === null ? undefined : publicJwk(canonicalJwk(value.jwk)),
      expires_at: time(value.expires_at),
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new OAuthError('unclassified', error.message);
  }
}

const LONGEST = 255;

function text(value: JsonObject, name: string): string {
  const member = value[name] ?? '';
  if (typeof member !== 'string' || member.length > LONGEST) throw new SyntaxError(`'${name}' must be a short string`);
  return member;
}

function flag(value: Json | undefined): boolean {
  if (typeof (value ?? false) !== 'boolean') throw new SyntaxError("'allow_any_subject' must be true or false");
  return value === true;
}

function texts(value: Json | undefined): string[] | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value as string[];
  throw new SyntaxError("'scope' must be a list of strings");
}

/** RFC 3339, to the second. */
function time(value: Json | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(value);
  const parsed = isTime ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(parsed)) throw new SyntaxError("'expires_at' must be a time such as 2030-01-01T00:00:00Z");
  return Math.round(parsed / 1000);
}

const TRUST = Type.Object(
  {
    issuer: Type.String({ maxLength: LONGEST }),
    subject: Type.Optional(Type.String({ maxLength: LONGEST })),
    allow_any_subject: Type.Optional(Type.Boolean()),
    scope: Type.Optional(nullable(TEXTS)),
    jwk: JSON_WEB_KEY,
    expires_at: TIME,
  },
  { $id: 'trustOAuth2JwtGrantIssuer' },
);

const TRUSTED = Type.Object(
  {
    id: Type.String(),
    issuer: Type.String(),
    subject: Type.String(),
    allow_any_subject: Type.Boolean(),
    scope: nullable(TEXTS),
    public_key: Type.Object({ set: Type.String(), kid: Type.String() }, { $id: 'trustedOAuth2JwtGrantJsonWebKey' }),
    created_at: TIME,
    expires_at: TIME,
  },
  { $id: 'trustedOAuth2JwtGrantIssuer' },
);

export const schemas = {
  trustOAuth2JwtGrantIssuer: {
    summary: 'Trust an issuer: its assertions are good for tokens.',
    body: TRUST,
    responses: { 201: TRUSTED },
  },
  getTrustedOAuth2JwtGrantIssuer: { summary: 'Show a trusted issuer.', responses: { 200: TRUSTED } },
  listTrustedOAuth2JwtGrantIssuers: {
    summary: 'List the trusted issuers.',
    query: Type.Object({
      ...PAGING,
      max_items: PAGING.page_size,
      default_items: PAGING.page_size,
      issuer: Type.Optional(Type.String()),
    }),
    responses: { 200: Type.Array(TRUSTED, { $id: 'trustedOAuth2JwtGrantIssuers' }) },
  },
  deleteTrustedOAuth2JwtGrantIssuer: { summary: 'Trust an issuer no more.', responses: { 204: null } },
} satisfies Record<string, RouteSchema>;
