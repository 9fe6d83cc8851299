import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RECOVERY } from '../torture/limits.ts';
import { checkNothingLost, Load } from './load.ts';
import { startProcesses } from './processes.ts';
import { report, Traffic } from './traffic.ts';

const ROUNDS = Number(process.env.GATEHOUSE_TEST_ROUNDS ?? 10);

/** In the middle of traffic: nobody is asked whether it suits. */
it('kill -9 of a server during a load of whole flows loses no token and redeems nothing twice', async (test) => {
  const servers = await startProcesses(test, { count: 1 });
  const { deployment, processes } = servers;
  const [server = assert.fail()] = processes;
  const traffic = new Traffic();
  await deployment.createClient();
  let [flows, slowest] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const load = new Load(deployment);
    await load.underWay();
    await sleep(Math.random() * 700);
    await server.stop('SIGKILL');
    const received = await load.stop();
    assert.deepEqual(load.refusals, []);
    flows += load.flows;
    const start = performance.now();
    await server.start();
    slowest = Math.max(slowest, performance.now() - start);
    assert.ok(slowest < RECOVERY, `ready after ${slowest} ms`);
    await checkNothingLost(servers, received);
  }
  traffic.end();
  const figures = `${flows} whole flows; ready within ${Math.ceil(slowest)} ms of the start`;
  report(test, { rounds: ROUNDS, requests: traffic.requests, figures });
});
