/** What happened to the rows of one table. */
export type TableReport = {
  readonly table: string;
  readonly found: number;
  /** In a dry run: what would be. */
  readonly imported: number;
  readonly already_there: number;
  readonly skipped: number;
  readonly reasons: readonly Reason[];
};

export type Reason = { readonly reason: string; readonly count: number; readonly example: string };

export class Tally {
  readonly #table: string;
  readonly #reasons = new Map<string, Reason>();
  found = 0;
  imported = 0;
  already_there = 0;

  constructor(table: string) {
    this.#table = table;
  }

  skip(reason: string, example: string): void {
    const known = this.#reasons.get(reason) ?? { reason, count: 0, example };
    this.#reasons.set(reason, { ...known, count: known.count + 1 });
  }

  report(): TableReport {
    const reasons = [...this.#reasons.values()];
    return {
      table: this.#table,
      found: this.found,
      imported: this.imported,
      already_there: this.already_there,
      skipped: reasons.reduce((sum, { count }) => sum + count, 0),
      reasons,
    };
  }
}
