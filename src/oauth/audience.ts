import { OAuthError } from './error.ts';
import { type Parameters, spaceList } from './parameters.ts';

/** Hydra: `audience` once is a list separated by spaces, more than once is a value each. */
export function audienceOf(parameters: Parameters): string[] {
  const values = parameters.all('audience');
  return values.length > 1 ? values.filter((value) => value !== '') : spaceList(values[0] ?? '');
}

/** Throws `invalid_request`, as the reference does, for the first value that no entry of the list covers. */
export function checkAudience(requested: readonly string[], allowed: readonly string[]): void {
  for (const audience of requested) {
    if (!coversAudience(allowed, audience)) {
      throw new OAuthError('invalid_request', `The client may not request the audience '${audience}'.`);
    }
  }
}

export const coversAudience = (allowed: readonly string[], audience: string): boolean =>
  allowed.some((entry) => covers(entry, audience));

/** Same scheme and host, and the path itself or one below it; values that are no URL must be equal. */
function covers(entry: string, audience: string): boolean {
  if (entry === audience) return true;
  const [allowed, requested] = [URL.parse(entry), URL.parse(audience)];
  if (!allowed || !requested) return false;
  if (allowed.protocol !== requested.protocol || allowed.host !== requested.host) return false;
  const path = allowed.pathname.replace(/\/$/, '');
  return requested.pathname === path || requested.pathname.startsWith(`${path}/`);
}
