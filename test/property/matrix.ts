import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { cellsOf, rowsOf } from './cells.ts';
import { generated } from './generated.ts';
import { Lane } from './lane.ts';
import { MUTATIONS } from './mutations.ts';
import { Tally } from './tally.ts';
import { createWorld } from './world.ts';

export type Settings = {
  readonly requests: number;
  readonly seed: number;
  /** Rows whose label it matches. */
  readonly only?: RegExp;
};

export type Report = {
  readonly requests: number;
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly columns: readonly string[];
  /** How often a cell was visited: the fewest and the most times. */
  readonly visits: readonly [fewest: number, most: number];
  readonly failures: readonly string[];
  /** Open sockets, timers and the like, before the first wrong request and after the last one. */
  readonly handles: readonly [before: number, after: number];
  /** What a collection leaves of this process, which is the server too, when each cell had its turns, and in the end. */
  readonly megabytes: readonly [before: number, after: number];
  readonly milliseconds: number;
};

/** Rows that are worked on at the same time. */
const LANES = 12;
/** Of the requests, so many have one thing wrong; the others have two or three. */
const SINGLE = 0.6;

/** Sends what the matrix has, evenly over its cells, to a server of this process. */
export async function runMatrix({ requests, seed, only = /(?:)/ }: Settings): Promise<Report> {
  const started = performance.now();
  const world = await createWorld();
  const tally = new Tally(world, seed);
  const mutations = [...MUTATIONS, generated(seed, 2_000)];
  const lanes: Lane[] = [];
  try {
    const rows = rowsOf().filter(({ label }) => only.test(label));
    await atOnce(rows, async (row) => {
      const message = await row.build(world);
      lanes.push(new Lane(tally, row, message, cellsOf(row, message, mutations)));
    });
    const before = handles();
    const cells = lanes.flatMap((lane) => lane.cells);
    const rounds = Math.max(1, Math.floor((requests * SINGLE) / cells.length));
    const combined = Math.max(0, requests - rounds * cells.length);
    await atOnce(lanes, (lane) => lane.single(rounds));
    const live = liveMegabytes();
    await atOnce(lanes, async (lane) => {
      await lane.combined(Math.floor((combined * lane.cells.length) / cells.length));
      await lane.checkSound();
    });
    await tally.checkHealth();
    return {
      requests: tally.sent,
      counts: tally.counts,
      columns: mutations.map(({ name }) => name),
      visits: tally.visits(cells),
      failures: tally.failures,
      handles: [before, handles()],
      megabytes: [live, liveMegabytes()],
      milliseconds: performance.now() - started,
    };
  } finally {
    tally.line.close();
    await world.close();
  }
}

const handles = (): number => process.getActiveResourcesInfo().length;

function liveMegabytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

async function atOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Rows by mutations, with how many requests each had. */
export function printed({ counts, columns }: Report): string {
  const width = Math.max(...[...counts.keys()].map((label) => label.length));
  const line = (label: string, values: readonly (string | number)[]) =>
    `${label.padEnd(width)} ${values.map((value) => String(value).padStart(5)).join('')}`;
  const legend = columns.map((name, index) => `${index + 1} ${name}`).join(', ');
  const rows = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, row]) =>
      line(
        label,
        columns.map((name) => row.get(name) ?? '.'),
      ),
    );
  return [
    legend,
    line(
      '',
      columns.map((_, index) => index + 1),
    ),
    ...rows,
  ].join('\n');
}

export function summaryOf({ requests, milliseconds, visits, handles, failures }: Report): string {
  const [fewest, most] = visits;
  const [before, after] = handles;
  const memory = Math.round(process.memoryUsage.rss() / 1024 / 1024);
  return [
    `${requests} requests in ${(milliseconds / 1000).toFixed(1)} s, each cell ${fewest} to ${most} times`,
    `${before} handles before, ${after} after, ${memory} MB`,
    `${failures.length} not answered as specified`,
    ...failures.map((failure) => `  ${failure}`),
  ].join('\n');
}
