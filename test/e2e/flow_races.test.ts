import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chosenEngine } from '../store/engines.ts';
import type { Answer, Browser } from './browser.ts';
import { CROWD, crowd, ROUNDS, startRace, tally } from './crowd.ts';
import { startDeployment } from './deployment.ts';
import { loginForDevice, poll, startDevice, TV } from './device.ts';
import type { Deployment } from './flow.ts';

/** What the client learns: a code, or an error. */
const outcomeOf = ({ location }: Answer) => {
  const error = location.searchParams.get('error');
  return error === null && location.searchParams.has('code') ? 'code' : error;
};

const outcomes = (answers: readonly Answer[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(answers, outcomeOf)].map(([outcome, all]) => [outcome, all.length]));

/** From one login to the address with which the browser completes the flow. */
async function consentOf(deployment: Deployment, browser: Browser, redirect_to: string): Promise<string> {
  const { location } = await browser.get(redirect_to);
  return deployment.acceptConsent(location.searchParams.get('consent_challenge') ?? assert.fail(`${location}`));
}

async function acceptedLogin(deployment: Deployment, browser: Browser): Promise<string> {
  const { location } = await browser.get(deployment.authorizeUrl());
  return deployment.acceptLogin(location.searchParams.get('login_challenge') ?? assert.fail(`${location}`));
}

describe(`races of ${CROWD} who complete a flow, ${ROUNDS} times`, () => {
  it('OpenID Connect Core 3.1.2.5: however often the browser brings the consent, there is one code', async (test) => {
    const { deployment, count, chains, clear } = await startRace(test);
    for (let round = 0; round < ROUNDS; round++) {
      const browser = deployment.browser();
      const redirect_to = await consentOf(deployment, browser, await acceptedLogin(deployment, browser));
      const answers = await crowd(() => browser.get(redirect_to));
      assert.deepEqual(outcomes(answers), { code: 1, access_denied: CROWD - 1 });
      assert.deepEqual(await chains(), ['authorization_code']);
      assert.equal(await count('consents'), 1);
      await clear('tokens', 'consents');
    }
  });

  it('of two browsers that finish one login request one gets a code', async (test) => {
    const { deployment, count, chains, clear } = await startRace(test);
    for (let round = 0; round < ROUNDS; round++) {
      const [one, other] = [deployment.browser(), deployment.browser()];
      const login = await acceptedLogin(deployment, one);
      for (const [name, value] of one.cookies) other.cookies.set(name, value);
      const consents = [await consentOf(deployment, one, login), await consentOf(deployment, other, login)] as const;
      const answers = await crowd((at) => (at % 2 === 0 ? one.get(consents[0]) : other.get(consents[1])));
      assert.deepEqual(outcomes(answers), { code: 1, access_denied: CROWD - 1 });
      assert.deepEqual(await chains(), ['authorization_code']);
      assert.equal(await count('consents'), 1);
      await clear('tokens', 'consents');
    }
  });

  it('RFC 8628 3.5: of two who approve a device one does, while it polls, and it gets tokens once', async (test) => {
    const { deployment, count, chains, clear } = await startRace(test, { client: TV });
    for (let round = 0; round < ROUNDS; round++) {
      const device = await startDevice(deployment);
      const browsers = [deployment.browser(), deployment.browser()] as const;
      const approvals = await Promise.all(
        browsers.map(async (browser) => deployment.acceptConsent(await loginForDevice(deployment, browser, device))),
      );
      const [polls, visits] = await Promise.all([
        crowd(() => poll(deployment, device), CROWD / 2),
        crowd((at) => browsers[at % 2 === 0 ? 0 : 1].get(approvals[at % 2] ?? ''), CROWD / 2),
      ]);
      const statuses = Object.groupBy(visits, ({ status }) => status);
      assert.deepEqual([statuses[302]?.length, statuses[403]?.length], [1, CROWD / 2 - 1]);
      const last = await poll(deployment, device);
      const counts = tally([...polls, last]);
      assert.equal(counts['200'], 1, JSON.stringify(counts));
      for (const answer of Object.keys(counts)) {
        assert.match(answer, /^(200|400 (authorization_pending|slow_down|invalid_grant))$/);
      }
      assert.deepEqual(await chains(), ['access_token, refresh_token']);
      assert.deepEqual([await count('consents'), await count('device_codes')], [1, 0]);
      await clear('tokens', 'consents');
    }
  });

  // Two of SQLite. Where another engine is chosen it is the same for both.
  const storages = new Map((['memory', 'file'] as const).map((storage) => [chosenEngine(storage).name, storage]));
  for (const [engine, storage] of storages) {
    it(`16 whole flows at once finish (${engine})`, async (test) => {
      const { deployment } = await startDeployment({ test, storage });
      await deployment.createClient();
      for (let round = 0; round < 3; round++) {
        const flows = await crowd(() => deployment.login(), 16);
        for (const { access_token, refresh_token } of flows) {
          assert.equal(await deployment.isActive(access_token), true);
          assert.equal(await deployment.isActive(refresh_token), true);
        }
      }
    });
  }
});
