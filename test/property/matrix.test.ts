import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rowsOf, strayOperations } from './cells.ts';
import { printed, runMatrix, summaryOf } from './matrix.ts';
import { spokenOutcome } from './operation.ts';

/** As many as CI has time for, and one for each cell on the engines behind a network; `npm run torture` asks for more. */
const REQUESTS = Number(process.env.GATEHOUSE_PROPERTY_REQUESTS ?? (process.env.GATEHOUSE_TEST_ENGINE ? 1 : 20_000));

/** The same each time, so that nobody meets what somebody else has done; the torture draws one. */
const SEED = Number(process.env.GATEHOUSE_PROPERTY_SEED ?? 1);

const rows = rowsOf();

describe('Wrong requests', () => {
  it('are answered as specified, to every route, in every state, and leave the server as it was', async (t) => {
    const report = await runMatrix({ requests: REQUESTS, seed: SEED });
    t.diagnostic(`seed ${SEED}`);
    for (const line of printed(report).split('\n')) t.diagnostic(line);
    assert.equal(report.failures.length, 0, `seed ${SEED}\n${summaryOf(report)}`);
    t.diagnostic(summaryOf(report));
    const [fewest, most] = report.visits;
    assert.ok(fewest > 0 && most <= fewest + 2, `some cells ${fewest} times, others ${most}`);
    assert.equal(report.counts.size, rows.length, 'a route had no request');
    const [before, after] = report.handles;
    assert.ok(after < before + 20, `${before} handles before, ${after} after`);
  });

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
