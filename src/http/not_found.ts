import { OAuthError } from '../oauth/error.ts';
import { json, type Reply } from './reply.ts';
import type { Request } from './request.ts';

/** Hydra: the one place with a nested error, in the type that the client likes best. */
const REASON = 'There is nothing at this address. Check path, host and port.';

const VARIANTS: Readonly<Record<string, () => Reply>> = {
  'text/html': () => ({
    status: 404,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'" },
    body: `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Not found</title></head><body><h1>Not found</h1><p>${REASON}</p></body></html>\n`,
  }),
  'text/plain': () => ({
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: `Error 404 - ${REASON}`,
  }),
  'application/json': () => json(404, { error: { code: 404, message: 'Not Found', reason: REASON } }),
};

/** On the public listener: also for a known path with another method. */
export const publicNotFound = (request: Request): Reply =>
  (VARIANTS[preferred(request.headers.accept ?? '')] ?? VARIANTS['text/html'] ?? (() => json(404, {})))();

/** RFC 9110 section 12.5.1, over the types that we have. */
function preferred(accept: string): string {
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { type: type.toLowerCase(), quality: quality === undefined ? 1 : Number(quality) };
  });
  const best = ranges.filter(({ type }) => Object.hasOwn(VARIANTS, type)).sort((a, b) => b.quality - a.quality)[0];
  return best?.type ?? 'text/html';
}

/** On the admin listener: plain text, and 405 with `Allow` for a known path. */
export function adminNotFound(allowed: readonly string[]): Reply {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  if (allowed.length === 0) return { status: 404, headers, body: '404 page not found\n' };
  return { status: 405, headers: { ...headers, allow: allowed.join(', ') }, body: 'Method Not Allowed\n' };
}

export const bodyTooLarge = (): OAuthError =>
  new OAuthError('invalid_request', 'The body is larger than this server accepts.', { status: 413 });
