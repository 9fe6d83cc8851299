/** How far a long preparation has come, on stderr, a line that is written again and again where somebody looks. */
export class Progress {
  readonly #what: string;
  readonly #total: number;
  #taken = 0;
  #shown = 0;

  constructor(what: string, total: number) {
    this.#what = what;
    this.#total = total;
  }

  /** False when there is nothing left to do. */
  take(amount = 1): boolean {
    if (this.#taken >= this.#total) return false;
    this.#taken += amount;
    if (process.stderr.isTTY && performance.now() - this.#shown > 200) this.#show();
    return true;
  }

  #show(): void {
    this.#shown = performance.now();
    process.stderr.write(`\r\x1b[K  ${Math.min(this.#taken, this.#total)} of ${this.#total} ${this.#what}`);
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}
