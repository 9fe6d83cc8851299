import { OAuthError } from './error.ts';

export type ScopeStrategy = 'exact' | 'wildcard';

/** RFC 6749 section 3.3. Throws `invalid_scope` for the first value that the list does not cover. */
export function checkScope(strategy: ScopeStrategy, requested: readonly string[], allowed: readonly string[]): void {
  for (const scope of requested) {
    if (!coversScope(strategy, allowed, scope)) {
      throw new OAuthError('invalid_scope', `The client may not request the scope '${scope}'.`);
    }
  }
}

export function coversScope(strategy: ScopeStrategy, allowed: readonly string[], scope: string): boolean {
  return strategy === 'exact' ? allowed.includes(scope) : allowed.some((pattern) => matches(pattern, scope));
}

/**
 * Hydra: segments are separated by dots; `*` stands for one segment that is not empty, and at the end of a shorter
 * pattern for all that follow. Inside a segment it means itself.
 */
function matches(pattern: string, scope: string): boolean {
  const patterns = pattern.split('.');
  const segments = scope.split('.');
  if (patterns.length > segments.length) return false;
  if (patterns.length < segments.length && patterns.at(-1) !== '*') return false;
  return patterns.every((part, at) => (part === '*' ? segments[at] !== '' : part === segments[at]));
}
