import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startDeployment } from './deployment.ts';
import { CREDENTIALS, type Deployment, type Json } from './flow.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
const TV = { grant_types: [GRANT_TYPE, 'refresh_token'] };

type Test = { after(action: () => Promise<void>): void };

const limits = (user_codes: Json, trusted_proxies: string[] = []) => ({
  gatehouse: { throttle: { user_codes }, trusted_proxies },
});

async function start(test: Test, config: Json = {}) {
  const started = await startDeployment({ test, storage: 'memory', config: config as never });
  await started.deployment.createClient(TV);
  return started;
}

async function device(deployment: Deployment): Promise<{ device_code: string; user_code: string }> {
  const body = new URLSearchParams({ ...CREDENTIALS, scope: 'openid' });
  const response = await fetch(`${deployment.publicOrigin}/oauth2/device/auth`, { method: 'POST', body });
  return (await response.json()) as { device_code: string; user_code: string };
}

/** A visit to the device page, from an address that a proxy tells. */
async function visit(deployment: Deployment, address = '198.51.100.1'): Promise<string> {
  const headers = { 'x-forwarded-for': address };
  const response = await fetch(`${deployment.publicOrigin}/oauth2/device/verify`, { redirect: 'manual', headers });
  return new URL(response.headers.get('location') ?? '').searchParams.get('device_challenge') ?? assert.fail();
}

const guess = (deployment: Deployment, device_challenge: string, user_code: string) =>
  deployment.admin('PUT', `/admin/oauth2/auth/requests/device/accept?${new URLSearchParams({ device_challenge })}`, {
    user_code,
  });

async function wrong(deployment: Deployment, challenge: string, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    assert.equal((await guess(deployment, challenge, `wrong-${time}`)).status, 400);
  }
}

const poll = async (deployment: Deployment, device_code: string) =>
  (await deployment.token({ ...CREDENTIALS, grant_type: GRANT_TYPE, device_code })).body.error;

describe('RFC 8628 5.1: guesses of user codes', () => {
  it('5.1: end after ten wrong ones in one visit, with the time to wait, and begin again after it', async (t) => {
    const { deployment, advance } = await start(t);
    const { user_code } = await device(deployment);
    const challenge = await visit(deployment);
    await wrong(deployment, challenge, 10);
    const refused = await guess(deployment, challenge, user_code);
    assert.equal(refused.status, 429);
    assert.equal(refused.body.error, 'too_many_requests');
    assert.match(String(refused.body.error_description), /try again in \d+ seconds/);
    const wait = Number(refused.headers.get('retry-after'));
    assert.ok(wait > 590 && wait <= 600, `${wait}`);
    advance(wait);
    assert.equal((await guess(deployment, challenge, (await device(deployment)).user_code)).status, 200);
  });

  it('never lock a device out: its code works in another visit, and from another address', async (t) => {
    const { deployment } = await start(t, limits({ attempts: 2, attempts_per_address: 3 }, ['127.0.0.1']));
    const { user_code } = await device(deployment);
    const [first, second] = [await visit(deployment), await visit(deployment)];
    await wrong(deployment, first, 2);
    assert.equal((await guess(deployment, first, user_code)).status, 429);
    assert.equal((await guess(deployment, second, user_code)).status, 200);
    await wrong(deployment, second, 1);
    assert.equal((await guess(deployment, await visit(deployment), user_code)).status, 429);
    assert.equal((await guess(deployment, await visit(deployment, '198.51.100.2'), user_code)).status, 200);
  });

  it('are counted by the address of the connection where nobody trusts who says another', async (t) => {
    const { deployment } = await start(t, limits({ attempts_per_address: 1 }, ['10.0.0.0/8']));
    await wrong(deployment, await visit(deployment, '198.51.100.1'), 1);
    assert.equal((await guess(deployment, await visit(deployment, '198.51.100.2'), 'wrong')).status, 429);
  });

  it('are not counted where there is no limit', async (t) => {
    const { deployment } = await start(t, limits({ attempts: 0, attempts_per_address: 0 }));
    await wrong(deployment, await visit(deployment), 30);
  });
});

describe('RFC 8628 3.5: polling', () => {
  it('3.5: too fast is answered with slow_down, and each time with five seconds more', async (t) => {
    const { deployment, advance } = await start(t);
    const { device_code } = await device(deployment);
    assert.equal(await poll(deployment, device_code), 'authorization_pending');
    advance(5);
    assert.equal(await poll(deployment, device_code), 'authorization_pending');
    advance(2);
    assert.equal(await poll(deployment, device_code), 'slow_down');
    advance(5);
    assert.equal(await poll(deployment, device_code), 'slow_down');
    advance(15);
    assert.equal(await poll(deployment, device_code), 'authorization_pending');
    advance(10);
    assert.equal(await poll(deployment, device_code), 'slow_down');
  });

  it('3.5: of one device does not slow another down, nor does the poll of another client', async (t) => {
    const { deployment } = await start(t);
    await deployment.createClient({ ...TV, client_id: 'other' });
    const [one, two] = [await device(deployment), await device(deployment)];
    const other = { ...CREDENTIALS, client_id: 'other', grant_type: GRANT_TYPE, device_code: two.device_code };
    assert.equal(await poll(deployment, one.device_code), 'authorization_pending');
    assert.equal((await deployment.token(other)).body.error, 'authorization_pending');
    assert.equal(await poll(deployment, two.device_code), 'authorization_pending');
  });

  it('3.2: at any pace is fine where no interval is announced', async (t) => {
    const { deployment } = await start(t, { oauth2: { device_authorization: { token_polling_interval: '0s' } } });
    const { device_code } = await device(deployment);
    for (let time = 0; time < 3; time++) assert.equal(await poll(deployment, device_code), 'authorization_pending');
  });
});

it('RFC 8628 3.1: takes an empty parameter for none', async (t) => {
  const { deployment } = await start(t);
  const body = new URLSearchParams({ ...CREDENTIALS, scope: '', audience: '' });
  const response = await fetch(`${deployment.publicOrigin}/oauth2/device/auth`, { method: 'POST', body });
  assert.equal(response.status, 200);
});

it('RFC 8628 6.1: user codes have no two characters that look like each other', async (t) => {
  const { deployment } = await start(t);
  const codes = await Promise.all(Array.from({ length: 200 }, async () => (await device(deployment)).user_code));
  const used = new Set(codes.join(''));
  for (const alike of ['0Oo', '1lI', '2Z', '5S', '8B']) {
    const both = [...alike].filter((character) => used.has(character));
    assert.ok(both.length <= 1, `${both}`);
  }
  assert.equal(new Set(codes).size, codes.length);
});
