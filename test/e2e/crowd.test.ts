import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { startDeployment } from './deployment.ts';
import { CREDENTIALS, type Deployment } from './flow.ts';

/** `npm run torture` brings ten times as many. */
const CROWD = Number(process.env.GATEHOUSE_CROWD ?? 1_000);
const ROUNDS = 200;
/** Bytes, of both ends of a connection. */
const PER_CONNECTION = 64 * 1024;

/** What they say, and then no more. */
const WORDS = [
  '',
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

describe('A crowd that opens connections and does not go on', () => {
  it('leaves room for others, and is sent away', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient();
    await waits(deployment);
    const before = await waits(deployment);
    const memory = process.memoryUsage.rss();
    const crowd = await gather(deployment);
    const beside = await waits(deployment);
    const grown = process.memoryUsage.rss() - memory;
    const shown = [before, beside].map((times) => `${at(times, 0.5).toFixed(1)} and ${at(times, 0.99).toFixed(1)} ms`);
    t.diagnostic(
      `median and p99 without ${shown[0]}, beside ${CROWD} ${shown[1]}, ${Math.round(grown / 1024 / 1024)} MB`,
    );
    // Half of them: what else this machine does meanwhile is in the other half.
    assert.ok(at(beside, 0.5) < 2 * at(before, 0.5) + 5, shown.join(', '));
    assert.ok(at(beside, 0.99) < 1_000, shown.join(', '));
    assert.ok(grown < CROWD * PER_CONNECTION + 64 * 1024 * 1024, `${grown} bytes`);
    // Those who owe a request; the others wait for the next one, as browsers do.
    const owing = crowd.filter((_, index) => index % WORDS.length !== WORDS.length - 1);
    const deadline = Date.now() + 60_000;
    while (owing.some((socket) => !socket.closed) && Date.now() < deadline) {
      await Promise.race([once(owing.find((socket) => !socket.closed) as Socket, 'close'), deployment.isActive('x')]);
    }
    assert.equal(owing.filter((socket) => !socket.closed).length, 0, 'somebody is still there');
    for (const socket of crowd) socket.destroy();
  });
});
