import type { AuthorizationServer } from '../authorization_server.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { Account } from './accounts.ts';

const isText = (value: Json): boolean => typeof value === 'string';
const isFlag = (value: Json): boolean => typeof value === 'boolean';
const isObject = (value: Json): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

type Kind = readonly [check: (value: Json) => boolean, name: string];
const TEXT: Kind = [isText, 'a string'];
const FLAG: Kind = [isFlag, 'true or false'];

/** OpenID Connect Core sections 5.1 and 5.4: which claims a scope asks for, and of which type they are. */
const STANDARD: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  profile: {
    name: TEXT,
    family_name: TEXT,
    given_name: TEXT,
    middle_name: TEXT,
    nickname: TEXT,
    preferred_username: TEXT,
    profile: TEXT,
    picture: TEXT,
    website: TEXT,
    gender: TEXT,
    birthdate: TEXT,
    zoneinfo: TEXT,
    locale: TEXT,
    updated_at: [(value) => typeof value === 'number', 'a number'],
  },
  email: { email: TEXT, email_verified: FLAG },
  address: { address: [isObject, 'an object'] },
  phone: { phone_number: TEXT, phone_number_verified: FLAG },
};

const KINDS: ReadonlyMap<string, Kind> = new Map(Object.values(STANDARD).flatMap((claims) => Object.entries(claims)));

const CLAIMS_OF_SCOPE: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(STANDARD).map(([scope, claims]) => [scope, Object.keys(claims)]),
);

/** What the account holds of what was granted, by the standard and by `gatehouse.account_experience.claims`. */
export function claimsOf(
  { config }: Pick<AuthorizationServer, 'config'>,
  account: Pick<Account, 'email' | 'claims'> | undefined,
  grantedScope: readonly string[],
): JsonObject {
  if (!account) return {};
  const custom = new Map(Object.entries(config.gatehouse.account_experience.claims));
  const known: JsonObject = { ...account.claims, email: account.email };
  const names = grantedScope.flatMap((scope) => [...(CLAIMS_OF_SCOPE.get(scope) ?? []), ...(custom.get(scope) ?? [])]);
  return Object.fromEntries(
    names.flatMap((name): [string, Json][] => {
      const value = Object.hasOwn(known, name) ? known[name] : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Characters as JSON: they travel in ID tokens. */
const MOST = 16_384;

/** What a claim cannot be called: columns of an account, and secrets, which no client is to see. */
const NO_CLAIMS: readonly string[] = ['email', 'subject', 'sub', 'created_at', 'password', 'password_hash'];

/** Why an account cannot hold these claims. */
export function findClaimProblem(claims: JsonObject): string | undefined {
  for (const [name, value] of Object.entries(claims)) {
    if (NO_CLAIMS.includes(name)) return `'${name}' is no claim`;
    const [check, kind] = KINDS.get(name) ?? [];
    if (check && value !== undefined && !check(value)) return `'${name}' must be ${kind}`;
  }
  return JSON.stringify(claims).length > MOST ? `the claims have more than ${MOST} characters` : undefined;
}
