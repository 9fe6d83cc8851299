/** What an endpoint answers: a value, so that whoever calls the endpoint can still look at it. */
export type Reply = {
  readonly status: number;
  /** Names in lower case; a list becomes one header line an entry. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
  /** In place of the body where that is no text. */
  readonly bytes?: Buffer;
};

type Headers = Reply['headers'];

export const json = (status: number, value: unknown, headers: Headers = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: `${JSON.stringify(value)}\n`,
});

export const noContent = (headers: Headers = {}): Reply => ({ status: 204, headers, body: '' });

/** A redirect of a browser between the pages of a flow. */
export const redirect = (status: 302 | 303 | 307, location: string, headers: Headers = {}): Reply => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', location, ...headers },
  body: '',
});

/** Every page we show: nothing from other origins, no frames, no script unless the page brings its own policy. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export const html = (status: number, markup: string, headers: Headers = {}): Reply => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...PAGE_HEADERS, ...headers },
  body: markup,
});

const SPECIAL = /[&<>"']/;

export const escapeHtml = (text: string): string =>
  SPECIAL.test(text) ? text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`) : text;
