import assert from 'node:assert/strict';

export type Shown = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where the answer sends the browser; empty when it does not. */
  readonly location: string;
};

type Sent = {
  readonly headers?: Record<string, string>;
  /** In place of the fields of that name; null leaves the field out. */
  readonly fields?: Record<string, string | readonly string[] | null>;
  /** Tells forms of one page apart that have the same button: what it holds. */
  readonly within?: string;
};

/** A person before a page: keeps cookies, follows what leads to the server, and sends the forms that it was shown. */
export class Visitor {
  readonly #origin: string;
  readonly #issuer: string;
  readonly cookies = new Map<string, string>();

  constructor({ publicOrigin, issuer }: { readonly publicOrigin: string; readonly issuer: string }) {
    this.#origin = publicOrigin;
    this.#issuer = new URL(issuer).origin;
  }

  async get(url: string, headers: Record<string, string> = {}): Promise<Shown> {
    return this.#send(url, { headers });
  }

  /** A form that nobody was shown. */
  post(url: string, form: URLSearchParams): Promise<Shown> {
    return this.#send(url, { method: 'POST', body: form, headers: {} });
  }

  /** Until there is a page, or a way out of the server. */
  async follow(url: string): Promise<Shown> {
    let shown = await this.get(url);
    for (let hop = 0; this.#isOurs(shown.location); hop++) {
      assert.ok(hop < 10, `redirected in a circle at ${shown.location}`);
      shown = await this.get(shown.location);
    }
    return shown;
  }

  /** The form with the button, as a browser sends it when that is pressed. */
  async press(page: Shown, button: string, { headers = {}, fields = {}, within = '' }: Sent = {}): Promise<Shown> {
    const shown = { text: formWith(page, `name="action" value="${button}"`, within) };
    const form = new URLSearchParams([...fieldsOf(shown), ['action', button]]);
    for (const [name, value] of Object.entries(fields)) {
      form.delete(name);
      for (const each of value === null ? [] : [value].flat()) form.append(name, each);
    }
    return this.#send(actionOf(shown), { method: 'POST', body: form, headers });
  }

  #isOurs(location: string): boolean {
    return location !== '' && new URL(location, this.#issuer).origin === this.#issuer;
  }

  async #send(url: string, init: RequestInit & { headers: Record<string, string> }): Promise<Shown> {
    const { pathname, search } = new URL(url, this.#issuer);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.#origin + pathname + search, {
      ...init,
      redirect: 'manual',
      headers: { ...(cookie === '' ? {} : { cookie }), ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const location = response.headers.get('location') ?? '';
    return { status: response.status, headers: response.headers, text: await response.text(), location };
  }
}

const formWith = ({ text }: Shown, ...parts: readonly string[]): string =>
  [...text.matchAll(/<form .*?<\/form>/gs)]
    .map(([form]) => form)
    .find((form) => parts.every((part) => form.includes(part))) ??
  assert.fail(`no form with ${parts.join(' and ')} in ${text}`);

const actionOf = ({ text }: Pick<Shown, 'text'>): string =>
  unescaped(/<form method="post" action="([^"]*)">/.exec(text)?.[1] ?? assert.fail(`no form in ${text}`));

/** Of the fields that a browser would send: not the empty boxes. */
export function fieldsOf({ text }: Pick<Shown, 'text'>): [name: string, value: string][] {
  return [...text.matchAll(/<input ([^>]*)>/g)].flatMap(([, attributes = '']) => {
    const value = (name: string) => unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '');
    const isEmptyBox = value('type') === 'checkbox' && !/ checked\b/.test(attributes);
    return isEmptyBox ? [] : [[value('name'), value('value')] as [string, string]];
  });
}

const unescaped = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
