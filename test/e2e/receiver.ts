import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** A client's own server for logout tokens: what it was told, and what it answers. */
export class Receiver {
  /** The tokens, as they came. */
  readonly told: string[] = [];
  /** Answers that are still awaited. */
  readonly open: ServerResponse[] = [];
  /** Undefined: no answer until `release`. */
  status: number | undefined = 200;
  readonly #server = createServer(async (request, response) => {
    this.told.push(new URLSearchParams(await text(request)).get('logout_token') ?? '');
    if (this.status === undefined) this.open.push(response);
    else response.writeHead(this.status).end();
  });

  static async start(test: { after(action: () => Promise<void>): void }): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    test.after(async () => {
      receiver.#server.close();
      receiver.#server.closeAllConnections();
    });
    return receiver;
  }

  get uri(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/bye`;
  }

  release(): void {
    this.status = 200;
    for (const response of this.open.splice(0)) response.writeHead(200).end();
  }
}

/** Until `isTrue`, or ten seconds. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 400 && !isTrue(); attempt++) await sleep(25);
  assert.ok(isTrue(), `it never came true: ${isTrue}`);
}
