import assert from 'node:assert/strict';
import { subscribe } from 'node:diagnostics_channel';
import { sql } from 'kysely';
import type { RunningServer } from '../../src/server.ts';
import { SQLITE } from '../../src/store/dialects/dialect.ts';
import type { Queries } from '../../src/store/tables.ts';

/** Kysely's own and SQLite's own: nothing grows in them. */
const OF_THE_ENGINE = /"(gatehouse_migrations\w*|sqlite_\w+)"|\bpragma_/;

/** What PostgreSQL and MySQL are told by other tests of the process. */
const OF_ANOTHER_ENGINE = /\$\d|`|\bversion\(\)/;

/** People make API keys by hand, so they are few, and are listed all at once. */
const SMALL = /^SCAN api_keys\b/;

const heard = new Set<string>();
const checked = new Set<string>();
let isHearing = false;

/** For the queries that a test makes itself, and that may look at whatever they like. */
export const OF_A_TEST = sql`/* test */`;

/** From now on the statements of this process are collected. */
export function hearStatements(): void {
  if (isHearing) return;
  isHearing = true;
  subscribe('gatehouse:statement', (statement) => void heard.add(String(statement)));
}

/**
 * Holds what was heard against the plans of SQLite: no statement reads a whole table. Where it would, an index is missing,
 * on the other engines too.
 */
export async function checkPlans({ server }: RunningServer): Promise<void> {
  if (server.db.dialect !== SQLITE) return;
  const fresh = [...heard].filter((statement) => !checked.has(statement) && isQuery(statement));
  for (const statement of fresh) {
    checked.add(statement);
    const plan = await planOf(server.db.queries, statement);
    assert.deepEqual(scansOf(plan), [], `${statement}\n${plan.join('\n')}`);
  }
}

const isQuery = (statement: string): boolean =>
  /^(select|insert|update|delete|with)\b(?! \/\* test)/i.test(statement) &&
  !OF_THE_ENGINE.test(statement) &&
  !OF_ANOTHER_ENGINE.test(statement);

/** The steps in which SQLite would run it. */
export async function planOf(queries: Queries, statement: string): Promise<string[]> {
  const { rows } = await sql<{ detail: string }>`explain query plan ${sql.raw(statement)}`.execute(queries);
  return rows.map(({ detail }) => detail);
}

/** The steps that read a table or an index from one end to the other. What a statement brings along is neither. */
export const scansOf = (plan: readonly string[]): string[] =>
  plan.filter((step) => /^SCAN (?!CONSTANT ROW|\d+-ROW VALUES)/.test(step) && !SMALL.test(step));
