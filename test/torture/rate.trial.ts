import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startDeployment } from '../e2e/deployment.ts';
import { startProcesses } from '../e2e/processes.ts';
import { report, Traffic } from '../e2e/traffic.ts';
import { profileStatements } from './profile.ts';
import { rateOf } from './rate.ts';

const SECONDS = Number(process.env.GATEHOUSE_TEST_SECONDS ?? 2);

it('whole flows from the link to tokens, every other one refreshed, as many as two servers on this machine answer', async (test) => {
  const traffic = new Traffic();
  const { deployment } = await startProcesses(test);
  await deployment.createClient();
  const rate = await rateOf(deployment, SECONDS);
  const profile = profileStatements();
  const inside = await startDeployment({ test, storage: 'file' });
  await inside.deployment.createClient();
  profile.clear();
  await rateOf(inside.deployment, SECONDS / 2);
  traffic.end();
  const [statement, { count, total }] = profile.slowest ?? assert.fail('no statement was heard');
  const share = Math.round((100 * total) / profile.total);
  const figures =
    `${rate.toFixed(0)} flows a second; the statement that takes most time, ${share} % of all: ` +
    `\`${statement.replaceAll(/[`"]/g, '').slice(0, 90)}\`, ${(total / count).toFixed(2)} ms`;
  report(test, { rounds: 1, requests: traffic.requests, figures });
});
