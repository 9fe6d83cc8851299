import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientOf } from '../../src/client/client.ts';
import { verifyPresentedSecret } from '../../src/client_auth/secret_guesses.ts';
import { findClient } from '../../src/store/clients.ts';
import { chosenEngine } from '../store/engines.ts';
import { startDeployment, startTogether } from './deployment.ts';
import { CREDENTIALS, type Deployment, type Json } from './flow.ts';
import { counted, isWrite } from './statements.ts';

type Test = { after(action: () => Promise<void>): void };

async function start(test: Test, client_secrets: Json = {}, trusted_proxies: string[] = ['127.0.0.1']) {
  const config = { gatehouse: { throttle: { client_secrets }, trusted_proxies } };
  const started = await startDeployment({ test, storage: 'memory', config: config as never });
  await started.deployment.createClient();
  return started;
}

type Try = { readonly address?: string; readonly client_id?: string; readonly secret?: string };

/** One try at the token endpoint, from an address that a proxy tells. */
async function attempt(
  { publicOrigin }: Deployment,
  { address, client_id = 'app', secret = 'a-wrong-secret' }: Try = {},
) {
  const response = await fetch(`${publicOrigin}/oauth2/token`, {
    method: 'POST',
    headers: { 'x-forwarded-for': address ?? '198.51.100.1' },
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret: secret }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
}

const RIGHT = { secret: CREDENTIALS.client_secret };

async function wrong(deployment: Deployment, times: number, more: Try = {}): Promise<void> {
  for (let time = 0; time < times; time++) assert.equal((await attempt(deployment, more)).status, 401, `${time}`);
}

describe('Guesses of client secrets', () => {
  it('RFC 6749 2.3.1: end after so many wrong ones, with the time to wait, and begin again after it', async (t) => {
    const { deployment, advance } = await start(t, { attempts: 3, window: '10m' });
    await wrong(deployment, 3);
    for (const secret of ['another', CREDENTIALS.client_secret]) {
      const { status, headers, body } = await attempt(deployment, { secret });
      assert.deepEqual([status, body.error], [429, 'too_many_requests']);
      assert.match(String(body.error_description), /Too many wrong client secrets: try again in \d+ seconds/);
      const wait = Number(headers.get('retry-after'));
      assert.ok(wait > 590 && wait <= 600, `${wait}`);
    }
    advance(600);
    assert.equal((await attempt(deployment, RIGHT)).status, 200);
    await wrong(deployment, 3);
  });

  it('lock nobody else out: not the client at another address, and not another client', async (t) => {
    const { deployment } = await start(t, { attempts: 2 });
    await deployment.createClient({ client_id: 'other' });
    await wrong(deployment, 2);
    assert.equal((await attempt(deployment, RIGHT)).status, 429);
    assert.equal((await attempt(deployment, { ...RIGHT, address: '198.51.100.2' })).status, 200);
    assert.equal((await attempt(deployment, { ...RIGHT, client_id: 'other' })).status, 200);
  });

  it('are counted for clients that do not exist as for one that does', async (t) => {
    const { deployment } = await start(t, { attempts: 2 });
    await wrong(deployment, 1, { client_id: 'nobody' });
    await wrong(deployment, 1, { client_id: 'nobody-else' });
    assert.equal((await attempt(deployment, { client_id: 'no-third' })).status, 429);
    assert.equal((await attempt(deployment, RIGHT)).status, 200);
  });

  it('are counted wherever a secret may stand, and refused at every endpoint that takes one', async (t) => {
    const { deployment } = await start(t, { attempts: 2 });
    await deployment.createClient({ client_id: 'basic', token_endpoint_auth_method: 'client_secret_basic' });
    const send = async (path: string, secret: string) => {
      const headers = {
        authorization: `Basic ${Buffer.from(`basic:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      };
      const body = 'token=x&client_id=basic';
      const response = await fetch(`${deployment.publicOrigin}${path}`, { method: 'POST', headers, body });
      const { error } = (await response.json()) as Json;
      return [response.status, error, Number(response.headers.get('retry-after')) > 0];
    };
    assert.deepEqual(await send('/oauth2/revoke', 'wrong'), [401, 'invalid_client', false]);
    assert.deepEqual(await send('/oauth2/device/auth', 'wrong'), [401, 'invalid_client', false]);
    for (const path of ['/oauth2/revoke', '/oauth2/device/auth']) {
      assert.deepEqual(await send(path, CREDENTIALS.client_secret), [429, 'too_many_requests', true], path);
    }
  });

  it('that come at once are hardly more', async (t) => {
    const { deployment } = await start(t, { attempts: 5 });
    const answers = await Promise.all(Array.from({ length: 60 }, () => attempt(deployment)));
    const tried = answers.filter(({ status }) => status === 401).length;
    assert.ok(tried >= 5 && tried < 30, `${tried} of 60`);
    assert.equal((await attempt(deployment, RIGHT)).status, 429);
  });

  it('are counted by all servers on one database: what one has refused, the other refuses after one try more', async (t) => {
    const config = { gatehouse: { throttle: { client_secrets: { attempts: 3 } }, trusted_proxies: ['127.0.0.1'] } };
    const [one = assert.fail(), other = assert.fail()] = await startTogether(t, chosenEngine('file'), config, config);
    await one.createClient();
    await wrong(one, 3);
    assert.equal((await attempt(other)).status, 429);
    assert.equal((await attempt(other, RIGHT)).status, 429);
  });

  it('cost no hash once they are refused', async (t) => {
    const { deployment } = await startDeployment({
      test: t,
      storage: 'memory',
      config: {
        gatehouse: { throttle: { client_secrets: { attempts: 1 } }, trusted_proxies: ['127.0.0.1'] },
        oauth2: { hashers: { algorithm: 'pbkdf2', pbkdf2: { iterations: 3_000_000 } } },
      },
    });
    await deployment.createClient();
    const timed = async (status: number) => {
      const began = performance.now();
      assert.equal((await attempt(deployment)).status, status);
      return performance.now() - began;
    };
    const [hashed, refused] = [await timed(401), await timed(429)];
    assert.ok(refused < hashed / 3, `${refused} ms after ${hashed} ms`);
  });

  it('are not counted where there is no limit', async (t) => {
    const { deployment } = await start(t, { attempts: 0 });
    const { statements } = await counted(() => wrong(deployment, 5));
    assert.deepEqual(statements.filter(isWrite), []);
  });

  it('are not counted by the address of a proxy that nobody told us of, which everybody shares', async (t) => {
    const { deployment } = await start(t, { attempts: 1 }, []);
    await wrong(deployment, 3);
    const direct = { ...CREDENTIALS, client_secret: 'wrong', grant_type: 'client_credentials' };
    assert.equal((await deployment.token(direct)).status, 401);
    assert.equal((await deployment.token(direct)).status, 429);
  });

  const request = { method: 'POST', path: '', query: '', params: {}, headers: {}, body: Buffer.alloc(0) };

  it('are not counted where a connection has no address, as on a socket of the file system', async (t) => {
    const { running } = await start(t, { attempts: 1 });
    for (let time = 0; time < 3; time++) {
      const isRight = await verifyPresentedSecret(running.server, { ...request, remote_address: '' }, 'x', undefined);
      assert.equal(isRight, false);
    }
  });

  it('that are all under way when the limit is reached do not learn whether they were right', async (t) => {
    const { running } = await start(t, { attempts: 3 });
    const { server } = running;
    const client = clientOf((await findClient(server.db.queries, 'app')) ?? assert.fail());
    const from = { ...request, remote_address: '198.51.100.1' };
    // They are hashed in their order, so that three of them have been counted long before the last one is known.
    const guesses = [...Array.from({ length: 200 }, () => 'wrong'), CREDENTIALS.client_secret];
    const outcomes = await Promise.allSettled(
      guesses.map((secret) => verifyPresentedSecret(server, from, secret, client)),
    );
    const right = outcomes.at(-1);
    assert.equal(right?.status === 'rejected' && right.reason.status, 429);
  });

  it('are a hundred in ten minutes by default, and cost one write each, and nothing once refused', async (t) => {
    const { deployment, running } = await start(t);
    assert.deepEqual(running.server.config.gatehouse.throttle.client_secrets, { attempts: 100, window: 600 });
    await wrong(deployment, 99);
    const last = await counted(() => attempt(deployment));
    assert.deepEqual([last.value.status, last.statements.length, last.statements.filter(isWrite).length], [401, 3, 1]);
    const refused = await counted(() => attempt(deployment));
    assert.deepEqual([refused.value.status, refused.statements.length], [429, 1]);
    const elsewhere = await counted(() => attempt(deployment, { ...RIGHT, address: '203.0.113.9' }));
    assert.deepEqual([elsewhere.value.status, elsewhere.statements.length], [200, 2]);
  });
});
