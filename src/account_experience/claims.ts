import type { JsonObject } from '../lib/json.ts';
import type { Account } from './accounts.ts';

/** OpenID Connect Core section 5.4: which claims a scope asks for. */
const CLAIMS_OF_SCOPE: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'profile',
    [
      'name',
      'family_name',
      'given_name',
      'middle_name',
      'nickname',
      'preferred_username',
      'profile',
      'picture',
      'website',
      'gender',
      'birthdate',
      'zoneinfo',
      'locale',
      'updated_at',
    ],
  ],
  ['email', ['email', 'email_verified']],
  ['address', ['address']],
  ['phone', ['phone_number', 'phone_number_verified']],
]);

/** What the account holds of what was granted. */
export function claimsOf(account: Account | undefined, grantedScope: readonly string[]): JsonObject {
  if (!account) return {};
  const known: JsonObject = { ...account.claims, email: account.email };
  const names = grantedScope.flatMap((scope) => CLAIMS_OF_SCOPE.get(scope) ?? []);
  const claims: JsonObject = {};
  for (const name of names) {
    const value = known[name];
    if (value !== undefined) claims[name] = value;
  }
  return claims;
}
