import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startDeployment } from '../e2e/deployment.ts';
import type { Deployment } from '../e2e/flow.ts';

let deployment: Deployment;
let close: () => Promise<void>;

before(async () => {
  ({ deployment, close } = await startDeployment({ storage: 'memory' }));
  await deployment.createClient({ client_id: 'chosen', client_secret: 'a-secret-that-somebody-chose' });
  await deployment.createClient({ client_id: 'generated', client_secret: undefined });
});
after(() => close());

const ROUNDS = 40;
/** Without the work that stands for an unknown client's, the ratio is beyond 5. */
const NOISE = 1.6;

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Milliseconds that a refusal takes, the two in turn so that both have the same weather. */
async function medians(clients: readonly [string, string], ask: (client_id: string) => Promise<unknown>) {
  const times: [number[], number[]] = [[], []];
  for (const client of clients) await ask(client);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, client] of clients.entries()) {
      const started = performance.now();
      await ask(client);
      times[index]?.push(performance.now() - started);
    }
  }
  return [median(times[0]), median(times[1])] as const;
}

const post = async (client_id: string) => {
  const { status, body } = await deployment.token({
    grant_type: 'client_credentials',
    client_id,
    client_secret: 'a-guess-of-an-attacker',
  });
  assert.deepEqual([status, body.error], [401, 'invalid_client']);
  return body;
};

describe('RFC 6749 10.2: who a client is cannot be told', () => {
  for (const known of ['chosen', 'generated']) {
    it(`by the time that a refusal takes (a ${known} secret against no client)`, async () => {
      const [wrong, unknown] = await medians([known, 'nobody'], post);
      assert.ok(Math.max(wrong / unknown, unknown / wrong) < NOISE, `${wrong} ms and ${unknown} ms`);
    });
  }

  it('by what a refusal says', async () => {
    assert.deepEqual(await post('chosen'), await post('nobody'));
  });
});
