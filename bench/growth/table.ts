import { readFileSync, writeFileSync } from 'node:fs';
import type { Times } from './time.ts';

/** A statement on an engine, and its times by the number of tokens. */
export type Row = {
  readonly statement: string;
  readonly engine: string;
  readonly commit: string;
  readonly times: Readonly<Record<number, Times>>;
};

export const BEGIN = '<!-- growth: written by npm run growth -->';
export const END = '<!-- /growth -->';

const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const grouped = (count: number): string => String(count).replaceAll(/\B(?=(\d{3})+$)/g, ' ');

const cellOf = (times: Times | undefined): string =>
  times === undefined ? '' : `${times.p50.toFixed(3)} (${times.p99.toFixed(2)})`;

/** Milliseconds: the median, and in parentheses the 99th percentile. */
export function tableOf(rows: readonly Row[], sizes: readonly number[]): string {
  const columns = ['statement', 'engine', 'commit', ...sizes.map((tokens) => `${grouped(tokens)} tokens`)];
  return [
    lineOf(columns),
    lineOf(columns.map(() => '---')),
    ...rows.map(({ statement, engine, commit, times }) =>
      lineOf([statement, engine, commit, ...sizes.map((tokens) => cellOf(times[tokens]))]),
    ),
  ].join('\n');
}

/** Keeps the lines of engines that were not measured this time. */
export function writeTable(file: string, rows: readonly Row[], sizes: readonly number[]): void {
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${file} has no place for the table: ${BEGIN} and ${END}.`);
  const [head = '', rule = '', ...lines] = tableOf(rows, sizes).split('\n');
  const measured = new Set(rows.map(({ engine }) => engine));
  const kept = text
    .slice(begin, end)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .filter((line) => !measured.has(line.split('|')[2]?.trim() ?? ''));
  const table = [head, rule, ...kept, ...lines].join('\n');
  writeFileSync(file, `${text.slice(0, begin)}${BEGIN}\n\n${table}\n\n${text.slice(end)}`);
}
