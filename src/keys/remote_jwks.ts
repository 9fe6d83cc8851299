import { type OutgoingPolicy, send } from '../http/outgoing.ts';
import { BoundedMap } from '../lib/bounded_map.ts';
import { isObject, type JsonObject, parseJson } from '../lib/json.ts';

/** Milliseconds that a copy is good for. */
const LIFETIME = 60 * 60 * 1000;
/** Milliseconds, and how often in that time a set is fetched for want of the right key. */
const WINDOW = 60 * 1000;
const FETCHES = 5;
const LIMIT = 512 * 1024;
const PATIENCE = 5000;
const MOST_SETS = 1000;

type Copy = {
  readonly keys: readonly JsonObject[];
  readonly fetched_at: number;
};

type Source = {
  copy?: Copy;
  pending?: Promise<Copy>;
  window: number;
  fetches: number;
};

/** RFC 7517 section 5: the key sets that clients publish at their `jwks_uri`. */
export class RemoteKeySets {
  readonly #policy: OutgoingPolicy;
  readonly #now: () => number;
  readonly #sources = new BoundedMap<string, Source>(MOST_SETS);

  /** `now` in milliseconds. */
  constructor(policy: OutgoingPolicy, now: () => number) {
    this.#policy = policy;
    this.#now = now;
  }

  /**
   * What `judge` makes of the keys. An answer that is not `isGood` about an old copy may mean that the client has new
   * keys, so they are fetched and judged once more, but not more often than strangers may make us. Throws an Error
   * that says why the keys cannot be had.
   */
  async judge<T>(
    uri: string,
    judge: (keys: readonly JsonObject[]) => Promise<T>,
    isGood: (judgement: T) => boolean,
  ): Promise<T> {
    const source = this.#sourceOf(uri);
    const kept = source.copy;
    if (!kept || this.#now() - kept.fetched_at >= LIFETIME) return judge((await this.#fetch(uri, source)).keys);
    const judgement = await judge(kept.keys);
    if (isGood(judgement) || !this.#mayFetch(source)) return judgement;
    return judge((await this.#fetch(uri, source)).keys);
  }

  #sourceOf(uri: string): Source {
    const source = this.#sources.get(uri) ?? { window: this.#now(), fetches: 0 };
    // The last one that was asked for is the last one to be forgotten.
    this.#sources.set(uri, source);
    return source;
  }

  #mayFetch(source: Source): boolean {
    if (this.#now() - source.window >= WINDOW) Object.assign(source, { window: this.#now(), fetches: 0 });
    return source.fetches < FETCHES;
  }

  /** One at a time, however many wait for it. */
  async #fetch(uri: string, source: Source): Promise<Copy> {
    if (source.pending) return source.pending;
    if (!this.#mayFetch(source)) throw new Error('it was asked for too often in the last minute');
    source.fetches += 1;
    source.pending = this.#load(uri);
    try {
      source.copy = await source.pending;
      return source.copy;
    } finally {
      delete source.pending;
    }
  }

  async #load(uri: string): Promise<Copy> {
    const headers = { accept: 'application/json' };
    const { status, body } = await send(this.#policy, uri, { headers, limit: LIMIT, patience: PATIENCE });
    if (status !== 200) throw new Error(`it answered with status ${status}`);
    const document = parseJson(body);
    if (!isObject(document) || !Array.isArray(document.keys)) throw new Error('it is not a JSON Web Key Set');
    return { keys: document.keys.filter(isObject), fetched_at: this.#now() };
  }
}
