import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free_port.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type Ports = { readonly public: number; readonly admin: number; readonly client: number };

export const freePorts = async (): Promise<Ports> => ({
  public: await freePort(),
  admin: await freePort(),
  client: await freePort(),
});

/** `npm run dev -- ...`, in a folder of the caller's choice. */
export class DevProcess {
  readonly ports: Ports;
  #child: ChildProcess;
  stdout = '';
  stderr = '';

  constructor(cwd: string, ports: Ports, ...more: readonly string[]) {
    this.ports = ports;
    const choice = ['--public-port', ports.public, '--admin-port', ports.admin, '--client-port', ports.client].map(
      String,
    );
    this.#child = spawn(`${ROOT}bin/node`, [`${ROOT}demo/dev.ts`, ...choice, ...more], { cwd });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
  }

  get client(): string {
    return `http://127.0.0.1:${this.ports.client}`;
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.ports.public}`;
  }

  get admin(): string {
    return `http://127.0.0.1:${this.ports.admin}`;
  }

  /** Until the banner was printed. Rejects when the process ends before that. */
  async ready(): Promise<this> {
    while (!this.stdout.includes('Ctrl-C')) {
      if (this.#child.exitCode !== null) throw new Error(`npm run dev ended: ${this.stderr}`);
      await sleep(20);
    }
    return this;
  }

  async exitCode(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  /** As Ctrl-C does. Returns the exit code and the milliseconds that it took. */
  async interrupt(): Promise<{ exitCode: number | null; took: number }> {
    const start = performance.now();
    this.#child.kill('SIGINT');
    const exitCode = await this.exitCode();
    return { exitCode, took: performance.now() - start };
  }

  /** The lines of the banner that are meant to be pasted. */
  get commands(): string[] {
    return this.stdout.split('\n').filter((line) => line.startsWith('curl '));
  }
}
