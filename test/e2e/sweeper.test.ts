import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../src/lib/json.ts';
import { LEAST_KEEP } from '../../src/store/still_needed.ts';
import { countExpired, EVERYTHING } from '../../src/store/sweep.ts';
import { startDeployment } from './deployment.ts';
import { CREDENTIALS, type Deployment } from './flow.ts';

const MONTH = 31 * 24 * 3600;
const HOUR = 3600;

const sweeper = (settings: JsonObject = {}) => ({ gatehouse: { sweeper: { interval: '500ms', ...settings } } });

async function started(test: { after(action: () => Promise<void>): void }, config: JsonObject) {
  const { deployment, running, advance } = await startDeployment({ test, storage: 'memory', config });
  await deployment.createClient();
  const { server } = running;
  /** Rows that a sweeper would delete now. */
  const expired = async (): Promise<number> => {
    const order = { now: Math.floor(server.now() / 1000), keep: 0, limit: 10_000 };
    const counts = await Promise.all(EVERYTHING.map((table) => countExpired(server.db, table, order)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const untilSwept = async (): Promise<void> => {
    for (let attempt = 0; attempt < 200; attempt++) {
      if ((await expired()) === 0) return;
      await sleep(50);
    }
    assert.fail('what has expired is still there');
  };
  const metric = async (name: string): Promise<number> => {
    const response = await fetch(new URL('/admin/metrics/prometheus', deployment.adminOrigin));
    const lines = (await response.text()).split('\n').filter((line) => line.startsWith(name));
    assert.ok(lines.length > 0, name);
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
  return { deployment, advance, expired, untilSwept, metric };
}

/** Everything that one person and one machine do. */
async function live(deployment: Deployment): Promise<string[]> {
  const first = await deployment.login();
  const refreshed = await deployment.refresh(first.refresh_token);
  assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
  const machine = await deployment.token({ ...CREDENTIALS, grant_type: 'client_credentials' });
  assert.equal(machine.status, 200);
  return [refreshed.body.access_token, refreshed.body.refresh_token, machine.body.access_token].map(String);
}

describe('the sweeper of a server', () => {
  it('deletes what has expired while flows run, and nothing of theirs', async (t) => {
    const { deployment, advance, expired, untilSwept, metric } = await started(t, sweeper({ batch: 3 }));
    const crowd = (size: number) => Promise.all(Array.from({ length: size }, () => live(deployment)));
    const old = (await crowd(12)).flat();
    assert.equal(await expired(), 0);
    advance(MONTH);
    const before = await expired();
    assert.ok(before >= 12 * 5, `only ${before} rows have expired`);
    const young: string[] = [];
    do young.push(...(await crowd(4)).flat());
    while ((await expired()) > 0);
    for (const token of young) assert.equal(await deployment.isActive(token), true);
    for (const token of old) assert.equal(await deployment.isActive(token), false);
    await untilSwept();
    assert.ok((await metric('gatehouse_sweeper_deleted_rows_total')) >= before);
    assert.equal(await metric('gatehouse_sweeper_is_leader'), 1);
    assert.ok((await metric('gatehouse_sweeper_last_round_timestamp_seconds')) > 0);
  });

  it('RFC 6749 4.1.2: forgets no used code while its tokens live', async (t) => {
    const { deployment, advance, untilSwept } = await started(t, sweeper());
    const code = await deployment.code();
    const { body } = await deployment.exchange(code);
    advance(2 * HOUR);
    await untilSwept();
    const refreshed = await deployment.refresh(body.refresh_token);
    assert.equal(await deployment.isActive(String(refreshed.body.refresh_token)), true);
    assert.equal((await deployment.exchange(code)).body.error, 'invalid_grant');
    assert.equal(await deployment.isActive(String(refreshed.body.refresh_token)), false);
  });

  it('RFC 9700 4.14.2: forgets no used refresh token while it could have been used', async (t) => {
    const { deployment, advance, untilSwept } = await started(t, sweeper());
    const { refresh_token } = await deployment.login();
    const refreshed = await deployment.refresh(refresh_token);
    advance(29 * 24 * HOUR);
    await untilSwept();
    assert.equal((await deployment.refresh(refresh_token)).body.error, 'invalid_grant');
    assert.equal(await deployment.isActive(String(refreshed.body.refresh_token)), false);
  });

  it('keeps what a person granted in the list, and lets it be the reason to skip', async (t) => {
    const { deployment, advance, untilSwept } = await started(t, sweeper());
    const list = async () =>
      (await deployment.admin('GET', '/admin/oauth2/auth/sessions/consent?subject=user-1'))
        .body as unknown as unknown[];
    const browser = deployment.browser();
    const remember = { remember: true };
    await deployment.authorize({ browser, login: remember, consent: remember });
    await deployment.authorize({ browser, consent: remember });
    advance(MONTH);
    await untilSwept();
    assert.equal((await list()).length, 1);
    await deployment.authorize({ browser: deployment.browser(), login: remember });
    assert.equal((await list()).length, 1);
  });

  it('does nothing where it is switched off', async (t) => {
    const { deployment, advance, expired } = await started(t, sweeper({ enabled: false }));
    await deployment.login();
    advance(MONTH);
    const before = await expired();
    await sleep(1_200);
    assert.equal(await expired(), before);
    assert.ok(before > 0);
  });

  it('keeps what has expired for as long as it is told', async (t) => {
    const { deployment, advance, expired, metric } = await started(t, sweeper({ keep: '2000h' }));
    await deployment.login();
    advance(MONTH + LEAST_KEEP);
    while ((await metric('gatehouse_sweeper_is_leader')) === 0) await sleep(50);
    assert.ok((await expired()) > 0);
  });

  it('RFC 7591: deletes a registration that nobody used, where that is configured', async (t) => {
    const { deployment, advance } = await started(t, {
      oidc: { dynamic_client_registration: { enabled: true } },
      ...sweeper({ idle_registrations: '720h' }),
    });
    const register = async () => {
      const response = await fetch(new URL('/oauth2/register', deployment.publicOrigin), {
        method: 'POST',
        body: JSON.stringify({ redirect_uris: ['https://app.example.com/cb'] }),
      });
      return ((await response.json()) as { client_id: string }).client_id;
    };
    const exists = async (client_id: string) =>
      (await deployment.admin('GET', `/admin/clients/${client_id}`)).status === 200;
    const idle = await register();
    advance(MONTH);
    const fresh = await register();
    for (let attempt = 0; attempt < 200 && (await exists(idle)); attempt++) await sleep(50);
    assert.deepEqual([await exists(idle), await exists(fresh), await exists('app')], [false, true, true]);
  });
});
