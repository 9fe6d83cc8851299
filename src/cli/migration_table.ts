import type { MigrationStatus } from '../store/migrate.ts';

/** A migration as people and programs see it. */
export type MigrationLine = {
  readonly version: string;
  readonly name: string;
  readonly state: string;
  /** RFC 3339; null while it is pending. */
  readonly applied_at: string | null;
};

/** In the order in which they are applied. */
export const linesOf = ({ applied, pending, unknown, times }: MigrationStatus): MigrationLine[] => [
  ...applied.map((name) => lineOf(name, 'Applied', times)),
  ...pending.map((name) => lineOf(name, 'Pending', times)),
  ...unknown.map((name) => lineOf(name, 'Applied by a later version', times)),
];

/** `0001_expand_first_schema`: the number, then what it does. */
export function lineOf(migration: string, state: string, times: ReadonlyMap<string, string>): MigrationLine {
  const [, version = '', name = ''] = /^(\d+)_(.*)$/.exec(migration) ?? [];
  return { version, name, state, applied_at: times.get(migration) ?? null };
}

export function tableOf(lines: readonly MigrationLine[]): string {
  const rows = [
    ['VERSION', 'NAME', 'STATUS', 'SINCE'],
    ...lines.map(({ version, name, state, applied_at }) => [version, name, state, applied_at ?? '']),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
