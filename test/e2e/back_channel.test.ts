import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { loadConfig } from '../../src/config/load.ts';
import { startServer } from '../../src/server.ts';
import { OF_A_TEST } from '../store/query_plans.ts';
import { startDeployment } from './deployment.ts';
import { Deployment } from './flow.ts';
import { Receiver, until } from './receiver.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** A person logs in at these clients, in one browser. Returns the session. */
async function logIn(deployment: Deployment, clients: readonly string[], subject = 'user-1'): Promise<string> {
  const browser = deployment.browser();
  let sid = '';
  for (const client_id of clients) {
    const login = { subject, remember: true, remember_for: 3600 };
    const answer = await deployment.authorize({ browser, login, parameters: { client_id } });
    const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '', { client_id });
    sid = String(decodeJwt(String(body.id_token)).sid);
  }
  return sid;
}

async function logOut(deployment: Deployment, sid: string): Promise<void> {
  const started = performance.now();
  assert.equal((await deployment.admin('DELETE', `/admin/oauth2/auth/sessions/login?sid=${sid}`)).status, 204);
  assert.ok(performance.now() - started < 2000, 'the person waited for a client');
}

/** Of what is in the queue. */
const attempts = async ({ server }: Awaited<ReturnType<typeof startServer>>): Promise<number[]> =>
  (await server.db.queries.selectFrom('logout_notifications').select('attempts').modifyFront(OF_A_TEST).execute()).map(
    (row) => row.attempts,
  );

describe('OpenID Connect Back-Channel Logout: the logout token', () => {
  it('2.4, 2.6: is a signed JWT of its own type, for one client, one session and two minutes', async (t) => {
    const { deployment, advance } = await startDeployment({ test: t, storage: 'memory' });
    const receiver = await Receiver.start(t);
    await deployment.createClient({ backchannel_logout_uri: receiver.uri });
    const sid = await logIn(deployment, ['app']);
    receiver.status = 503;
    await logOut(deployment, sid);
    await until(() => receiver.told.length === 1);
    receiver.status = 200;
    advance(20);
    await logOut(deployment, await logIn(deployment, ['app']));
    await until(() => receiver.told.length === 3);
    const keys = await fetch(`${deployment.publicOrigin}/.well-known/jwks.json`);
    const jwks = createLocalJWKSet((await keys.json()) as JSONWebKeySet);
    const verified = await Promise.all(
      receiver.told.map((token) =>
        jwtVerify(token, jwks, {
          issuer: deployment.issuer,
          audience: 'app',
          typ: 'logout+jwt',
          algorithms: ['RS256'],
          requiredClaims: ['iat', 'exp', 'jti', 'sid', 'events'],
          currentDate: deployment.now(),
        }),
      ),
    );
    for (const { payload } of verified) {
      assert.deepEqual(payload.events, { [EVENT]: {} });
      assert.deepEqual([payload.nonce, payload.sub], [undefined, undefined]);
      assert.equal(Number(payload.exp) - Number(payload.iat), 120);
    }
    const [first, second] = verified.filter(({ payload }) => payload.sid === sid).map(({ payload }) => payload);
    assert.equal(first?.jti, second?.jti, 'a second attempt is the same logout');
    assert.ok(Number(second?.iat) >= Number(first?.iat) + 20, 'a second attempt is signed anew');
    assert.equal(new Set(verified.map(({ payload }) => payload.jti)).size, 2);
  });
});

