/**
 * Sends wrong requests to every route: `bin/node test/property/run.ts --requests 1000000 --seed 7 --only token`. With
 * GATEHOUSE_TEST_ENGINE the server stands on that engine.
 */
import { parseArgs } from 'node:util';
import { printed, runMatrix, summaryOf } from './matrix.ts';

const { values } = parseArgs({
  options: { requests: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
});

const seed = Number(values.seed ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);
const report = await runMatrix({
  requests: Number(values.requests ?? 20_000),
  seed,
  ...(values.only === undefined ? {} : { only: new RegExp(values.only) }),
});
console.log(printed(report));
console.log(summaryOf(report));
process.exitCode = report.failures.length === 0 ? 0 : 1;
