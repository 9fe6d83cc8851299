import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { SHARED_ENGINES } from '../store/engines.ts';
import { tablesOf } from './crowd.ts';
import { startDeployment } from './deployment.ts';

/** A server that is told to stop by `close`, with these times. */
const start = (delay: string, deadline: string) =>
  startDeployment({ storage: 'memory', config: { gatehouse: { shutdown: { delay, deadline } } } });

async function connection(origin: URL | string, t: TestContext): Promise<Socket & { received: string }> {
  const { hostname, port } = new URL(origin);
  const socket = Object.assign(connect(Number(port), hostname), { received: '' });
  socket.setEncoding('utf8').on('data', (text: string) => {
    socket.received += text;
  });
  socket.on('error', () => {});
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

const BODY = 'grant_type=client_credentials&client_id=app&client_secret=app-secret';
const HEAD = `POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${BODY.length}\r\n\r\n`;
const GET = 'GET /health/alive HTTP/1.1\r\nHost: x\r\n\r\n';

/** Until something has come. */
async function answer(socket: Socket & { received: string }): Promise<string> {
  for (let tries = 0; tries < 200 && socket.received === ''; tries++) await sleep(10);
  const { received } = socket;
  socket.received = '';
  return received;
}

async function took(work: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}

describe('a server that is told to stop', () => {
  it('is not ready at once, takes connections for the delay, and says on each that it is the last answer', async (t) => {
    const { deployment, close } = await start('500ms', '5s');
    const kept = await connection(deployment.publicOrigin, t);
    kept.write(GET);
    assert.match(await answer(kept), /^HTTP\/1\.1 200 /);
    const closed = close();
    const ready = await fetch(new URL('/health/ready', deployment.adminOrigin));
    assert.deepEqual(
      [ready.status, await ready.json()],
      [503, { errors: { shutdown: 'The server is shutting down.' } }],
    );
    assert.equal(ready.headers.get('connection'), 'close');
    kept.write(GET);
    assert.match(await answer(kept), /^HTTP\/1\.1 200 .*\r\nconnection: close\r\n/is);
    const alive = await fetch(new URL('/health/alive', deployment.publicOrigin));
    assert.deepEqual([alive.status, alive.headers.get('connection')], [200, 'close']);
    assert.ok((await took(closed)) < 2_000, 'nothing is running: nothing is waited for');
    await assert.rejects(fetch(new URL('/health/alive', deployment.publicOrigin)));
  });

  it('finishes what is running, and takes nothing new meanwhile', async (t) => {
    const { deployment, close } = await start('0s', '5s');
    await deployment.createClient();
    const running = await connection(deployment.publicOrigin, t);
    running.write(HEAD + BODY.slice(0, 10));
    await sleep(50);
    const closed = close();
    await sleep(50);
    await assert.rejects(fetch(new URL('/health/alive', deployment.publicOrigin)));
    running.write(BODY.slice(10));
    assert.match(await answer(running), /^HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*access_token/is);
    await closed;
  });

  it('cuts off at the deadline what is still running, and does not wait for who asks nothing', async (t) => {
    const { deployment, close } = await start('0s', '400ms');
    const stuck = await connection(deployment.publicOrigin, t);
    stuck.write(HEAD);
    await sleep(50);
    const waited = await took(close());
    assert.ok(waited > 350 && waited < 1_500, `${waited} ms`);
    assert.equal(stuck.received, '');

    const other = await start('0s', '5s');
    const silent = await connection(other.deployment.publicOrigin, t);
    const idle = await connection(other.deployment.publicOrigin, t);
    idle.write(GET);
    await answer(idle);
    const short = await took(Promise.all([other.close(), once(silent, 'close'), once(idle, 'close')]));
    assert.ok(short < 1_000, `${short} ms`);
  });
});

/** A client whose server hangs until it is told not to. */
async function startReceiver(t: TestContext) {
  const state = { requests: 0, isHanging: true };
  const server = createServer((_request, response) => {
    state.requests++;
    if (!state.isHanging) response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { state, uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bye` };
}

for (const engine of SHARED_ENGINES) {
  it(`OpenID Connect Back-Channel Logout: what a stop cuts off, the next server sends at once (${engine.name})`, async (t) => {
    const { dsn, drop } = await engine.create();
    t.after(drop);
    const receiver = await startReceiver(t);
    const until = async (isTrue: () => boolean) => {
      for (let tries = 0; tries < 200 && !isTrue(); tries++) await sleep(20);
      assert.ok(isTrue(), JSON.stringify(receiver.state));
    };
    const first = await startDeployment({ storage: 'file', dsn });
    let isOpen = true;
    t.after(() => (isOpen ? first.close() : undefined));
    await first.deployment.createClient({ backchannel_logout_uri: receiver.uri });
    const { searchParams } = await first.deployment.authorize({ login: { remember: true, remember_for: 3600 } });
    const { body } = await first.deployment.exchange(searchParams.get('code') ?? '');
    const { sid } = decodeJwt(String(body.id_token));
    await first.deployment.admin('DELETE', `/admin/oauth2/auth/sessions/login?sid=${sid}`);
    await until(() => receiver.state.requests === 1);
    isOpen = false;
    await first.close();

    receiver.state.isHanging = false;
    const second = await startDeployment({ storage: 'file', dsn, test: t });
    await until(() => receiver.state.requests === 2);
    const queued = () => tablesOf(second.running.server.db).count('logout_notifications');
    for (let tries = 0; tries < 100 && (await queued()) > 0; tries++) await sleep(20);
    assert.equal(await queued(), 0);
  });
}