describe('OpenID Connect Back-Channel Logout 2.5: delivery', () => {
  it('to a client that hangs delays no other client, nor the person, and takes two connections', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    const [slow, quick] = [await Receiver.start(t), await Receiver.start(t)];
    slow.status = undefined;
    await deployment.createClient({ client_id: 'slow', backchannel_logout_uri: slow.uri });
    await deployment.createClient({ client_id: 'quick', backchannel_logout_uri: quick.uri });
    const sessions: string[] = [];
    for (let person = 0; person < 20; person++) sessions.push(await logIn(deployment, ['slow'], `user-${person}`));
    for (const sid of sessions) await logOut(deployment, sid);
    await until(() => slow.open.length === 2);
    await logOut(deployment, await logIn(deployment, ['slow', 'quick'], 'other'));
    await until(() => quick.told.length === 1);
    assert.equal(slow.told.length, 2);
    slow.release();
    await until(() => slow.told.length === 21);
    assert.equal(new Set(slow.told.map((token) => decodeJwt(token).sid)).size, 21);
  });

  it('goes to sixteen clients at once, and to the others after them', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    const receiver = await Receiver.start(t);
    receiver.status = undefined;
    const clients = Array.from({ length: 20 }, (_, at) => `app-${at}`);
    for (const client_id of clients) {
      await deployment.createClient({ client_id, backchannel_logout_uri: `${receiver.uri}/${client_id}` });
    }
    await logOut(deployment, await logIn(deployment, clients));
    await until(() => receiver.open.length === 16);
    await sleep(200);
    assert.equal(receiver.told.length, 16);
    receiver.release();
    await until(() => receiver.told.length === 20);
    assert.deepEqual(receiver.told.flatMap((token) => decodeJwt(token).aud).sort(), clients.sort());
  });

  it('is tried five times, further and further apart, and a 400 ends it at once', async (t) => {
    const { deployment, advance } = await startDeployment({ test: t, storage: 'memory' });
    const [failing, refusing, working] = [await Receiver.start(t), await Receiver.start(t), await Receiver.start(t)];
    failing.status = 503;
    refusing.status = 400;
    for (const [client_id, receiver] of Object.entries({ failing, refusing, working })) {
      await deployment.createClient({ client_id, backchannel_logout_uri: receiver.uri });
    }
    await logOut(deployment, await logIn(deployment, ['failing', 'refusing']));
    await until(() => failing.told.length + refusing.told.length === 2);
    /** Whoever logs out next makes the server look at the queue. */
    const look = async () => {
      const before = working.told.length;
      await logOut(deployment, await logIn(deployment, ['working']));
      await until(() => working.told.length > before);
      await sleep(100);
      return failing.told.length;
    };
    const counts: number[] = [];
    for (const pause of [5, 10, 60, 300, 1800, 86_400]) {
      advance(pause);
      counts.push(await look());
    }
    assert.deepEqual(counts, [1, 2, 3, 4, 5, 5]);
    assert.equal(refusing.told.length, 1);
  });

  it('does not go where requests may not go', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-back-channel-'));
    t.after(async () => rmSync(folder, { recursive: true }));
    const receiver = await Receiver.start(t);
    const open = await startOn(folder, 0);
    await open.deployment.createClient({ backchannel_logout_uri: receiver.uri });
    const sid = await logIn(open.deployment, ['app']);
    await open.close();
    const guarded = await startOn(folder, 0, { clients: { http: { disallow_private_ip_ranges: true } } });
    await logOut(guarded.deployment, sid);
    await sleep(500);
    assert.deepEqual(receiver.told, []);
    assert.deepEqual(await attempts(guarded.running), [1]);
    await guarded.close();
  });

  it('survives a restart: what was on its way, and what nobody had begun, arrives once', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-back-channel-'));
    t.after(async () => rmSync(folder, { recursive: true }));
    const receiver = await Receiver.start(t);
    receiver.status = undefined;
    const first = await startOn(folder, 0);
    await first.deployment.createClient({ backchannel_logout_uri: receiver.uri });
    const sessions: string[] = [];
    for (let person = 0; person < 5; person++) sessions.push(await logIn(first.deployment, ['app'], `user-${person}`));
    for (const sid of sessions) await logOut(first.deployment, sid);
    await until(() => receiver.open.length === 2);
    const started = performance.now();
    await first.close();
    assert.ok(performance.now() - started < 5000, 'the end waited for a client');
    receiver.told.length = 0;
    receiver.release();
    const second = await startOn(folder, 15);
    await until(() => receiver.told.length === 5);
    assert.deepEqual(receiver.told.map((token) => decodeJwt(token).sid).sort(), sessions.sort());
    for (let look = 0; look < 100 && (await attempts(second.running)).length > 0; look++) await sleep(25);
    assert.deepEqual(await attempts(second.running), []);
    await second.close();
    const third = await startOn(folder, 86_400);
    await sleep(200);
    assert.equal(receiver.told.length, 5);
    await third.close();
  });
});

/** A server on a file that outlives it, with a clock that is ahead. */
async function startOn(folder: string, ahead: number, more: Record<string, unknown> = {}) {
  const now = () => Date.now() + ahead * 1000;
  const { config } = loadConfig({
    files: [],
    env: {},
    flags: { dev: true },
    forced: {
      dsn: `sqlite://${join(folder, 'test.sqlite')}`,
      serve: { public: { host: '127.0.0.1', port: 0 }, admin: { host: '127.0.0.1', port: 0 } },
      secrets: { system: ['a-secret-that-only-tests-use'] },
      log: { level: 'error' },
      urls: { self: { issuer: 'http://issuer.test/' }, login: 'https://apps.example.com/login' },
      ...more,
    } as never,
  });
  const running = await startServer(config, { listeners: ['public', 'admin'], now });
  const deployment = new Deployment(running.addresses, config.urls.self.issuer, now);
  return { running, deployment, close: () => running.close() };
}
