import type { Machine } from '../machine.ts';
import type { Result } from '../measure.ts';
import type { Metric } from '../sample.ts';
import { spreadOf } from '../sample.ts';
import type { Judgement } from './judge.ts';

export const machineText = ({ commit, node, processor, processors, fsync, rsa }: Machine): string =>
  [
    `commit ${commit}, Node.js ${node}, ${processors} processors: ${processor}`,
    `the disk stores a page in ${fsync.toFixed(2)} ms, a core signs with RSA-2048 in ${rsa.toFixed(2)} ms`,
  ].join('\n');

/** How the figures of an entry are shown: medians of the rounds. */
const COLUMNS: readonly (readonly [title: string, metric: Metric, digits: number, factor?: number])[] = [
  ['a second', 'rate', 0],
  ['p50 ms', 'p50', 2],
  ['p99 ms', 'p99', 2],
  ['p99.9 ms', 'p999', 2],
  ['CPU us', 'cpu', 0],
  ['RSS MB', 'rss', 0],
  ['generator %', 'busy', 0, 100],
];

const LABEL = 16;
const CELL = 12;

export function resultText({ scenario, connections, entries }: Result, judgements: readonly Judgement[]): string {
  const title = `${scenario}, ${connections} connection${connections === 1 ? '' : 's'}`;
  const head = ' '.repeat(LABEL) + COLUMNS.map(([name]) => name.padStart(CELL)).join('');
  const rows = entries.map(({ label, samples }) => {
    const cells = COLUMNS.map(([, metric, digits, factor = 1]) =>
      (spreadOf(samples.map((sample) => sample[metric])).median * factor).toFixed(digits).padStart(CELL),
    );
    return label.padEnd(LABEL) + cells.join('');
  });
  return [`\n${title}`, ...[head, ...rows, ...judgements.map(judgementText)].map((line) => `  ${line}`)].join('\n');
}

const figure = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 3));

const UNITS: Readonly<Partial<Record<Metric, string>>> = { rate: 'a second', p50: 'ms', rss: 'MB' };

/** `sqlite / bare: 0.512 (0.480..0.530), by CPU 0.520, at least 0.450: holds`. */
export function judgementText({ of, to, metric, value, byCpu, floor, holds }: Judgement): string {
  const what = to === undefined ? `${of}, ${UNITS[metric] ?? metric}` : `${of} / ${to}`;
  const by = to === undefined || metric === 'rate' ? '' : `, ${metric}`;
  const spread = `${figure(value.median)} (${figure(value.min)}..${figure(value.max)})${byCpu ? `, by CPU ${figure(byCpu.median)}` : ''}`;
  if (!floor) return `${what}${by}: ${spread}`;
  const bound = 'atLeast' in floor ? `at least ${figure(floor.atLeast)}` : `at most ${figure(floor.atMost)}`;
  return `${what}${by}: ${spread}, ${bound}: ${holds ? 'holds' : 'MISSED'}`;
}

export function summaryText(judgements: readonly Judgement[]): string {
  const asked = judgements.filter(({ floor }) => floor);
  const missed = asked.filter(({ holds }) => !holds);
  const lines = asked.map((judgement) => `  ${judgement.scenario.padEnd(26)}${judgementText(judgement)}`);
  return [`\nwhat must hold: ${asked.length} ratios and figures, ${missed.length} missed`, ...lines].join('\n');
}
