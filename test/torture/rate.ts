import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../e2e/flow.ts';
import { Load } from '../e2e/load.ts';

const CLIENTS = 16;

/** Whole flows a second, once it runs. */
export async function rateOf(deployment: Deployment, seconds: number): Promise<number> {
  const load = new Load(deployment, CLIENTS);
  await load.recovery();
  const [before, began] = [load.flows, performance.now()];
  await sleep(seconds * 1000);
  const rate = (load.flows - before) / ((performance.now() - began) / 1000);
  await load.stop();
  assert.deepEqual([load.refusals, load.broken], [[], []]);
  return rate;
}
