import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ISSUER } from '../e2e/deployment.ts';
import { Deployment } from '../e2e/flow.ts';
import { checkNothingLost, Load } from '../e2e/load.ts';
import { startProcesses } from '../e2e/processes.ts';
import { report, Traffic } from '../e2e/traffic.ts';
import { Balancer } from './balancer.ts';
import { ROUNDS } from './endure.ts';

/** Longer than the balancer takes to notice. */
const shutdown = { delay: '1s', deadline: '10s' };

it('two servers behind a balancer are rolled under a load of whole flows, and no request fails', async (test) => {
  const servers = await startProcesses(test, { config: { gatehouse: { shutdown } } });
  const balancers = (['public', 'admin'] as const).map(
    (name) => new Balancer(servers.processes.map(({ addresses }) => addresses[name])),
  );
  test.after(() => {
    for (const balancer of balancers) balancer.close();
  });
  const [open = '', admin = ''] = await Promise.all(balancers.map((balancer) => balancer.open()));
  const deployment = new Deployment({ public: open, admin }, ISSUER);
  await deployment.createClient();
  const traffic = new Traffic();
  const load = new Load(deployment);
  await load.underWay();
  for (let round = 0; round < ROUNDS; round++) {
    for (const server of servers.processes) {
      assert.equal(await server.stop('SIGTERM'), 0);
      await server.start();
      await Promise.all(
        balancers.map((balancer, at) => balancer.has(at === 0 ? server.addresses.public : server.addresses.admin)),
      );
    }
  }
  const received = await load.stop();
  traffic.end();
  assert.deepEqual([load.refusals, load.broken], [[], []]);
  assert.deepEqual(traffic.take(/^[45]/), {});
  await checkNothingLost({ deployment, db: servers.db }, received);
  const figures = `${load.flows} whole flows, each server ended and started ${ROUNDS} times`;
  report(test, { rounds: ROUNDS, requests: traffic.requests, figures });
});
