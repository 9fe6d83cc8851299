import { connect, type Socket } from 'node:net';
import { bytesOf, type Message } from './message.ts';

export type Answer = {
  readonly status: number;
  /** The status line and the headers, as they came. */
  readonly head: string;
  readonly body: string;
};

/**
 * One connection that is kept, for one request at a time. It reads no more of HTTP than the contestants speak: so it costs a
 * tenth of `fetch`, and the generator is not what is measured.
 */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: PromiseWithResolvers<Answer> | undefined;
  #failure: Error | undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#read();
    });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('The server closed the connection.')));
  }

  send(message: Message): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#waiting = Promise.withResolvers();
    this.#socket.write(bytesOf(message));
    return this.#waiting.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting?.reject(error);
  }

  #read(): void {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end + 2);
    const status = Number(head.slice(9, 12));
    const length = status === 204 || status === 304 ? '0' : /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) this.#fail(new Error(`An answer has no length: ${head}`));
    const total = end + 4 + Number(length);
    if (!(this.#received.length >= total)) return;
    const body = this.#received.toString('utf8', end + 4, total);
    this.#received = this.#received.subarray(total);
    this.#waiting?.resolve({ status, head, body });
  }
}

/** Throws unless the answer is what it should be. */
export function expectStatus(answer: Answer, status: number, what: string): Answer {
  if (answer.status !== status) throw new Error(`${what} was answered ${answer.status}, not ${status}: ${answer.body}`);
  return answer;
}

/** One request on a connection of its own. */
export async function ask(port: number, message: Message, status: number): Promise<Answer> {
  const connection = new Connection(port);
  try {
    return expectStatus(await connection.send(message), status, `${message.method} ${message.path}`);
  } finally {
    connection.close();
  }
}
