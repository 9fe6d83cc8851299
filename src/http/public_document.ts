import { createHash } from 'node:crypto';
import { json, type Reply } from './reply.ts';
import type { Request } from './request.ts';

/** Seconds that relying parties may keep a document: how long a new key has to wait before it signs. */
const MAX_AGE = 300;

/** A document that caches may keep (RFC 9111) and ask for again by its ETag (RFC 9110 section 13.1.2). */
export type PublicDocument = { readonly etag: string; readonly whole: Reply; readonly unchanged: Reply };

/** Costs more than to answer with it: made once for as long as the value is the same. */
export function publicDocument(value: unknown): PublicDocument {
  const reply = json(200, value);
  const etag = `"${createHash('sha256').update(reply.body).digest('base64url').slice(0, 22)}"`;
  const headers = { ...reply.headers, etag, 'cache-control': `public, max-age=${MAX_AGE}` };
  return { etag, whole: { ...reply, headers }, unchanged: { status: 304, headers, body: '' } };
}

export function answerWith({ etag, whole, unchanged }: PublicDocument, request: Request): Reply {
  const known = request.headers['if-none-match'];
  return known?.split(',').some((tag) => tag.trim() === etag) ? unchanged : whole;
}
