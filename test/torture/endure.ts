import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkNothingLost, Load } from '../e2e/load.ts';
import type { Servers } from '../e2e/processes.ts';
import { report, Traffic } from '../e2e/traffic.ts';
import { RECOVERY } from './limits.ts';

export const ROUNDS = Number(process.env.GATEHOUSE_TEST_ROUNDS ?? 3);

/**
 * Rounds of a load of whole flows, in which `fault` happens and ends. Then flows end again without anybody's help, what was
 * refused was refused as "not now", or as `allowed` says, and nothing is lost.
 */
export async function endure(
  test: TestContext,
  servers: Servers,
  fault: (round: number, load: Load) => Promise<void>,
  allowed = /temporarily_unavailable/,
): Promise<void> {
  const traffic = new Traffic();
  let [flows, refused, slowest] = [0, 0, 0];
  await servers.deployment.createClient();
  for (let round = 0; round < ROUNDS; round++) {
    const load = new Load(servers.deployment);
    await load.underWay();
    await sleep(Math.random() * 500);
    await fault(round, load);
    slowest = Math.max(slowest, await load.recovery());
    const received = await load.stop();
    assert.ok(slowest < RECOVERY, `flows ended again after ${slowest} ms`);
    assert.deepEqual(
      load.refusals.filter((refusal) => !allowed.test(refusal)),
      [],
    );
    assert.deepEqual(traffic.take(/^5(?!03)/), {});
    for (const server of servers.processes) assert.equal(await server.isReady(), true);
    flows += load.flows;
    refused += load.refusals.length;
    await checkNothingLost(servers, received);
    traffic.take(/./);
  }
  traffic.end();
  const figures = `${flows} whole flows, ${refused} refused for the moment; again within ${Math.ceil(slowest)} ms`;
  report(test, { rounds: ROUNDS, requests: traffic.requests, figures });
}
