import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { type Client, hasKeySet } from '../client/client.ts';
import { judgeSignature } from '../client/signature.ts';
import { timeOf } from '../client_auth/assertion.ts';
import { send } from '../http/outgoing.ts';
import { SIGNING_ALGORITHMS } from '../keys/json_web_key.ts';
import { type Claims, readJwt, type UnverifiedJwt } from '../keys/jwt.ts';
import { OAuthError } from '../oauth/error.ts';
import { Parameters, spaceList } from '../oauth/parameters.ts';

/** `request_object_signing_alg_values_supported` of OpenID Connect Discovery section 3. */
export const REQUEST_OBJECT_ALGORITHMS: readonly string[] = ['none', ...SIGNING_ALGORITHMS];

/** Bytes of a request object. Every flow keeps what it says. */
const LIMIT = 64 * 1024;
const FETCH = {
  headers: { accept: 'application/oauth-authz-req+jwt, application/jwt' },
  limit: LIMIT,
  /** Milliseconds. */
  patience: 5000,
};

export const hasRequestObject = (sent: Parameters): boolean =>
  sent.get('request') !== '' || sent.get('request_uri') !== '';

/**
 * OpenID Connect Core section 6, RFC 9101 section 6: the parameters with those of the request object over them. As they
 * are where there is none. Throws `invalid_request`, `invalid_request_uri` and `invalid_request_object`.
 */
export async function withRequestObject(
  server: AuthorizationServer,
  client: Client,
  sent: Parameters,
): Promise<Parameters> {
  // Hydra: only the scope openid, outside of the object, makes the server look at it.
  if (!hasRequestObject(sent) || !spaceList(sent.get('scope')).includes('openid')) return sent;
  const [request, request_uri] = [sent.get('request'), sent.get('request_uri')];
  if (request !== '' && request_uri !== '') {
    throw new OAuthError('invalid_request', "The parameters 'request' and 'request_uri' exclude each other.");
  }
  if (!hasKeySet(client.jwks) && client.jwks_uri === '') {
    throw new OAuthError('invalid_request', 'The client has registered no keys, so it cannot send a request object.');
  }
  const text = request_uri === '' ? request : await fetchRequestObject(server, client, request_uri);
  if (text.length > LIMIT) throw refused(`is longer than ${LIMIT} bytes`);
  const jwt = readJwt(text);
  if (!jwt) throw refused('is not a JSON Web Token that this server reads');
  for (const { check } of CHECKS) await check(jwt, client, server);
  return merge(sent, jwt.claims);
}

/**
 * RFC 9101 section 5.2, and 10.4.1: only from an address that the client has registered, to the letter, fragment
 * included. The fragment stays here.
 */
async function fetchRequestObject(server: AuthorizationServer, client: Client, request_uri: string): Promise<string> {
  if (!(client.request_uris ?? []).includes(request_uri)) {
    throw new OAuthError('invalid_request_uri', "The client has not registered this 'request_uri'.");
  }
  try {
    const { status, body } = await send(server.config.clients.http, request_uri, FETCH);
    if (status !== 200) throw new Error(`it answered with status ${status}`);
    return body.toString().trim();
  } catch (error) {
    throw new OAuthError('invalid_request_uri', '', { debug: messageOf(error) });
  }
}

type Check = {
  readonly section: string;
  readonly check: (jwt: UnverifiedJwt, client: Client, server: AuthorizationServer) => void | Promise<void>;
};

/**
 * What is checked of a request object, in order. Hydra: neither `iss` nor `aud`; and one that is not signed is as good
 * as the parameters that it stands for, unless the client is registered for an algorithm.
 */
const CHECKS: readonly Check[] = [
  {
    section: 'OpenID Connect Core 6.1',
    check({ alg }, { request_object_signing_alg }) {
      if (request_object_signing_alg !== '' && alg !== request_object_signing_alg) {
        throw refused(`has the algorithm '${alg}', but the client is registered for '${request_object_signing_alg}'`);
      }
    },
  },
  {
    section: 'RFC 8725 3.1',
    check({ alg }) {
      if (!REQUEST_OBJECT_ALGORITHMS.includes(alg)) throw refused(`has the algorithm '${alg}', which is not supported`);
    },
  },
  { section: 'RFC 9101 6.2', check: checkSignature },
  {
    section: 'RFC 7519 4.1.4',
    check({ claims }, _client, server) {
      if (readTime(claims, 'exp', Number.POSITIVE_INFINITY) <= seconds(server)) throw refused('has expired');
    },
  },
  {
    section: 'RFC 7519 4.1.5',
    check({ claims }, _client, server) {
      if (readTime(claims, 'nbf', 0) > seconds(server)) throw refused('is not valid yet');
    },
  },
  {
    section: 'RFC 7519 4.1.6',
    check({ claims }, _client, server) {
      if (readTime(claims, 'iat', 0) > seconds(server)) throw refused('was issued in the future');
    },
  },
  {
    section: 'RFC 9101 4',
    check({ claims }) {
      if ('request' in claims || 'request_uri' in claims) throw refused('holds another request object');
    },
  },
];

async function checkSignature(jwt: UnverifiedJwt, client: Client, server: AuthorizationServer): Promise<void> {
  if (jwt.alg === 'none') {
    // RFC 7518 section 3.6.
    if (!jwt.token.endsWith('.')) throw refused("has a signature, though its algorithm is 'none'");
    return;
  }
  const judgement = await judgeSignature(server, client, jwt).catch((error: unknown) => {
    throw refused("cannot be verified, because the client's keys cannot be fetched", messageOf(error));
  });
  if (judgement === 'no key') throw refused(`is signed with a key (kid '${jwt.kid}') that the client does not have`);
  if (judgement === 'bad signature') throw refused('has a signature that no key of the client verifies');
}

/** Seconds. */
function readTime(claims: Claims, name: 'exp' | 'nbf' | 'iat', otherwise: number): number {
  if (claims[name] === undefined) return otherwise;
  const time = timeOf(claims[name]);
  if (time === undefined) throw refused(`has an '${name}' that is no number`);
  return time;
}

/**
 * OpenID Connect Core section 6.3.3. Hydra: what the scope outside has more is added, and the client is always the one
 * that is named outside.
 */
function merge(sent: Parameters, claims: Claims): Parameters {
  const merged = new Parameters();
  for (const [name, value] of sent) if (!['request', 'request_uri'].includes(name)) merged.append(name, value);
  for (const [name, value] of Object.entries(claims)) {
    if (name !== 'client_id') merged.set(name, textOf(value));
  }
  const inside = spaceList(merged.get('scope'));
  const outside = new Set(spaceList(sent.get('scope')));
  merged.set('scope', [...inside, ...outside.difference(new Set(inside))].join(' '));
  return merged;
}

/** RFC 9101 section 4: numbers and structures are the JSON text of themselves. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const refused = (why: string, debug = ''): OAuthError =>
  new OAuthError('invalid_request_object', `The request object ${why}.`, { debug });
