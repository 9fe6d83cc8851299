import type { Json } from '../e2e/flow.ts';

/** Where in a request a parameter stands. */
export type Place = 'path' | 'query' | 'form' | 'json' | 'header';

/** A name and its value, both as they go over the wire. */
export type Pair = readonly [name: string, text: string];

/** A request whose parts are texts of the wire, so that a mutation can break any of them. */
export type Message = {
  readonly method: string;
  /** With `{name}` for what `params` holds. */
  readonly path: string;
  readonly pairs: Readonly<Record<Place, readonly Pair[]>>;
  /** What the JSON body is: one object, or a list of that. */
  readonly json: 'object' | 'list' | undefined;
  /** In place of what `pairs` would make of it. */
  readonly body?: Buffer;
};

/** What a sound request consists of, in plain values. */
export type Parts = {
  readonly path?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly form?: Record<string, string>;
  readonly json?: Json | readonly [Json];
  readonly header?: Record<string, string>;
};

/** One character of private use stands for a byte that no UTF-8 has. */
export const BAD_BYTE = '\u{e0ff}';

export const spell = (place: Place, value: unknown): string =>
  place === 'json'
    ? JSON.stringify(value)
    : place === 'header'
      ? String(value)
      : encodeURIComponent(String(value).toWellFormed());

export function messageOf(method: string, path: string, parts: Parts): Message {
  const spelled = (place: Place, values: Json = {}): Pair[] =>
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, spell(place, value)]]));
  const isList = Array.isArray(parts.json);
  const hasForm = parts.form !== undefined;
  const header = hasForm ? { 'content-type': 'application/x-www-form-urlencoded', ...parts.header } : parts.header;
  return {
    method,
    path,
    json: parts.json === undefined ? undefined : isList ? 'list' : 'object',
    pairs: {
      path: spelled('path', parts.path),
      query: spelled('query', parts.query),
      form: spelled('form', parts.form),
      json: spelled('json', (isList ? (parts.json as readonly [Json])[0] : parts.json) as Json | undefined),
      header: spelled('header', header),
    },
  };
}

/** The same message with other pairs in one place. */
export const withPairs = (
  message: Message,
  place: Place,
  change: (pairs: readonly Pair[]) => readonly Pair[],
): Message => ({
  ...message,
  pairs: { ...message.pairs, [place]: change(message.pairs[place]) },
});

export function urlOf({ path, pairs }: Message): string {
  const values = new Map(pairs.path);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values.get(name) ?? '');
  const query = formText(pairs.query);
  return query === '' ? filled : `${filled}?${query}`;
}

export function bodyOf({ pairs, json, body }: Message): Buffer {
  if (body) return body;
  if (pairs.form.length > 0) return withBadBytes(formText(pairs.form));
  if (json === undefined) return Buffer.alloc(0);
  const object = `{${pairs.json.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
  return withBadBytes(json === 'list' ? `[${object}]` : object);
}

const formText = (pairs: readonly Pair[]): string => pairs.map(([name, text]) => `${name}=${text}`).join('&');

function withBadBytes(text: string): Buffer {
  const parts = text.split(BAD_BYTE).map((part) => Buffer.from(part));
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.of(0xff), part])));
}
