import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/lib/json.ts';
import type { Database } from '../../src/store/db.ts';
import type { TokenRow } from '../../src/store/tokens.ts';
import { OF_A_TEST } from '../store/query_plans.ts';
import type { Deployment, Json } from './flow.ts';
import { startServers } from './processes.ts';
import { expectNoServerError } from './traffic.ts';

/** How many do the same thing at once, and how often that is tried: `npm run torture` asks for more. */
export const CROWD = 100;
export const ROUNDS = Number(process.env.GATEHOUSE_TEST_ROUNDS ?? 20);

/** Where a race is run: with a client, and an eye on the database. */
export async function startRace(
  test: TestContext,
  { client = {}, config = {} }: { readonly client?: Json; readonly config?: JsonObject } = {},
): Promise<{ readonly deployment: Deployment } & ReturnType<typeof tablesOf>> {
  const { deployment, db } = await startServers(test, config);
  expectNoServerError(test, ROUNDS);
  await deployment.createClient(client);
  return { deployment, ...tablesOf(db) };
}

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
export function tablesOf({ queries, writes }: Database) {
  return {
    async count(table: Tables): Promise<number> {
      const counting = sql<{ total: number }>`select ${OF_A_TEST} count(*) as total from ${sql.table(table)}`;
      const { rows } = await counting.execute(queries);
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
        await writes.add((tx) => sql`delete ${OF_A_TEST} from ${sql.table(table)}`.execute(tx));
      }
    },
  };
}
