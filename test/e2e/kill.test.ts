import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Deployment, type Tokens } from './flow.ts';

const ROUNDS = 10;
const CLIENTS = 8;

/** What the clients of one round were given, and what they know of it. */
type Received = { readonly code: string; tokens: Tokens | undefined; isSettled: boolean };

/** `kill -9` in the middle of traffic: whatever was answered is kept, whatever is single-use stays so. */
it(`kill -9 during a load of whole flows, ${ROUNDS} rounds, loses no token and redeems no code twice`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-kill-'));
  const ports = [await freePort(), await freePort()] as const;
  const issuer = `http://127.0.0.1:${ports[0]}`;
  const deployment = new Deployment({ public: issuer, admin: `http://127.0.0.1:${ports[1]}` }, issuer);
  let server = await start(deployment, folder, ports);
  await deployment.createClient();
  let answered = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const received: Received[] = [];
    const load = Promise.all(Array.from({ length: CLIENTS }, () => loginUntilDeath(deployment, received)));
    await sleep(300 + Math.random() * 700);
    server.kill('SIGKILL');
    await Promise.all([once(server, 'exit'), load]);
    server = await start(deployment, folder, ports);
    for (const { code, tokens, isSettled } of received) {
      if (tokens && isSettled) {
        answered++;
        assert.equal(await deployment.isActive(tokens.access_token), true, 'an access token was lost');
        assert.equal(await deployment.isActive(tokens.refresh_token), true, 'a refresh token was lost');
      }
      const [again, oncemore] = [await deployment.exchange(code), await deployment.exchange(code)];
      if (tokens) assert.equal(again.body.error, 'invalid_grant', 'a code was redeemed twice');
      assert.equal(oncemore.body.error, 'invalid_grant', 'a code was redeemed twice');
    }
  }
  assert.ok(answered > ROUNDS * CLIENTS, `only ${answered} flows were answered: the load did not run`);
  server.kill('SIGKILL');
  await once(server, 'exit');
  rmSync(folder, { recursive: true });
});

async function loginUntilDeath(deployment: Deployment, received: Received[]): Promise<void> {
  for (;;) {
    try {
      const entry: Received = { code: await deployment.code(), tokens: undefined, isSettled: false };
      received.push(entry);
      const { status, body } = await deployment.exchange(entry.code);
      assert.equal(status, 200, JSON.stringify(body));
      entry.tokens = body as Tokens;
      entry.isSettled = true;
      if (Math.random() < 0.5) continue;
      // While a refresh is on its way, nobody can say which of the tokens works.
      entry.isSettled = false;
      const refreshed = await deployment.refresh(entry.tokens.refresh_token);
      assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
      entry.tokens = refreshed.body as Tokens;
      entry.isSettled = true;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return;
    }
  }
}

async function start(
  deployment: Deployment,
  folder: string,
  [pub, adm]: readonly [number, number],
): Promise<ChildProcess> {
  const child = spawn(resolve('bin/gatehouse'), ['serve', 'all', '--dev'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      DSN: `sqlite://${join(folder, 'gatehouse.sqlite')}`,
      SECRETS_SYSTEM: 'a-secret-that-outlives-the-process',
      SERVE_PUBLIC_PORT: String(pub),
      SERVE_PUBLIC_HOST: '127.0.0.1',
      SERVE_ADMIN_PORT: String(adm),
      SERVE_ADMIN_HOST: '127.0.0.1',
      URLS_SELF_ISSUER: deployment.publicOrigin,
      URLS_LOGIN: 'http://127.0.0.1:1/login',
      URLS_CONSENT: 'http://127.0.0.1:1/consent',
      LOG_LEVEL: 'error',
    },
  });
  for (let attempt = 0; attempt < 200; attempt++) {
    const isReady = await fetch(new URL('/health/ready', deployment.adminOrigin)).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return child;
    await sleep(50);
  }
  throw new Error('the server did not become ready');
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address ? address.port : assert.fail();
}
