import { createHash } from 'node:crypto';
import type { AuthorizationServer } from '../authorization_server.ts';
import { json, type Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';

/** RFC 7517 section 5: every key that signed what may still be in use. */
export const jwks = (server: AuthorizationServer, request: Request): Reply =>
  publicDocument(request, { keys: server.keys.signing.published().map(({ jwk }) => jwk) });

/** Seconds that relying parties may keep a document: how long a new key has to wait before it signs. */
const MAX_AGE = 300;

/** A document that caches may keep (RFC 9111) and ask for again by its ETag (RFC 9110 section 13.1.2). */
export function publicDocument(request: Request, value: unknown): Reply {
  const reply = json(200, value);
  const etag = `"${createHash('sha256').update(reply.body).digest('base64url').slice(0, 22)}"`;
  const headers = { ...reply.headers, etag, 'cache-control': `public, max-age=${MAX_AGE}` };
  const isKnown = (request.headers['if-none-match'] ?? '').split(',').some((tag) => tag.trim() === etag);
  return isKnown ? { status: 304, headers, body: '' } : { ...reply, headers };
}
