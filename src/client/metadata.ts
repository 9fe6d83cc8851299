import type { Config } from '../config/schema.ts';
import { mayRegister, type OutgoingPolicy, send } from '../http/outgoing.ts';
import { parseDuration } from '../lib/duration.ts';
import { OAuthError } from '../oauth/error.ts';
import { hasKeySet } from './client.ts';
import { checkKeySet } from './key_set.ts';
import type { ClientMetadata } from './members.ts';

/** What the rules need to know of the server. */
export type MetadataRules = {
  readonly default_scope: readonly string[];
  readonly subject_types: readonly string[];
  readonly access_token_strategy: string;
  readonly outgoing: OutgoingPolicy;
};

export const rulesOf = ({ oidc, strategies, clients }: Config): MetadataRules => ({
  default_scope: oidc.dynamic_client_registration.default_scope,
  subject_types: oidc.subject_identifiers.supported_types,
  access_token_strategy: strategies.access_token,
  outgoing: clients.http,
});

type Rule = (metadata: ClientMetadata, client_secret: string, rules: MetadataRules) => Promise<void> | void;

/** RFC 7591 section 2 and the reference's rules, in the reference's order: the first that fails answers. */
const RULES: readonly Rule[] = [
  checkAuthenticationMethod,
  checkKeySources,
  checkAddresses,
  ({ jwks }) => checkKeySet(jwks),
  checkPages,
  checkSecret,
  fillScope,
  checkCorsOrigins,
  (metadata) => {
    metadata.client_secret_expires_at = 0;
  },
  checkSectorIdentifier,
  checkUserinfoAlgorithm,
  ({ redirect_uris }) => redirect_uris?.forEach(checkRedirectUri),
  checkSubjectType,
  checkPostLogoutRedirects,
  checkAccessTokenStrategy,
  checkLengths,
];

/** Fills in what depends on the server and refuses what cannot work. Changes `metadata`. */
export async function checkMetadata(
  metadata: ClientMetadata,
  client_secret: string,
  rules: MetadataRules,
): Promise<void> {
  for (const rule of RULES) await rule(metadata, client_secret, rules);
}

const ASYMMETRIC = /^(RS|PS|ES)(256|384|512)$|^EdDSA$/;

function checkAuthenticationMethod(metadata: ClientMetadata): void {
  metadata.token_endpoint_auth_method ||= 'client_secret_basic';
  if (metadata.token_endpoint_auth_method !== 'private_key_jwt') return;
  if (metadata.jwks_uri === '' && !hasKeySet(metadata.jwks)) {
    throw invalid("The method 'private_key_jwt' needs 'jwks' or 'jwks_uri'.");
  }
  const alg = metadata.token_endpoint_auth_signing_alg;
  if (alg !== '' && !ASYMMETRIC.test(alg)) {
    throw invalid("The member 'token_endpoint_auth_signing_alg' names an algorithm that is not supported.");
  }
}

/** RFC 7591 section 2: `jwks` and `jwks_uri` exclude each other. */
function checkKeySources(metadata: ClientMetadata): void {
  if (metadata.jwks_uri !== '' && hasKeySet(metadata.jwks)) {
    throw invalid("The members 'jwks' and 'jwks_uri' exclude each other.");
  }
}

/** The addresses that we would call. Hydra: the front channel is the browser's. */
async function checkAddresses(metadata: ClientMetadata, _secret: string, { outgoing }: MetadataRules): Promise<void> {
  const { jwks_uri, backchannel_logout_uri, sector_identifier_uri, request_uris } = metadata;
  for (const uri of [jwks_uri, backchannel_logout_uri, sector_identifier_uri, ...(request_uris ?? [])]) {
    if (uri !== '' && !(await mayRegister(outgoing, uri))) {
      throw invalid(`The address '${uri}' is not a public one, and this server calls no others.`);
    }
  }
}

function checkPages(metadata: ClientMetadata): void {
  for (const name of ['tos_uri', 'policy_uri', 'logo_uri', 'client_uri'] as const) {
    const value = metadata[name];
    if (value !== '' && !(isUriOrPath(value) && /^https?:$/.test(URL.parse(value)?.protocol ?? ''))) {
      throw invalid(`The member '${name}' must be an absolute http or https URL.`);
    }
  }
}

function checkSecret(_metadata: ClientMetadata, client_secret: string): void {
  if (client_secret !== '' && Buffer.byteLength(client_secret) < 6) {
    throw invalid("The member 'client_secret' needs at least 6 characters.");
  }
}

function fillScope(metadata: ClientMetadata, _secret: string, rules: MetadataRules): void {
  metadata.scope ||= rules.default_scope.join(' ');
}

