import { type Reply, redirect } from './reply.ts';
import type { Request } from './request.ts';

/**
 * Hydra: a path with empty or dotted segments leads to the one without. Undefined for a path that has none. What comes
 * out begins with one slash and holds no backslash, which some browsers read as one: it never leaves this host.
 */
export function cleanPath(path: string): string | undefined {
  const decoded = decodedPath(path);
  if (decoded === undefined || !/\/\/|\/\.{1,2}(\/|$)/.test(decoded)) return undefined;
  const segments: string[] = [];
  for (const segment of decoded.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encodeURIComponent(segment));
  }
  const end = decoded.endsWith('/') && segments.length > 0 ? '/' : '';
  return `/${segments.join('/')}${end}`;
}

/** Undefined for what is not UTF-8. */
function decodedPath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

export const redirectToPath = (path: string, { query }: Request): Reply =>
  redirect(307, query === '' ? path : `${path}?${query}`);
