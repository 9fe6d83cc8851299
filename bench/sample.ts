/** What a load generator saw in one turn. */
export type Seen = {
  readonly requests: number;
  readonly seconds: number;
  /** Of the time that one took, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** How much of its own core the generator needed: what is left of 1 is its headroom. */
  readonly busy: number;
};

/** One turn of one entry. */
export type Sample = Omit<Seen, 'requests' | 'seconds'> & {
  /** Requests a second, or whole flows. */
  readonly rate: number;
  /** Microseconds of processor time of the server for each of them. */
  readonly cpu: number;
  /** Megabytes, at the end of the turn. */
  readonly rss: number;
};

export type Metric = keyof Sample;

export const METRICS: readonly Metric[] = ['rate', 'p50', 'p99', 'p999', 'cpu', 'rss', 'busy'];

export type Spread = { readonly median: number; readonly min: number; readonly max: number };

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
  return { median, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** Of rounds: those that were measured in the same minute. */
export const ratioOf = (metric: Metric, of: readonly Sample[], to: readonly Sample[]): Spread =>
  spreadOf(of.map((sample, round) => sample[metric] / (to[round]?.[metric] ?? Number.NaN)));

export const percentile = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
