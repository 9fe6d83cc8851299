import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';

/** Milliseconds between two questions after health. */
export const INTERVAL = 50;

/**
 * A small balancer of HTTP: one connection a request, to a server that said that it is ready when it was asked last.
 * Nothing that was sent is sent again.
 */
export class Balancer {
  readonly #servers: readonly string[];
  readonly #ready = new Set<string>();
  readonly #listener: Server;
  readonly #timer: NodeJS.Timeout;
  #turn = 0;

  constructor(servers: readonly string[]) {
    this.#servers = servers;
    this.#listener = createServer((incoming, outgoing) => this.#forward(incoming, outgoing));
    // Clients find out first that a connection is idle.
    this.#listener.keepAliveTimeout = 60_000;
    this.#timer = setInterval(() => this.#look(), INTERVAL);
  }

  /** Resolves to its address when a server is ready. */
  async open(): Promise<string> {
    await this.#look();
    this.#listener.listen(0, '127.0.0.1');
    await once(this.#listener, 'listening');
    const { port } = this.#listener.address() as { port: number };
    return `http://127.0.0.1:${port}`;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#listener.close();
    this.#listener.closeAllConnections();
  }

  /** Resolves when this one gets requests again. */
  async has(server: string): Promise<void> {
    while (!this.#ready.has(server)) await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }

  async #look(): Promise<void> {
    await Promise.all(
      this.#servers.map(async (server) => {
        if (await isReady(server)) this.#ready.add(server);
        else this.#ready.delete(server);
      }),
    );
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const ready = [...this.#ready];
    const server = ready[this.#turn++ % ready.length];
    if (server === undefined) return void outgoing.writeHead(502).end();
    const { method, url, headers } = incoming;
    const sent = request(new URL(url ?? '/', server), { method, headers, agent: ONCE }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    sent.on('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
    incoming.pipe(sent);
  }
}

const ONCE = new Agent({ keepAlive: false });

const isReady = (server: string): Promise<boolean> =>
  new Promise((resolve) => {
    request(new URL('/health/ready', server), { agent: ONCE }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    })
      .on('error', () => resolve(false))
      .end();
  });
