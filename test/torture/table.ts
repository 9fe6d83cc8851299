import { readFileSync, writeFileSync } from 'node:fs';

/** What one test showed on one engine. */
export type Row = {
  readonly name: string;
  readonly engine: string;
  readonly commit: string;
  readonly rounds: string;
  readonly requests: string;
  readonly failures: string;
  readonly figures: string;
};

const COLUMNS = ['name', 'engine', 'commit', 'rounds', 'requests', 'failures', 'figures'] as const;
const BEGIN = '<!-- torture: written by npm run torture -->';
const END = '<!-- /torture -->';

const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export const tableOf = (rows: readonly Row[]): string =>
  [
    lineOf(['what', ...COLUMNS.slice(1)]),
    lineOf(COLUMNS.map(() => '---')),
    ...rows.map((row) => lineOf(COLUMNS.map((column) => row[column].replaceAll('|', '\\|')))),
  ].join('\n');

function rowsOf(table: string): Row[] {
  const lines = table.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) => {
    const cells = line
      .slice(2, -2)
      .split(/ (?<!\\)\| /)
      .map((cell) => cell.trim());
    return Object.fromEntries(COLUMNS.map((column, at) => [column, (cells[at] ?? '').replaceAll('\\|', '|')])) as Row;
  });
}

const keyOf = ({ name, engine }: Row): string => `${name} ${engine}`;

/** Puts the rows in place of those of the same tests; what was not run again stays, with the commit that it was run on. */
export function writeTable(file: string, rows: readonly Row[]): void {
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  if (end < begin) throw new Error(`${file} has no place for the table`);
  const merged = new Map([...rowsOf(text.slice(begin, end)), ...rows].map((row) => [keyOf(row), row]));
  writeFileSync(file, `${text.slice(0, begin)}\n\n${tableOf([...merged.values()])}\n\n${text.slice(end)}`);
}
