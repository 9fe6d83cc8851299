/** A request, before it is bytes. */
export type Message = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export function bytesOf({ method, path, headers = {}, body }: Message): Buffer {
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ Host: '127.0.0.1', ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

export type Credentials = { readonly client_id: string; readonly client_secret: string };

/** RFC 6749 section 2.3.1. */
const basic = ({ client_id, client_secret }: Credentials): string =>
  `Basic ${btoa(`${encodeURIComponent(client_id)}:${encodeURIComponent(client_secret)}`)}`;

/** A form, sent by a client where there are credentials. */
export const form = (path: string, fields: Readonly<Record<string, string>>, credentials?: Credentials): Message => ({
  method: 'POST',
  path,
  headers: {
    'Content-Type': 'application/x-www-form-urlencoded',
    ...(credentials ? { Authorization: basic(credentials) } : {}),
  },
  body: new URLSearchParams(fields).toString(),
});

export const json = (method: 'POST' | 'PUT', path: string, value: unknown): Message => ({
  method,
  path,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
});

export const get = (path: string, headers: Readonly<Record<string, string>> = {}): Message => ({
  method: 'GET',
  path,
  headers,
});
