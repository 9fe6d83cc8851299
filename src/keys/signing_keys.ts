import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Database } from '../store/db.ts';
import { insertFirstKey, type JsonWebKeyRow, listKeys } from '../store/json_web_keys.ts';
import { write } from '../store/write.ts';
import type { Seal } from './seal.ts';

/** The reference's set names. */
export const ID_TOKEN_SET = 'hydra.openid.id-token';
export const ACCESS_TOKEN_SET = 'hydra.jwt.access-token';
const SETS = [ID_TOKEN_SET, ACCESS_TOKEN_SET] as const;

/** NIST SP 800-57: 2048 bits are good until 2030, and sign four times as fast as 4096. */
const RSA_BITS = 2048;

export type SigningKey = {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** RFC 7517, public members only. */
  readonly jwk: Readonly<Record<string, unknown>>;
};

export type StoredJwk = { kid: string; alg: string; use: string } & Record<string, unknown>;

/** The sets that sign our own tokens, in memory, newest key first. */
export class SigningKeys {
  readonly #sets: ReadonlyMap<string, readonly SigningKey[]>;

  private constructor(sets: ReadonlyMap<string, readonly SigningKey[]>) {
    this.#sets = sets;
  }

  /** Reads the sets and makes the key of one that is empty. */
  static async load(db: Database, seal: Seal, now: number): Promise<SigningKeys> {
    let rows = await listKeys(db.queries, SETS);
    const empty = SETS.filter((set) => !rows.some((row) => row.set_name === set));
    if (empty.length > 0) {
      await Promise.all(empty.map((set) => createFirstKey(db, seal, set, now)));
      rows = await listKeys(db.queries, SETS);
    }
    const parsed = rows.map((row) => [row.set_name, openKey(row, seal)] as const);
    return new SigningKeys(
      new Map(SETS.map((set) => [set, parsed.filter(([name]) => name === set).map(([, key]) => key)])),
    );
  }

  /** The key that signs: the newest of the set. */
  signer(set: string): SigningKey {
    const [newest] = this.#sets.get(set) ?? [];
    if (!newest) throw new Error(`no signing key in the set ${set}`);
    return newest;
  }

  /** Every key verifies as long as it exists, not only the one that signs. */
  find(kid: string): SigningKey | undefined {
    return this.published().find((key) => key.kid === kid);
  }

  /** RFC 7517 section 5: what `jwks.json` shows. */
  published(): SigningKey[] {
    return SETS.flatMap((set) => this.#sets.get(set) ?? []);
  }
}

async function createFirstKey(db: Database, seal: Seal, set_name: string, now: number): Promise<void> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS });
  const kid = randomUUID();
  const jwk: StoredJwk = { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
  const row = { set_name, kid, created_at: now, jwk: seal.sealJson(jwk, sealPurpose(set_name)) };
  await write({ db }, (tx) => insertFirstKey(tx, row));
}

function openKey(row: JsonWebKeyRow, seal: Seal): SigningKey {
  const stored = seal.openJson<StoredJwk>(row.jwk, sealPurpose(row.set_name));
  const privateKey = createPrivateKey({ key: stored, format: 'jwk' });
  const publicKey = createPublicKey(privateKey);
  const { kid, alg, use } = stored;
  return { kid, alg, privateKey, publicKey, jwk: { use, alg, kid, ...publicKey.export({ format: 'jwk' }) } };
}

const sealPurpose = (set_name: string): string => `json_web_key/${set_name}`;
