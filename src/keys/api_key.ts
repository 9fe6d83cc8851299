import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type ApiKeyRow, insertApiKey } from '../store/api_keys.ts';
import type { Database } from '../store/db.ts';
import { write } from '../store/write.ts';
import type { MintedToken } from './opaque_token.ts';

/** What an API key may be good for. */
export const API_KEY_SCOPES = [
  'clients:read',
  'clients:write',
  'flows',
  'introspect',
  'keys',
  'sessions',
  'trust',
] as const;

export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** What an operation of the admin API asks for: a key with that scope, any key, or none. */
export type Access = ApiKeyScope | 'any key' | 'no key';

/** Of a key that is good for `scope`, separated by spaces. Whoever may change a client sees it in the answer anyway. */
export function allows(scope: string, access: Exclude<Access, 'no key'>): boolean {
  const granted = scope.split(' ');
  return (
    access === 'any key' || granted.includes(access) || (access === 'clients:read' && granted.includes('clients:write'))
  );
}

const PREFIX = 'gh_key_';
const SHAPE = /^gh_key_[\w-]{43}$/;

function mintApiKey(): MintedToken {
  const token = `${PREFIX}${randomBytes(32).toString('base64url')}`;
  return { token, hash: hashOf(token) };
}

/** What to look for in the database; undefined for a text that no key of ours looks like. */
export const apiKeyHash = (key: string): Buffer | undefined => (SHAPE.test(key) ? hashOf(key) : undefined);

/**
 * 256 random bits need no slow hash. No secret goes into it, so that keys outlive the rotation of `secrets.system`. The
 * search for a hash takes a time that depends on the hash, and whoever guesses keys cannot steer that.
 */
const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

export type NewApiKey = {
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  /** Seconds since 1970; null: never. */
  readonly expires_at: number | null;
};

type Store = { readonly db: Database; readonly now: () => number };

/** The key in clear text is here this once. */
export async function createApiKey(
  store: Store,
  { name, scopes, expires_at }: NewApiKey,
): Promise<{ readonly key: string; readonly row: ApiKeyRow }> {
  const { token, hash } = mintApiKey();
  const row: ApiKeyRow = {
    id: randomUUID(),
    name,
    hash,
    scope: API_KEY_SCOPES.filter((scope) => scopes.includes(scope)).join(' '),
    created_at: Math.floor(store.now() / 1000),
    expires_at,
    revoked_at: null,
  };
  await write(store, (tx) => insertApiKey(tx, row));
  return { key: token, row };
}
