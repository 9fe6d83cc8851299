import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makeCertificate } from '../certificate.ts';
import { BESIDE_CROWD } from '../torture/limits.ts';
import { ISSUER } from './deployment.ts';
import { CREDENTIALS, Deployment } from './flow.ts';
import { type ServerProcess, startProcesses } from './processes.ts';
import { report } from './traffic.ts';

/** `npm run torture` brings ten times as many. */
const CROWD = Number(process.env.GATEHOUSE_TEST_CONNECTIONS ?? 1_000);
const ROUNDS = 1_000;
/** Megabytes of what a server that works may take besides. */
const BESIDES = 64;

type Crowd = {
  /** Megabytes of a connection: what its parser holds, or its handshake. */
  readonly each: number;
  /** What they say, and then no more. */
  readonly words: readonly string[];
  /** Who may stay, because they owe nothing. */
  readonly patient?: string;
};

const SERVED = 'GET /health/alive HTTP/1.1\r\nhost: x\r\n\r\n';
/** The first bytes of a handshake. */
const HALF_OPEN = '\u0016\u0003\u0001\u0002\u0000\u0001';

const OVER_TCP: Crowd = {
  each: 0.03,
  words: [
    '',
    HALF_OPEN,
    'GET /userinfo HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ',
    'POST /oauth2/token HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\ngrant_type=',
    SERVED,
  ],
  patient: SERVED,
};

const OVER_TLS: Crowd = { each: 0.05, words: ['', HALF_OPEN] };

async function gather({ publicOrigin }: Deployment, { words }: Crowd): Promise<Map<Socket, string>> {
  const { hostname, port } = new URL(publicOrigin);
  const sockets = new Map<Socket, string>();
  for (let count = 0; count < CROWD; count++) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'connect');
    const said = words[count % words.length] ?? '';
    socket.write(said);
    sockets.set(socket, said);
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

/** What others notice of a crowd, and that it is sent away. */
async function crowdIn(t: TestContext, deployment: Deployment, server: ServerProcess, crowd: Crowd): Promise<void> {
  await deployment.createClient();
  await waits(deployment);
  const before = await waits(deployment);
  const memory = megabytesOf(server);
  const sockets = await gather(deployment, crowd);
  const beside = await waits(deployment);
  const grown = megabytesOf(server) - memory;
  const [alone, among] = [before, beside].map((times) => at(times, 0.99)) as [number, number];
  const figures = `${CROWD} connections, ${grown.toFixed(0)} MB for them; 99 % within ${among.toFixed(1)} ms, and ${alone.toFixed(1)} ms without`;
  assert.ok(at(beside, 0.5) < 2 * at(before, 0.5) + 5, figures);
  assert.ok(among < alone * BESIDE_CROWD, figures);
  assert.ok(grown < CROWD * crowd.each + BESIDES, figures);
  report(t, { rounds: ROUNDS, requests: 3 * ROUNDS + CROWD, figures });
  const owing = [...sockets].filter(([, said]) => said !== crowd.patient).map(([socket]) => socket);
  const deadline = Date.now() + 60_000;
  while (owing.some((socket) => !socket.closed) && Date.now() < deadline) await sleep(100);
  assert.equal(owing.filter((socket) => !socket.closed).length, 0, 'somebody is still there');
  for (const socket of sockets.keys()) socket.destroy();
}

it('a crowd that opens connections and does not go on leaves room for others, and is sent away', async (t) => {
  const { deployment, processes } = await startProcesses(t, { count: 1 });
  await crowdIn(t, deployment, processes[0] ?? assert.fail(), OVER_TCP);
});

it('a crowd of handshakes that do not go on leaves room for others, and is sent away', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-crowd-'));
  const { cert, key } = makeCertificate(folder);
  const trusted = getCACertificates('default');
  setDefaultCACertificates([readFileSync(cert, 'utf8')]);
  t.after(() => {
    setDefaultCACertificates(trusted);
    rmSync(folder, { recursive: true });
  });
  const env = { SERVE_PUBLIC_TLS_ENABLED: 'true', SERVE_PUBLIC_TLS_CERT_PATH: cert, SERVE_PUBLIC_TLS_KEY_PATH: key };
  const { processes } = await startProcesses(t, { count: 1, env });
  const [server = assert.fail()] = processes;
  const { admin, public: open } = server.addresses;
  const deployment = new Deployment({ admin, public: open.replace('http:', 'https:') }, ISSUER);
  await crowdIn(t, deployment, server, OVER_TLS);
});
