import type { ServerResponse } from 'node:http';

type Answer = { readonly response: ServerResponse; readonly content: string | Buffer | undefined };

/**
 * Answers of one turn of the loop leave together at its end: the kernel wakes whoever waits at the other side once, and
 * not for each of them, which costs as much as to form one (docs/performance.md).
 */
export class Outbox {
  #waiting: Answer[] = [];

  /** `content` is all of the body. */
  end(response: ServerResponse, content: string | Buffer | undefined): void {
    if (this.#waiting.push({ response, content }) === 1) setImmediate(() => this.#send());
  }

  #send(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { response, content } of waiting) response.end(content);
  }
}
