import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as client from 'openid-client';
import type { JsonObject } from '../../src/lib/json.ts';
import { startDeployment } from './deployment.ts';
import { approve, loginForDevice, nameDevice, poll, TV } from './device.ts';
import { CREDENTIALS, type Deployment, type Json } from './flow.ts';

type Wanted = {
  readonly test: TestContext;
  readonly config?: JsonObject;
  /** What happens while the device waits, by the number of the wait. */
  readonly during?: Readonly<Record<number, (deployment: Deployment, device: Json) => Promise<unknown>>>;
};

type Outcome = {
  readonly deployment: Deployment;
  readonly tokens: client.TokenEndpointResponse | undefined;
  /** The error that ended the polling. */
  readonly error: string | undefined;
  /** Seconds between the questions. */
  readonly waits: readonly number[];
  /** What each question was answered. */
  readonly answers: readonly string[];
};

/** openid-client polls for a device; the time that it waits passes at the server alone. */
async function pollToEnd({ test, config = {}, during = {} }: Wanted): Promise<Outcome> {
  const { deployment, advance } = await startDeployment({ test, storage: 'memory', config });
  await deployment.createClient(TV);
  const answers: string[] = [];
  const device = await discover(deployment, async (response) => {
    if (!response.url.endsWith('/oauth2/token')) return;
    const { error = 'tokens' } = (await response.clone().json()) as { error?: string };
    answers.push(error);
  });
  const codes = await client.initiateDeviceAuthorization(device, { scope: 'openid offline_access' });
  const waits = passTime(test, async (seconds) => {
    advance(seconds);
    await during[waits.length]?.(deployment, codes as unknown as Json);
  });
  try {
    const tokens = await client.pollDeviceAuthorizationGrant(device, codes);
    return { deployment, tokens, error: undefined, waits, answers };
  } catch (error) {
    if (!(error instanceof client.ResponseBodyError)) throw error;
    return { deployment, tokens: undefined, error: error.error, waits, answers };
  }
}

/** The issuer's name leads nowhere: requests go to the address of the test's server. */
function discover({ issuer, publicOrigin }: Deployment, hear: (response: Response) => Promise<void>) {
  const customFetch = async (url: string, options: object) => {
    const { pathname, search } = new URL(url);
    const response = await fetch(`${publicOrigin}${pathname}${search}`, options);
    await hear(response);
    return response;
  };
  return client.discovery(
    new URL(issuer),
    CREDENTIALS.client_id,
    undefined,
    client.ClientSecretPost(CREDENTIALS.client_secret),
    { execute: [client.allowInsecureRequests], [client.customFetch]: customFetch as client.CustomFetch },
  );
}

/** The waits of openid-client, and of nobody else, end when `pass` is done. Returns the list of them, in seconds. */
function passTime(test: TestContext, pass: (seconds: number) => Promise<void>): number[] {
  const waits: number[] = [];
  const { setTimeout: sleep } = globalThis;
  const quickly = (done: () => void, delay = 0, ...passed: []) => {
    if (!new Error().stack?.includes('/openid-client/')) return sleep(done, delay, ...passed);
    waits.push(delay / 1000);
    return void pass(delay / 1000).then(done);
  };
  test.mock.method(globalThis, 'setTimeout', quickly as typeof setTimeout);
  return waits;
}

const reject = (deployment: Deployment, kind: string, challenge: string) =>
  deployment.admin('PUT', `/admin/oauth2/auth/requests/${kind}/reject?${kind}_challenge=${challenge}`, {
    error: 'access_denied',
  });

/** The person refuses, where the app asks whether they are who they are, or whether they agree. */
const DENIALS = {
  login: async (deployment: Deployment, device: Json) => {
    const browser = deployment.browser();
    const { body } = await reject(deployment, 'login', await nameDevice(deployment, browser, device));
    return browser.get(String(body.redirect_to));
  },
  consent: async (deployment: Deployment, device: Json) => {
    const browser = deployment.browser();
    const { body } = await reject(deployment, 'consent', await loginForDevice(deployment, browser, device));
    return browser.get(String(body.redirect_to));
  },
};

describe('RFC 8628: openid-client polls for a device', () => {
  it('3.4: at the interval that it was given, until the person has approved', async (test) => {
    const { deployment, tokens, waits, answers } = await pollToEnd({ test, during: { 3: approve } });
    assert.deepEqual(waits, [5, 5, 5]);
    assert.deepEqual(answers, ['authorization_pending', 'authorization_pending', 'tokens']);
    assert.equal((await deployment.introspect(tokens?.access_token)).sub, 'user-1');
    assert.equal((await deployment.refresh(tokens?.refresh_token)).status, 200);
  });

  it('3.5: slows down when it is told to, and then is in time', async (test) => {
    // Its owner started it twice: the other one has just asked.
    const { tokens, waits, answers } = await pollToEnd({ test, during: { 1: poll, 5: approve } });
    assert.deepEqual(answers, ['slow_down', 'authorization_pending', 'tokens']);
    // The client waits ten seconds in two steps.
    assert.deepEqual(waits, [5, 5, 5, 5, 5]);
    assert.ok(tokens?.access_token);
  });

  for (const [where, deny] of Object.entries(DENIALS)) {
    const config = { gatehouse: { device_authorization: { tell_denial: true } } };
    it(`3.5: learns that the person refused at the ${where}, and stops`, async (test) => {
      const { deployment, error, answers } = await pollToEnd({ test, config, during: { 2: deny } });
      assert.equal(error, 'access_denied');
      assert.deepEqual(answers, ['authorization_pending', 'access_denied']);
      const { body } = await deployment.admin('GET', '/admin/oauth2/auth/sessions/consent?subject=user-1');
      assert.deepEqual(body, []);
    });

    it(`is not told of a refusal at the ${where} unless the configuration says so`, async (test) => {
      const limited = { ttl: { device_user_code: '20s' } };
      const { error, answers } = await pollToEnd({ test, config: limited, during: { 2: deny } });
      assert.equal(error, 'expired_token');
      assert.deepEqual(answers.slice(0, 3), Array(3).fill('authorization_pending'));
    });
  }

  it('3.5: after a refusal the code is spent: nobody approves it any more', async (test) => {
    const config = { gatehouse: { device_authorization: { tell_denial: true } } };
    const denyAndApprove = async (deployment: Deployment, device: Json) => {
      const browser = deployment.browser();
      const consent_challenge = await loginForDevice(deployment, browser, device);
      const redirect_to = await deployment.acceptConsent(consent_challenge);
      await DENIALS.consent(deployment, device);
      assert.equal((await browser.get(redirect_to)).status, 403);
    };
    const { error } = await pollToEnd({ test, config, during: { 1: denyAndApprove } });
    assert.equal(error, 'access_denied');
  });

  it('3.5: stops when its code has expired', async (test) => {
    const { error, answers } = await pollToEnd({ test, config: { ttl: { device_user_code: '12s' } } });
    assert.equal(error, 'expired_token');
    assert.deepEqual(answers, ['authorization_pending', 'authorization_pending', 'expired_token']);
  });
});
