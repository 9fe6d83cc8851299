import { createPrivateKey, createPublicKey, type JsonWebKeyInput, type KeyObject, randomUUID } from 'node:crypto';
import type { JsonObject } from '../lib/json.ts';
import type { Database } from '../store/db.ts';
import { insertFirstKey, type JsonWebKeyRow, listKeys } from '../store/json_web_keys.ts';
import { write } from '../store/write.ts';
import { generateJwk, isPrivate, isSigningAlgorithm, publicJwk } from './json_web_key.ts';
import type { Seal } from './seal.ts';

/** The reference's set names. */
export const ID_TOKEN_SET = 'hydra.openid.id-token';
export const ACCESS_TOKEN_SET = 'hydra.jwt.access-token';
const OWN_SETS: readonly string[] = [ID_TOKEN_SET, ACCESS_TOKEN_SET];

export type PublishedKey = {
  readonly kid: string;
  readonly alg: string;
  readonly publicKey: KeyObject;
  /** RFC 7517, public members only. */
  readonly jwk: JsonObject;
};

export type SigningKey = PublishedKey & { readonly privateKey: KeyObject; readonly created_at: number };

type Loaded = PublishedKey & {
  readonly set_name: string;
  readonly created_at: number;
  readonly privateKey?: KeyObject;
};

type Options = {
  readonly db: Database;
  readonly seal: Seal;
  /** Seconds. */
  readonly now: () => number;
  /** Sets that are published beside our own. */
  readonly broadcast: readonly string[];
  /** Seconds that a key is published before it signs. */
  readonly lead_time: number;
};

/** The sets that sign our own tokens and those that are published, in memory, newest key first. */
export class SigningKeys {
  readonly #options: Options;
  #keys: readonly Loaded[] = [];

  private constructor(options: Options) {
    this.#options = options;
  }

  /** Reads the sets, and makes the key of one that has none to sign with. */
  static async load(options: Options): Promise<SigningKeys> {
    const keys = new SigningKeys(options);
    await keys.reload();
    return keys;
  }

  /** After a set was changed. */
  async reload(): Promise<void> {
    const { db, seal, broadcast } = this.#options;
    const sets = [...new Set([...broadcast, ...OWN_SETS])];
    let rows = await listKeys(db.queries, sets);
    const missing = sets.filter((set) => !rows.some((row) => row.set_name === set && open(row, seal)?.privateKey));
    if (missing.length > 0) {
      await Promise.all(missing.map((set) => this.#createKey(set)));
      rows = await listKeys(db.queries, sets);
    }
    this.#keys = sets.flatMap((set) =>
      rows.filter((row) => row.set_name === set).flatMap((row) => open(row, seal) ?? []),
    );
  }

  async #createKey(set_name: string): Promise<void> {
    const { db, seal, now } = this.#options;
    const kid = randomUUID();
    const jwk = await generateJwk('RS256', 'sig', kid);
    const row = { set_name, kid, created_at: now(), jwk: sealJwk(seal, set_name, jwk) };
    await write({ db }, (tx) => insertFirstKey(tx, row));
  }

  /** The newest key of the set that has been published for long enough; while none has, the oldest one. */
  signer(set: string): SigningKey {
    const candidates = this.#keys.filter((key): key is Loaded & SigningKey => key.set_name === set && canSign(key));
    const published = this.#options.now() - this.#options.lead_time;
    const key = candidates.find(({ created_at }) => created_at <= published) ?? candidates.at(-1);
    if (!key) throw new Error(`no signing key in the set ${set}`);
    return key;
  }

  /** Every key verifies as long as it exists, not only the one that signs. */
  find(kid: string): PublishedKey | undefined {
    return this.#keys.find((key) => key.kid === kid && OWN_SETS.includes(key.set_name));
  }

  /** RFC 7517 section 5: what `jwks.json` shows. */
  published(): readonly PublishedKey[] {
    return this.#keys;
  }
}

const canSign = ({ privateKey, jwk, alg }: Loaded): boolean =>
  privateKey !== undefined && jwk.use !== 'enc' && isSigningAlgorithm(alg);

/** Undefined for what is not published: symmetric keys. */
function open(row: JsonWebKeyRow, seal: Seal): Loaded | undefined {
  const stored = openJwk(seal, row);
  if (stored.kty === 'oct') return undefined;
  const input = { key: stored, format: 'jwk' } as JsonWebKeyInput;
  const jwk = publicJwk(stored);
  return {
    set_name: row.set_name,
    created_at: row.created_at,
    kid: row.kid,
    alg: String(stored.alg ?? ''),
    jwk,
    publicKey: createPublicKey(input),
    ...(isPrivate(stored) ? { privateKey: createPrivateKey(input) } : {}),
  };
}

const purposeOf = (set_name: string): string => `json_web_key/${set_name}`;

export const sealJwk = (seal: Seal, set_name: string, jwk: JsonObject): Buffer =>
  seal.sealJson(jwk, purposeOf(set_name));

export const openJwk = (seal: Seal, row: Pick<JsonWebKeyRow, 'jwk' | 'set_name'>): JsonObject =>
  seal.openJson<JsonObject>(row.jwk, purposeOf(row.set_name));
