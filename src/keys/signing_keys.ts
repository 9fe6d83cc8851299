import { createPrivateKey, createPublicKey, type JsonWebKeyInput, type KeyObject, randomUUID } from 'node:crypto';
import type { JsonObject } from '../lib/json.ts';
import type { Database } from '../store/db.ts';
import { insertFirstKey, type JsonWebKeyRow, keysRevision, listKeys } from '../store/json_web_keys.ts';
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

export type Loaded = PublishedKey & {
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
  /** Of the sets as they were when they were read. */
  #revision = '';
  /** What the database said of itself before that. */
  #moment: string | undefined;
  #look: Promise<void> = Promise.resolve();
  #nextLook: Promise<void> | undefined;

  private constructor(options: Options) {
    this.#options = options;
  }

  /** Reads the sets, and makes the key of one that has none to sign with. */
  static async load(options: Options): Promise<SigningKeys> {
    const keys = new SigningKeys(options);
    await keys.reload();
    return keys;
  }

  get #sets(): readonly string[] {
    return [...new Set([...this.#options.broadcast, ...OWN_SETS])];
  }

  /**
   * Reads the sets again if anybody changed them, on whatever server. Whoever asks joins a look that has not begun, and
   * never one that is under way, which may have read before the change.
   */
  reload(): Promise<void> {
    this.#nextLook ??= this.#look
      .catch(() => {})
      .then(() => {
        this.#nextLook = undefined;
        this.#look = this.#readIfChanged();
        return this.#look;
      });
    return this.#nextLook;
  }

  /** Whether it is sure, without a query, that nobody changed them since they were read. */
  get isCurrent(): boolean {
    return this.#moment !== undefined && this.#moment === this.#options.db.moment();
  }

  async #readIfChanged(): Promise<void> {
    const { db } = this.#options;
    const moment = db.moment();
    if ((await keysRevision(db.queries, this.#sets)) !== this.#revision) await this.#read();
    this.#moment = moment;
  }

  async #read(): Promise<void> {
    const { db, seal } = this.#options;
    const sets = this.#sets;
    // Before the keys: what changes between the two is seen at the next look.
    let revision = await keysRevision(db.queries, sets);
    let rows = await listKeys(db.queries, sets);
    const missing = sets.filter((set) => !rows.some((row) => row.set_name === set && openRow(row, seal)?.privateKey));
    if (missing.length > 0) {
      await Promise.all(missing.map((set) => this.#createKey(set)));
      revision = await keysRevision(db.queries, sets);
      rows = await listKeys(db.queries, sets);
    }
    this.#keys = sets.flatMap((set) =>
      rows.filter((row) => row.set_name === set).flatMap((row) => openRow(row, seal) ?? []),
    );
    this.#revision = revision;
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
    const candidates = this.#keys.filter((key) => key.set_name === set).filter(canSign);
    const key = signerAmong(candidates, this.#options.now() - this.#options.lead_time);
    if (!key) throw new Error(`no signing key in the set ${set}`);
    return key;
  }

  /** Every key verifies as long as it exists, not only the one that signs. */
  find(kid: string): PublishedKey | undefined {
    return this.#keys.find((key) => key.kid === kid && OWN_SETS.includes(key.set_name));
  }

  /** The same, and another server may have made the key just now. */
  async findOrReload(kid: string): Promise<PublishedKey | undefined> {
    const known = this.find(kid);
    if (known) return known;
    await this.reload();
    return this.find(kid);
  }

  /** RFC 7517 section 5: what `jwks.json` shows. */
  published(): readonly PublishedKey[] {
    return this.#keys;
  }
}

export const canSign = (key: Loaded): key is Loaded & SigningKey =>
  key.privateKey !== undefined && key.jwk.use !== 'enc' && isSigningAlgorithm(key.alg);

/** Newest first: the newest that was published at that time, or else the oldest. */
export const signerAmong = <Key extends { readonly created_at: number }>(
  keys: readonly Key[],
  published: number,
): Key | undefined => keys.find(({ created_at }) => created_at <= published) ?? keys.at(-1);

/** Undefined for what is not published: symmetric keys. */
export function openRow(row: JsonWebKeyRow, seal: Seal): Loaded | undefined {
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

export const purposeOfSet = (set_name: string): string => `json_web_key/${set_name}`;

export const sealJwk = (seal: Seal, set_name: string, jwk: JsonObject): Buffer =>
  seal.sealJson(jwk, purposeOfSet(set_name));

export const openJwk = (seal: Seal, row: Pick<JsonWebKeyRow, 'jwk' | 'set_name'>): JsonObject =>
  seal.openJson<JsonObject>(row.jwk, purposeOfSet(row.set_name));
