import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { TestContext } from 'node:test';

type Create = { readonly request: { readonly path: string; readonly method: string } };
type Headers = Create & { readonly response: { readonly statusCode: number } };

/** What goes over the wire while a test runs: how many requests, and how they were answered. */
export class Traffic {
  requests = 0;
  readonly #answers = new Map<string, number>();

  readonly #onCreate = () => {
    this.requests++;
  };
  readonly #onHeaders = (message: unknown) => {
    const { request, response } = message as Headers;
    const name = `${response.statusCode} ${request.method} ${request.path.split('?')[0]}`;
    this.#answers.set(name, (this.#answers.get(name) ?? 0) + 1);
  };

  constructor() {
    subscribe('undici:request:create', this.#onCreate);
    subscribe('undici:request:headers', this.#onHeaders);
  }

  /** The answers whose status matches since it was asked last: `503 POST /oauth2/token`, and how many. */
  take(status: RegExp): Record<string, number> {
    const taken = Object.fromEntries([...this.#answers].filter(([name]) => status.test(name)));
    this.#answers.clear();
    return taken;
  }

  end(): void {
    unsubscribe('undici:request:create', this.#onCreate);
    unsubscribe('undici:request:headers', this.#onHeaders);
  }
}

/** One line of the table of `npm run torture`, beside whether the test passed. */
export type Line = { readonly rounds: number; readonly requests: number; readonly figures?: string };

const PREFIX = 'torture: ';

export const report = (test: Pick<TestContext, 'name' | 'diagnostic'>, line: Line): void =>
  test.diagnostic(PREFIX + JSON.stringify({ name: test.name, ...line }));

/** What a diagnostic message reports, if it does. */
export const reported = (message: string): (Line & { readonly name: string }) | undefined =>
  message.startsWith(PREFIX) ? JSON.parse(message.slice(PREFIX.length)) : undefined;

/** Reports what the test sends, and fails it where an answer was the server's fault. */
export function expectNoServerError(test: TestContext, rounds: number): void {
  const traffic = new Traffic();
  test.after(() => {
    traffic.end();
    report(test, { rounds, requests: traffic.requests });
    assert.deepEqual(traffic.take(/^5/), {});
  });
}
