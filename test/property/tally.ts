import type { Cell, Row } from './cells.ts';
import { Line } from './exchange.ts';
import type { World } from './world.ts';

const MOST_FAILURES = 1_000;

/** What all rows have in common: the server, and what came of the requests to it. */
export class Tally {
  readonly world: World;
  readonly seed: number;
  readonly line = new Line();
  readonly counts = new Map<string, Map<string, number>>();
  readonly failures: string[] = [];
  readonly #visits = new Map<Cell, number>();
  sent = 0;

  constructor(world: World, seed: number) {
    this.world = world;
    this.seed = seed;
  }

  originOf({ listener }: Row): string {
    const { publicOrigin, adminOrigin } = this.world.deployment;
    return listener === 'public' ? publicOrigin : adminOrigin;
  }

  count({ label }: Row, cell: Cell): void {
    const { mutation } = cell;
    const counts = this.counts.get(label) ?? new Map<string, number>();
    this.counts.set(label, counts.set(mutation.name, (counts.get(mutation.name) ?? 0) + 1));
    this.#visits.set(cell, (this.#visits.get(cell) ?? 0) + 1);
    this.sent++;
  }

  visits(cells: readonly Cell[]): [fewest: number, most: number] {
    const all = cells.map((cell) => this.#visits.get(cell) ?? 0);
    return [Math.min(...all), Math.max(...all)];
  }

  fail(text: string): void {
    if (this.failures.length < MOST_FAILURES) this.failures.push(text);
  }

  /** Whatever came before, the next one is served. */
  async checkHealth(): Promise<void> {
    for (const origin of [this.world.deployment.publicOrigin, this.world.deployment.adminOrigin]) {
      const { status } = await fetch(`${origin}/health/ready`);
      if (status !== 200) this.fail(`${origin} is not ready afterwards: ${status}`);
    }
  }
}
