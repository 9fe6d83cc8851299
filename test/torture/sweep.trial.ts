import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from '../../src/store/db.ts';
import type { Queries } from '../../src/store/tables.ts';
import { CREDENTIALS, type Deployment } from '../e2e/flow.ts';
import { Load } from '../e2e/load.ts';
import { startProcesses } from '../e2e/processes.ts';
import { report, Traffic } from '../e2e/traffic.ts';
import { tokenRow } from '../store/rows.ts';
import { SWEEPING } from './limits.ts';

const ROWS = Number(process.env.GATEHOUSE_TEST_ROWS ?? 5_000);
/** Milliseconds of a window without the sweeper, and with it; of what one may take to notice that it lost its lease. */
const WINDOW = Math.min(10_000, 1_000 + ROWS / 20);
const SWEEPING_WINDOW = 4 * WINDOW;
const NOTICE = 3_500;
const CLIENTS = 4;
const PERIOD = 200;
/** Milliseconds between two tokens whose time is taken. */
const PACE = 10;
/** Of fewer times the hundredth part is one or two that met something else: the figure is shown, and not judged. */
const ENOUGH = 5_000;
const EXPIRED = 1_000;
const AT_ONCE = 100_000;

/** What our tokens are found by, in the words of each engine: six bytes of the time, and 26 that are nobody else's. */
const TIMED_HASH = {
  sqlite: (time: string) => `unhex(printf('%012x', ${time}) || hex(randomblob(26)))`,
  postgres: (time: string) =>
    `decode(lpad(to_hex(${time}), 12, '0') || substr(md5(random()::text) || md5(random()::text), 1, 52), 'hex')`,
  mysql: (time: string) =>
    `unhex(concat(lpad(hex(${time}), 12, '0'), substr(concat(md5(rand()), md5(rand())), 1, 52)))`,
};

/** Doubles what there is until it is enough. */
async function fill({ dialect, writes }: Database, total: number): Promise<void> {
  const add = (work: (tx: Queries) => Promise<unknown>) => writes.add(work);
  const expired = Array.from({ length: 100 }, () => tokenRow({ expires_at: EXPIRED }));
  await add((tx) => tx.insertInto('tokens').values(expired).execute());
  const rest = 'kind, request_id, client_id, subject, scope, audience, issued_at, expires_at, uses, session';
  for (let rows = expired.length; rows < total; rows += Math.min(rows, total - rows, AT_ONCE)) {
    const more = Math.min(rows, total - rows, AT_ONCE);
    const statement = `insert into tokens (hash, ${rest}) select ${TIMED_HASH[dialect.engine](`${rows} + id`)}, ${rest} from tokens
      where expires_at = ${EXPIRED} limit ${more}`;
    await add((tx) => sql.raw(statement).execute(tx));
  }
}

async function expiredRows({ queries }: Database): Promise<number> {
  const { rows } = await sql<{ total: number }>`select count(*) as total from tokens
    where expires_at = ${EXPIRED}`.execute(queries);
  return Number(rows[0]?.total);
}

/** Takes the lease away from the servers, or leaves it to whoever comes first. */
async function letSweep({ writes }: Database, isAllowed: boolean): Promise<void> {
  const lease = isAllowed
    ? { holder: 'nobody', expires_at: 0 }
    : { holder: 'nobody', expires_at: Date.now() + 3600_000 };
  await writes.add((tx) =>
    tx
      .insertInto('leases')
      .values({ name: 'sweeper', ...lease })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(lease))
      .execute(),
  );
}

/** How long the token endpoint takes, asked at a steady pace. Milliseconds. */
async function latencies(deployment: Deployment, duration: number): Promise<number[]> {
  const times: number[] = [];
  const asked: Promise<void>[] = [];
  const ask = async () => {
    const began = performance.now();
    const { status } = await deployment.token({ ...CREDENTIALS, grant_type: 'client_credentials' });
    assert.equal(status, 200);
    times.push(performance.now() - began);
  };
  for (const end = performance.now() + duration; performance.now() < end; await sleep(PACE)) asked.push(ask());
  await Promise.all(asked);
  return times;
}

const percentile99 = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? assert.fail();

it('sweeping what has expired leaves the 99th percentile of the token endpoint as it is', async (test) => {
  const sweeper = { interval: '1s' };
  const { deployment, db } = await startProcesses(test, { config: { gatehouse: { sweeper } } });
  await letSweep(db, false);
  await deployment.createClient();
  await fill(db, ROWS);
  const traffic = new Traffic();
  const load = new Load(deployment, CLIENTS, PERIOD);
  const [resting, sweeping]: [number[], number[]] = [[], []];
  let swept = 0;
  for (let left = ROWS; left > 0; ) {
    await sleep(NOTICE);
    resting.push(...(await latencies(deployment, WINDOW)));
    await letSweep(db, true);
    await sleep(NOTICE / 2);
    sweeping.push(...(await latencies(deployment, SWEEPING_WINDOW)));
    await letSweep(db, false);
    const now = await expiredRows(db);
    assert.ok(now < left, 'nothing was swept');
    swept += left - now;
    left = now;
  }
  await load.stop();
  traffic.end();
  assert.deepEqual([load.refusals, load.broken], [[], []]);
  const [without, beside] = [percentile99(resting), percentile99(sweeping)];
  const figures = `${swept} rows swept; 99 % within ${beside.toFixed(1)} ms, and ${without.toFixed(1)} ms without`;
  if (resting.length >= ENOUGH) assert.ok(beside < without * SWEEPING, figures);
  report(test, { rounds: 1, requests: traffic.requests, figures });
});