function checkCorsOrigins(metadata: ClientMetadata): void {
  metadata.allowed_cors_origins = metadata.allowed_cors_origins.map((origin) => {
    const parts = /^(https?):\/\/([^/?#@\s]+)\/?$/i.exec(origin);
    if (!parts) {
      throw invalid(
        "The entries of 'allowed_cors_origins' are origins: scheme http or https, host, port, nothing else.",
      );
    }
    return origin.replace(/\/$/, '');
  });
}

/** Bytes and milliseconds. */
const SECTOR_FILE = { limit: 1024 * 1024, patience: 10_000 };

/** OpenID Connect Dynamic Client Registration section 5. Throws without what the file says: it may not be the caller's. */
async function checkSectorIdentifier(metadata: ClientMetadata, _secret: string, { outgoing }: MetadataRules) {
  const { sector_identifier_uri, redirect_uris } = metadata;
  if (sector_identifier_uri === '') return;
  if (URL.parse(sector_identifier_uri)?.protocol !== 'https:') {
    throw invalid("The member 'sector_identifier_uri' must be an https URL.");
  }
  const listed = await redirectUrisOfSector(outgoing, sector_identifier_uri);
  if (listed.length === 0) {
    throw invalid("At 'sector_identifier_uri' there is no JSON array of redirect URIs that this server can read.");
  }
  if (!(redirect_uris ?? []).every((uri) => listed.includes(uri))) {
    throw invalid("The array at 'sector_identifier_uri' does not hold every redirect URI of the client.");
  }
}

/** None for what cannot be fetched or is not an array of strings. */
async function redirectUrisOfSector(outgoing: OutgoingPolicy, uri: string): Promise<readonly unknown[]> {
  try {
    const { status, body } = await send(outgoing, uri, SECTOR_FILE);
    const listed: unknown = status === 200 ? JSON.parse(body.toString()) : [];
    return Array.isArray(listed) && listed.every((entry) => typeof entry === 'string') ? listed : [];
  } catch {
    return [];
  }
}

function checkUserinfoAlgorithm(metadata: ClientMetadata): void {
  metadata.userinfo_signed_response_alg ||= 'none';
  if (!['none', 'RS256'].includes(metadata.userinfo_signed_response_alg)) {
    throw invalid("The member 'userinfo_signed_response_alg' must be 'none' or 'RS256'.");
  }
}

const RUNS_CODE = /^(javascript|data|vbscript):/i;

/** RFC 6749 section 3.1.2. Hydra: an absolute path will do. */
function checkRedirectUri(uri: string): void {
  const refused = uri.includes('#') || RUNS_CODE.test(uri.trim()) || !isUriOrPath(uri);
  if (refused) {
    throw new OAuthError('invalid_redirect_uri', 'A redirect URI is absolute, has no fragment, and runs no code.');
  }
}

/** What Go's url.ParseRequestURI takes: an absolute URI or path, no blank in the host, whole escapes. */
function isUriOrPath(uri: string): boolean {
  if (/%(?![0-9a-f]{2})/i.test(uri) || /^\s|\p{Cc}/u.test(uri)) return false;
  if (uri.startsWith('/')) return true;
  const parts = /^[a-z][a-z0-9+.-]*:(\/\/([^/?#]*))?/i.exec(uri);
  if (!parts) return false;
  const host = parts[2] ?? '';
  return !/[\s<>"^`{}|\\]/.test(host) && /^(.*@)?(\[[0-9a-f:.%]*\]|[^[\]:]*)(:\d*)?$/i.test(host);
}

function checkSubjectType(metadata: ClientMetadata, _secret: string, rules: MetadataRules): void {
  const strategy = (metadata.access_token_strategy || rules.access_token_strategy).toLowerCase();
  const supported = supportedSubjectTypes(rules.subject_types, strategy);
  if (metadata.subject_type === '') {
    metadata.subject_type = supported.includes('public') ? 'public' : (supported[0] ?? 'public');
  }
  if (!supported.includes(metadata.subject_type)) {
    throw invalid(`The member 'subject_type' must be one of: ${supported.join(', ')}.`);
  }
}

/** Hydra: a JWT access token carries the plain subject, so pairwise identifiers would hide nothing. */
export function supportedSubjectTypes(configured: readonly string[], access_token_strategy: string): string[] {
  const supported = configured.filter((type) => type !== 'pairwise' || access_token_strategy !== 'jwt');
  return supported.length > 0 ? supported : ['public'];
}

/** OpenID Connect RP-Initiated Logout section 3.1. Hydra: each must share the origin of a redirect URI. */
function checkPostLogoutRedirects(metadata: ClientMetadata): void {
  const origins = new Set(metadata.redirect_uris?.map(originOf));
  for (const uri of metadata.post_logout_redirect_uris) {
    if (!isUriOrPath(uri) || !origins.has(originOf(uri))) {
      throw invalid("The entries of 'post_logout_redirect_uris' must share scheme, host and port with a redirect URI.");
    }
  }
}

const originOf = (uri: string): string => /^[^:/?#]*:\/\/[^/?#]*/.exec(uri)?.[0] ?? uri;

function checkAccessTokenStrategy(metadata: ClientMetadata): void {
  metadata.access_token_strategy = metadata.access_token_strategy.toLowerCase();
  if (!['', 'jwt', 'opaque'].includes(metadata.access_token_strategy)) {
    throw invalid("The member 'access_token_strategy' must be 'jwt' or 'opaque'.");
  }
}

const LONGEST = {
  token_endpoint_auth_method: 25,
  token_endpoint_auth_signing_alg: 10,
  request_object_signing_alg: 10,
} as const;

function checkLengths(metadata: ClientMetadata): void {
  for (const [name, limit] of Object.entries(LONGEST)) {
    if (metadata[name as keyof typeof LONGEST].length > limit) {
      throw invalid(`The member '${name}' is longer than ${limit} characters.`);
    }
  }
}

const invalid = (hint: string): OAuthError => new OAuthError('invalid_client_metadata', hint);

/** Seconds, from a lifespan as it is stored. */
export const lifespanSeconds = (text: string): number => Number(parseDuration(text) ?? 0n) / 1e9;
