import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { report } from '../e2e/traffic.ts';
import { GROWTH } from '../torture/limits.ts';
import { rowsOf, strayOperations } from './cells.ts';
import { printed, runMatrix, summaryOf } from './matrix.ts';
import { spokenOutcome } from './operation.ts';

/** As many as CI has time for, and one for each cell on the engines behind a network; `npm run torture` asks for more. */
const REQUESTS = Number(process.env.GATEHOUSE_TEST_REQUESTS ?? (process.env.GATEHOUSE_TEST_ENGINE ? 1 : 20_000));

/** The same each time, so that nobody meets what somebody else has done. */
const SEED = Number(process.env.GATEHOUSE_TEST_SEED ?? 1);

const rows = rowsOf();

it('wrong requests are answered as specified, to every route, in every state, and leave the server as it was', async (t) => {
  const outcome = await runMatrix({ requests: REQUESTS, seed: SEED });
  t.diagnostic(`seed ${SEED}`);
  for (const line of printed(outcome).split('\n')) t.diagnostic(line);
  assert.equal(outcome.failures.length, 0, `seed ${SEED}\n${summaryOf(outcome)}`);
  t.diagnostic(summaryOf(outcome));
  const [fewest, most] = outcome.visits;
  assert.ok(fewest > 0 && most <= fewest + 2, `some cells ${fewest} times, others ${most}`);
  assert.equal(outcome.counts.size, rows.length, 'a route had no request');
  const [before, after] = outcome.handles;
  assert.ok(after < before + 20, `${before} handles before, ${after} after`);
  const [smaller, larger] = outcome.megabytes;
  assert.ok(larger < smaller * GROWTH, `${smaller.toFixed(0)} MB live before, ${larger.toFixed(0)} after`);
  const figures = `each cell ${fewest} to ${most} times; ${smaller.toFixed(0)} then ${larger.toFixed(0)} MB live`;
  report(t, { rounds: 1, requests: outcome.requests, figures });
});

describe('Wrong requests', () => {
  it('are known for routes that are there, and for every one of them', () => {
    assert.deepEqual(strayOperations(rows), []);
    assert.ok(rows.length > 70, `${rows.length}`);
  });

  it('are told by the table of errors, or by a whole outcome', () => {
    assert.equal(spokenOutcome('invalid_client'), '401 invalid_client');
    assert.equal(spokenOutcome('invalid_client', true), '302 invalid_client');
    assert.equal(spokenOutcome('400 missing_proof', true), '400 missing_proof');
  });
});
