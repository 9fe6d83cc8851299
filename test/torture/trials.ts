export const ENGINES = ['sqlite', 'postgres', 'mysql'] as const;
export type EngineName = (typeof ENGINES)[number];

/** How much of everything: the full number, and what every commit has time for; 0 where its tests do that anyway. */
type Amount = readonly [full: number, tenth: number];

export type Trial = {
  readonly name: string;
  readonly files: readonly string[];
  /** By default all. */
  readonly engines?: readonly EngineName[];
  /** Rounds, or what `env` says. */
  readonly amount: Amount | Readonly<Record<EngineName, Amount>>;
  readonly unit?: 'ROUNDS' | 'SECONDS' | 'ROWS' | 'CONNECTIONS' | 'REQUESTS';
  readonly env?: Readonly<Record<string, string>>;
};

const EMBEDDED: readonly EngineName[] = ['sqlite'];
const NETWORK: readonly EngineName[] = ['postgres', 'mysql'];

/** In the order in which they run. */
export const TRIALS: readonly Trial[] = [
  {
    name: 'races',
    files: ['test/e2e/races.test.ts', 'test/e2e/flow_races.test.ts'],
    amount: [300, 3],
    env: { GATEHOUSE_TEST_PROCESSES: '2' },
  },
  {
    name: 'kill',
    files: ['test/e2e/kill.test.ts'],
    amount: { sqlite: [200, 8], postgres: [50, 3], mysql: [50, 3] },
  },
  { name: 'database', files: ['test/torture/database.trial.ts'], engines: NETWORK, amount: [20, 2] },
  { name: 'wire', files: ['test/torture/wire.trial.ts'], engines: NETWORK, amount: [30, 3] },
  { name: 'disk', files: ['test/torture/disk.trial.ts'], engines: EMBEDDED, amount: [20, 2] },
  {
    name: 'crowd',
    files: ['test/e2e/crowd.test.ts'],
    engines: EMBEDDED,
    amount: [10_000, 0],
    unit: 'CONNECTIONS',
  },
  {
    name: 'requests',
    files: ['test/property/matrix.test.ts'],
    engines: EMBEDDED,
    amount: [1_000_000, 0],
    unit: 'REQUESTS',
  },
  { name: 'clock', files: ['test/torture/clock.trial.ts'], amount: [10, 1] },
  { name: 'restart', files: ['test/torture/restart.trial.ts'], amount: [10, 1] },
  { name: 'rate', files: ['test/torture/rate.trial.ts'], amount: [20, 2], unit: 'SECONDS' },
  { name: 'steady', files: ['test/torture/steady.trial.ts'], amount: [900, 10], unit: 'SECONDS' },
  { name: 'sweep', files: ['test/torture/sweep.trial.ts'], amount: [2_000_000, 5_000], unit: 'ROWS' },
];

export function amountOf({ amount }: Trial, engine: EngineName, isTenth: boolean): number {
  const [full, tenth] = 'sqlite' in amount ? amount[engine] : amount;
  return isTenth ? tenth : full;
}
