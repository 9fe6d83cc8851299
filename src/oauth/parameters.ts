import { OAuthError } from './error.ts';

/**
 * RFC 6749 appendix B: parameters as `application/x-www-form-urlencoded`.
 * Text that does not decode is refused instead of repaired, and so is NUL, which not every database can store.
 */
export class Parameters {
  readonly #values = new Map<string, string[]>();

  static parse(text: string): Parameters {
    const parameters = new Parameters();
    if (text.includes('\0')) throw new OAuthError('invalid_request', 'A parameter contains the character NUL.');
    for (const pair of text.split('&')) {
      if (pair === '') continue;
      const equals = pair.indexOf('=');
      const name = decode(equals < 0 ? pair : pair.slice(0, equals));
      parameters.append(name, equals < 0 ? '' : decode(pair.slice(equals + 1)));
    }
    return parameters;
  }

  static of(values: Record<string, string>): Parameters {
    const parameters = new Parameters();
    for (const [name, value] of Object.entries(values)) parameters.set(name, value);
    return parameters;
  }

  append(name: string, value: string): void {
    const values = this.#values.get(name);
    if (values) values.push(value);
    else this.#values.set(name, [value]);
  }

  set(name: string, value: string): void {
    this.#values.set(name, [value]);
  }

  /** The first value; RFC 6749 section 3.1 treats a parameter without a value as omitted, so both are `''`. */
  get(name: string): string {
    return this.#values.get(name)?.[0] ?? '';
  }

  all(name: string): string[] {
    return this.#values.get(name) ?? [];
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** Name and value, one at a time. */
  *[Symbol.iterator](): Generator<[string, string]> {
    for (const [name, values] of this.#values) for (const value of values) yield [name, value];
  }

  /** The other's values in place of ours, name by name. */
  merge(other: Parameters): this {
    for (const [name, values] of other.#values) this.#values.set(name, values);
    return this;
  }

  /** Encoded with sorted names, as the reference builds every query. */
  toString(): string {
    return [...this.#values.keys()]
      .sort()
      .flatMap((name) => this.all(name).map((value) => pair(name, value)))
      .join('&');
  }
}

/** RFC 6749 appendix B. Throws `invalid_request`. */
export function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new OAuthError('invalid_request', 'A parameter is not form-urlencoded UTF-8.');
  }
  if (decoded.includes('\0')) throw new OAuthError('invalid_request', 'A parameter contains the character NUL.');
  return decoded;
}

/** What stands for itself, and so do all challenges and tokens. */
const PLAIN = /^[\w.~-]*$/;

/** RFC 6749 appendix B. */
export function encode(text: string): string {
  if (PLAIN.test(text)) return text;
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

const pair = (name: string, value: string): string => `${encode(name)}=${encode(value)}`;

/** RFC 6749 appendix B: as `Parameters.of` would, for a few values that are at hand. */
export const queryText = (values: Readonly<Record<string, string>>): string =>
  Object.keys(values)
    .sort()
    .map((name) => pair(name, values[name] ?? ''))
    .join('&');

/** RFC 6749 section 3.3: a list separated by spaces. */
export const spaceList = (text: string): string[] => text.split(' ').filter((entry) => entry !== '');

/** A URL with parameters set in its query: names sorted, the rest kept. */
export function withQuery(url: string, values: Parameters | Record<string, string>): string {
  const hash = url.indexOf('#');
  const [before, fragment] = hash < 0 ? [url, ''] : [url.slice(0, hash), url.slice(hash)];
  const mark = before.indexOf('?');
  const query = mark < 0 ? new Parameters() : Parameters.parse(before.slice(mark + 1));
  return `${mark < 0 ? before : before.slice(0, mark)}?${query.merge(values instanceof Parameters ? values : Parameters.of(values))}${fragment}`;
}
