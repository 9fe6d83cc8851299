import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BESIDE_CROWD } from '../torture/limits.ts';
import { CREDENTIALS, type Deployment } from './flow.ts';
import { type ServerProcess, startProcesses } from './processes.ts';
import { report } from './traffic.ts';

/** `npm run torture` brings ten times as many. */
const CROWD = Number(process.env.GATEHOUSE_TEST_CONNECTIONS ?? 1_000);
const ROUNDS = 1_000;
/** Megabytes: a connection with what its parser holds, and the rest of what a server that works may take besides. */
const PER_CONNECTION = 0.03;
const BESIDES = 64;

/** What they say, and then no more: nothing, the half of something, the beginning of TLS, a request. */
const WORDS = [
  '',
  '\u0016\u0003\u0001',
  'GET /userinfo HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ',
  'POST /oauth2/token HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\ngrant_type=',
  'GET /health/alive HTTP/1.1\r\nhost: x\r\n\r\n',
];

async function gather({ publicOrigin }: Deployment): Promise<Socket[]> {
  const { hostname, port } = new URL(publicOrigin);
  const sockets: Socket[] = [];
  for (let count = 0; count < CROWD; count++) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'connect');
    socket.write(WORDS[count % WORDS.length] ?? '');
    sockets.push(socket);
  }
  return sockets;
}

/** Milliseconds that an honest client waits, sorted. */
async function waits(deployment: Deployment): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    const { status } = await deployment.token({ ...CREDENTIALS, grant_type: 'client_credentials' });
    times.push(performance.now() - started);
    assert.equal(status, 200);
  }
  return times.sort((a, b) => a - b);
}

const at = (times: readonly number[], part: number): number => times[Math.floor(times.length * part)] ?? 0;

function megabytesOf({ pid }: ServerProcess): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

it('a crowd that opens connections and does not go on leaves room for others, and is sent away', async (t) => {
  const { deployment, processes } = await startProcesses(t, { count: 1 });
  const [server = assert.fail()] = processes;
  await deployment.createClient();
  await waits(deployment);
  const before = await waits(deployment);
  const memory = megabytesOf(server);
  const crowd = await gather(deployment);
  const beside = await waits(deployment);
  const grown = megabytesOf(server) - memory;
  const [alone, among] = [before, beside].map((times) => at(times, 0.99)) as [number, number];
  const figures = `${CROWD} connections, ${grown.toFixed(0)} MB for them; 99 % within ${among.toFixed(1)} ms, and ${alone.toFixed(1)} ms without`;
  assert.ok(at(beside, 0.5) < 2 * at(before, 0.5) + 5, figures);
  assert.ok(among < alone * BESIDE_CROWD, figures);
  assert.ok(grown < CROWD * PER_CONNECTION + BESIDES, figures);
  report(t, { rounds: ROUNDS, requests: 3 * ROUNDS + CROWD, figures });
  // Those who owe a request; the others wait for the next one, as browsers do.
  const owing = crowd.filter((_, index) => index % WORDS.length !== WORDS.length - 1);
  const deadline = Date.now() + 60_000;
  while (owing.some((socket) => !socket.closed) && Date.now() < deadline) await sleep(100);
  assert.equal(owing.filter((socket) => !socket.closed).length, 0, 'somebody is still there');
  for (const socket of crowd) socket.destroy();
});
