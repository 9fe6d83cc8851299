import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from '../../src/store/db.ts';
import { Load } from '../e2e/load.ts';
import { type ServerProcess, startProcesses } from '../e2e/processes.ts';
import { report, Traffic } from '../e2e/traffic.ts';
import { GROWTH, MORE_HANDLES } from './limits.ts';
import { rateOf } from './rate.ts';

const SECONDS = Number(process.env.GATEHOUSE_TEST_SECONDS ?? 10);
const CLIENTS = 8;
/** Of everything that is granted, so that what lives is as much at any time. */
const LIFE = 3;
/** Until caches are full, pools have their connections, and as many rows die as are born. */
const WARM_UP = 2 * LIFE;
const SAMPLES = 60;
/**
 * V8 lets the young generation of each server grow to 50 MB, and shrink again, as it sees fit: at a low rate that takes
 * up to eight minutes, and hides what stays. After a collection 33 MB were in use at the beginning and after 15 000 flows.
 */
const env = { NODE_OPTIONS: '--max-semi-space-size=4' };

const life = `${LIFE}s`;
const ttl = { access_token: life, refresh_token: life, id_token: life, auth_code: life };

type Sample = { readonly megabytes: number; readonly handles: number; readonly rows: number };

async function sample(processes: readonly ServerProcess[], db: Database): Promise<Sample> {
  const now = Math.floor(Date.now() / 1000);
  const counting = sql<{ total: number }>`select count(*) as total from tokens where expires_at > ${now}`;
  const { rows } = await counting.execute(db.queries);
  let [kilobytes, handles] = [0, 0];
  for (const { pid } of processes) {
    const [, resident = assert.fail()] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    kilobytes += Number(resident);
    handles += readdirSync(`/proc/${pid}/fd`).length;
  }
  return { megabytes: kilobytes / 1024, handles, rows: Number(rows[0]?.total) };
}

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? assert.fail();

const summary = (samples: readonly Sample[]): Sample => ({
  megabytes: middle(samples.map(({ megabytes }) => megabytes)),
  handles: middle(samples.map(({ handles }) => handles)),
  rows: middle(samples.map(({ rows }) => rows)),
});

it('at half of the rate that two servers can do, memory, open handles and live rows stay what they are', async (test) => {
  const { deployment, processes, db } = await startProcesses(test, { config: { ttl }, env });
  await deployment.createClient();
  const traffic = new Traffic();
  const rate = (await rateOf(deployment, Math.min(5, SECONDS / 5))) / 2;
  const load = new Load(deployment, CLIENTS, (1000 * CLIENTS) / rate);
  await sleep(WARM_UP * 1000);
  const samples: Sample[] = [];
  for (let at = 0; at < SAMPLES; at++) {
    await sleep((SECONDS * 1000) / SAMPLES);
    samples.push(await sample(processes, db));
  }
  await load.stop();
  traffic.end();
  assert.deepEqual([load.refusals, load.broken], [[], []]);
  const [first, last] = [summary(samples.slice(0, SAMPLES / 3)), summary(samples.slice(-SAMPLES / 3))];
  const figures = (['megabytes', 'handles', 'rows'] as const)
    .map((name) => `${first[name].toFixed(0)} then ${last[name].toFixed(0)} ${name}`)
    .join(', ');
  assert.ok(last.megabytes < first.megabytes * GROWTH, figures);
  assert.ok(last.handles < first.handles + MORE_HANDLES, figures);
  assert.ok(last.rows < first.rows * GROWTH + CLIENTS, figures);
  report(test, {
    rounds: 1,
    requests: traffic.requests,
    figures: `${SECONDS} s, ${rate.toFixed(0)} flows a second; ${figures}`,
  });
});
