import type { IncomingHttpHeaders } from 'node:http';
import { OAuthError } from '../oauth/error.ts';
import { Parameters } from '../oauth/parameters.ts';

export type Request = {
  readonly method: string;
  /** As sent, without query, after the prefix of the listener was settled. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  /** Of the route's path, decoded. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly headers: IncomingHttpHeaders;
  /** Of whoever is connected: often a proxy. Empty where there is none, as on a Unix socket. */
  readonly remote_address: string;
  readonly body: Buffer;
};

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The parameters of the URL. Throws `invalid_request`. */
export const queryOf = (request: Request): Parameters => Parameters.parse(request.query);

/**
 * The parameters of a form-urlencoded body; none for a body of another type (RFC 6749 section 3.2 knows no other).
 * Throws `invalid_request`.
 */
export function formOf(request: Request): Parameters {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') return new Parameters();
  let text: string;
  try {
    text = UTF8.decode(request.body);
  } catch {
    throw new OAuthError('invalid_request', 'The body is not valid UTF-8.');
  }
  return Parameters.parse(text);
}

/** RFC 6265 section 4.2. The first cookie of that name. */
export function cookieOf(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/** RFC 6750 section 2.1. An odd Authorization header carries no token. */
export function bearerOf(request: Request): string | undefined {
  return /^bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
}
