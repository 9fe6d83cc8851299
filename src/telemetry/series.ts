import type { Answer } from '../http/listener.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BYTES = [100, 1_000, 10_000, 100_000, 1_000_000];

/** As JSON carries it from one process to another. */
export type Distributed = {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
  readonly count: number;
};

/** How many observations fell below each bound. */
export class Distribution implements Distributed {
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.sum += value;
    this.count++;
    const index = this.bounds.findIndex((bound) => value <= bound);
    if (index >= 0) this.counts[index] = (this.counts[index] ?? 0) + 1;
  }

  add(other: Distributed): this {
    this.sum += other.sum;
    this.count += other.count;
    for (const [index, count] of other.counts.entries()) this.counts[index] = (this.counts[index] ?? 0) + count;
    return this;
  }
}

/** What is counted of the answers that look alike. */
export type Series<Kind extends Distributed = Distributed> = {
  readonly code: number;
  readonly method: string;
  readonly endpoint: string;
} & Readonly<Record<Measure, Kind>>;

export type Measure = 'seconds' | 'received' | 'sent';

/** By method, status and route. */
export type AllSeries = Map<string, Series<Distribution>>;

const nothing = (): Record<Measure, Distribution> => ({
  seconds: new Distribution(SECONDS),
  received: new Distribution(BYTES),
  sent: new Distribution(BYTES),
});

export function count(series: AllSeries, { method, route, status, milliseconds, received, sent }: Answer): void {
  const name = `${method} ${status} ${route}`;
  let one = series.get(name);
  if (!one) {
    one = {
      code: status,
      method: method.toLowerCase(),
      endpoint: route.replaceAll(/\{\w+\}/g, '{param}'),
      ...nothing(),
    };
    series.set(name, one);
  }
  one.seconds.observe(milliseconds / 1000);
  one.received.observe(received);
  one.sent.observe(sent);
}

/** Those of several processes, as if one had counted. */
export function summedSeries(all: readonly Readonly<Record<string, Series>>[]): Record<string, Series> {
  const sums: AllSeries = new Map();
  for (const [name, { code, method, endpoint, ...counted }] of all.flatMap(Object.entries<Series>)) {
    const { seconds, received, sent } = sums.get(name) ?? nothing();
    sums.set(name, {
      ...{ code, method, endpoint },
      seconds: seconds.add(counted.seconds),
      received: received.add(counted.received),
      sent: sent.add(counted.sent),
    });
  }
  return Object.fromEntries(sums);
}
