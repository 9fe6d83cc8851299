import type { AuthorizationServer } from '../authorization_server.ts';
import type { Client } from '../client/client.ts';
import type { Request } from '../http/request.ts';
import { OAuthError } from '../oauth/error.ts';
import { decode, type Parameters } from '../oauth/parameters.ts';

/** What a request brings to prove who its client is. */
export type Presented = {
  readonly client_id: string;
  /** Takes as long for an unknown client as for a wrong proof. */
  verify(server: AuthorizationServer, client: Client | undefined): Promise<boolean> | boolean;
};

/** Looks for the credentials of one method, without I/O. Throws `invalid_request` for credentials that do not decode. */
export type Method = (request: Request, parameters: Parameters) => Presented | undefined;

/**
 * RFC 6749 section 2.3.1: HTTP Basic, with both halves form-urlencoded before. Undefined where the header is missing or
 * is not of that form.
 */
export function basicCredentials(request: Request): { client_id: string; client_secret: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(request.headers.authorization ?? '')?.[1];
  const credentials = Buffer.from(encoded ?? '', 'base64').toString();
  const [, client_id, client_secret = ''] = /^([^:]*):(.*)$/s.exec(credentials) ?? [];
  if (client_id === undefined) return undefined;
  if (credentials.includes('\0')) {
    throw new OAuthError('invalid_request', 'The credentials in the Authorization header contain the character NUL.');
  }
  try {
    return { client_id: decode(client_id), client_secret: decode(client_secret) };
  } catch {
    throw new OAuthError('invalid_request', 'The credentials in the Authorization header are not form-urlencoded.');
  }
}
