import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { RunningServer } from '../../src/server.ts';
import type { TokenRow } from '../../src/store/tokens.ts';
import { OF_A_TEST } from '../store/query_plans.ts';

/** How many do the same thing at once, and how often that is tried. */
export const CROWD = 100;
export const ROUNDS = 20;

/** All at once. */
export const crowd = <T>(act: (at: number) => Promise<T>, size = CROWD): Promise<T[]> =>
  Promise.all(Array.from({ length: size }, (_, at) => act(at)));

type Answer = { readonly status: number; readonly body: Record<string, unknown> };

/** How many were answered with what: `{ '200': 1, '400 invalid_grant': 99 }`. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const name = typeof body.error === 'string' ? `${status} ${body.error}` : `${status}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** One got it, the others this error. */
export function checkOneWinner(answers: readonly Answer[], refusal: string): Record<string, unknown> {
  assert.deepEqual(tally(answers), { 200: 1, [refusal]: answers.length - 1 });
  return answers.find(({ status }) => status === 200)?.body ?? assert.fail();
}

type Token = Pick<TokenRow, 'request_id' | 'kind' | 'used_at'>;
type Tables = 'tokens' | 'consents' | 'device_codes' | 'used_jtis' | 'logout_notifications';

/** What the database holds, whatever the engine. */
export function tablesOf({ server }: RunningServer) {
  const { queries } = server.db;
  return {
    async count(table: Tables): Promise<number> {
      const { rows } = await sql<{
        total: number;
      }>`/* test */ select count(*) as total from ${sql.table(table)}`.execute(queries);
      return Number(rows[0]?.total);
    },
    /** The chains that have tokens, and of which kinds; `used` ones are marked. */
    async chains(): Promise<string[]> {
      const { rows } = await sql<Token>`select ${OF_A_TEST} request_id, kind, used_at from tokens`.execute(queries);
      const byChain = Map.groupBy(rows, ({ request_id }) => request_id);
      return [...byChain.values()].map((chain) =>
        chain
          .map(({ kind, used_at }) => (used_at === null ? kind : `used ${kind}`))
          .sort()
          .join(', '),
      );
    },
    /** So that a round finds nothing of the one before. */
    async clear(...tables: Tables[]): Promise<void> {
      for (const table of tables) {
        await server.db.writes.add((tx) => sql`delete ${OF_A_TEST} from ${sql.table(table)}`.execute(tx));
      }
    },
  };
}
