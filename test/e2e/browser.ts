import assert from 'node:assert/strict';

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly location: URL;
};

/** A browser that keeps cookies and follows nothing by itself. What the issuer hands out is fetched from `origin`. */
export class Browser {
  readonly #origin: () => string;
  /** What another browser may steal, or put there. */
  readonly cookies = new Map<string, string>();

  constructor(origin: string | (() => string)) {
    this.#origin = typeof origin === 'string' ? () => origin : origin;
  }

  async get(url: string | URL): Promise<Answer> {
    return this.#send(url, {});
  }

  async post(url: string | URL, form: Record<string, string>): Promise<Answer> {
    return this.#send(url, { method: 'POST', body: new URLSearchParams(form) });
  }

  async #send(url: string | URL, init: RequestInit): Promise<Answer> {
    const origin = this.#origin();
    const target = new URL(url, origin);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(target.pathname + target.search, origin), {
      ...init,
      redirect: 'manual',
      headers: cookie === '' ? {} : { cookie },
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const location = response.headers.get('location');
    return {
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      location: new URL(location ?? 'none:', origin),
    };
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? assert.fail(line);
    if (/max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
