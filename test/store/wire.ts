import { connect, createServer, type Server, type Socket } from 'node:net';
import type { NetworkDsn } from '../../src/config/dsn.ts';

/** Between us and a database: it can be cut and come back, be slow, and let nothing through one way. */
export class Wire {
  readonly #target: NetworkDsn;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #delay = 0;
  port = 0;

  constructor(target: NetworkDsn) {
    this.#target = target;
  }

  get dsn(): NetworkDsn {
    return { ...this.#target, host: '127.0.0.1', port: this.port };
  }

  async open(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ port: this.#target.port, host: this.#target.host, allowHalfOpen: true });
      this.#forward(near, far);
      this.#forward(far, near);
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.#server = server;
    this.port = (server.address() as { port: number }).port;
  }

  #forward(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (chunk) => {
      if (this.#delay === 0) {
        if (!to.write(chunk)) from.pause();
        return;
      }
      from.pause();
      setTimeout(() => {
        if (to.writable) to.write(chunk);
        from.resume();
      }, this.#delay);
    });
    to.on('drain', () => from.resume());
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }

  /** Nobody gets through, and whoever was on the line is thrown out. */
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Every packet takes so many milliseconds longer. */
  slowDown(delay: number): void {
    this.#delay = delay;
  }

  /** Whoever is on the line hears that the other side has said its last word, on either side. New connections are whole. */
  halfClose(): void {
    for (const socket of this.#sockets) if (socket.writable) socket.end();
  }
}
