import { createHash } from 'node:crypto';
import { json, type Reply } from './reply.ts';
import type { Request } from './request.ts';

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
