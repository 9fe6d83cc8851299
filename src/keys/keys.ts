import type { Database } from '../store/db.ts';
import { Mac } from './mac.ts';
import { OpaqueTokens } from './opaque_token.ts';
import { Seal } from './seal.ts';
import { SigningKeys } from './signing_keys.ts';

/** Everything that is made of the configured secrets. */
export type Keys = {
  readonly signing: SigningKeys;
  readonly opaque: OpaqueTokens;
  /** What stands in the database. */
  readonly rows: Seal;
  /** Challenges and verifiers, which travel in URLs. */
  readonly challenges: Seal;
  readonly cookies: Seal;
  readonly forms: Mac;
  readonly pages: Seal;
  /** What a proof of possession repeats. */
  readonly nonces: Seal;
};

/** Whoever writes rows without being a server. */
export type Sealing = { readonly keys: Pick<Keys, 'rows'> };

type Secrets = {
  readonly system: readonly string[];
  readonly cookie: readonly string[];
  readonly pagination: readonly string[];
};

type Publication = {
  /** Sets that are published beside our own. */
  readonly broadcast: readonly string[];
  /** Seconds that a key is published before it signs. */
  readonly lead_time: number;
};

/** Milliseconds in which every server knows what another one changed. */
export const FOLLOWING = 5_000;

/** Learns of keys that other servers make and delete, until it is stopped. */
export function followKeys({ signing }: Keys, onError: (error: unknown) => void): () => Promise<void> {
  let look = Promise.resolve();
  const timer = setInterval(() => {
    look = signing.reload().catch(onError);
  }, FOLLOWING);
  return () => {
    clearInterval(timer);
    return look;
  };
}

/** `now` in seconds. */
export async function loadKeys(
  db: Database,
  secrets: Secrets,
  publication: Publication,
  now: () => number,
): Promise<Keys> {
  const rows = new Seal(secrets.system, 'rows');
  return {
    signing: await SigningKeys.load({ db, seal: rows, now, ...publication }),
    opaque: new OpaqueTokens(secrets.system),
    rows,
    challenges: new Seal(secrets.system, 'challenges'),
    cookies: new Seal(secrets.cookie, 'cookies'),
    forms: new Mac(secrets.cookie, 'forms'),
    pages: new Seal(secrets.pagination, 'pages'),
    nonces: new Seal(secrets.system, 'nonces'),
  };
}
