import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free_port.ts';
import { SHARED_ENGINES } from '../store/engines.ts';
import { gatehouse, isComplaint, LAUNCHER } from './command.ts';

const COMMON = {
  DEV: 'true',
  SECRETS_SYSTEM: 'a-secret-that-only-tests-use',
  SERVE_PUBLIC_HOST: '127.0.0.1',
  SERVE_ADMIN_HOST: '127.0.0.1',
};

describe('gatehouse serve --workers refuses in one sentence, with exit code 1,', () => {
  for (const [what, workers, env, says] of [
    ['a database in memory', '2', { DSN: 'memory' }, /"dsn" .*--workers starts 2 processes/],
    ['a random secret', '2', { DSN: 'sqlite:///tmp/never.sqlite', SECRETS_SYSTEM: undefined }, /"secrets.system"/],
    ['none', '0', {}, /--workers/],
    ['what is no number', 'many', {}, /--workers/],
  ] as const) {
    it(what, async () => {
      const { SECRETS_SYSTEM: secret, ...others } = { ...COMMON, ...env };
      const outcome = await gatehouse(['serve', 'all', '--workers', workers], {
        env: secret ? { ...others, SECRETS_SYSTEM: secret } : others,
      });
      assert.ok(isComplaint(outcome), JSON.stringify(outcome));
      assert.match(outcome.stderr, says);
    });
  }

  it('a port that is taken', async (t) => {
    const { dsn, drop } = await fileEngine().create();
    t.after(drop);
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    t.after(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const env = { ...COMMON, DSN: dsn, SERVE_PUBLIC_PORT: String(port), LOG_LEVEL: 'error' };
    const outcome = await gatehouse(['serve', 'public', '--workers', '3'], { env });
    assert.ok(isComplaint(outcome), JSON.stringify(outcome));
    assert.match(outcome.stderr, new RegExp(`The public port ${port} on 127\\.0\\.0\\.1 is taken`));
  });
});

const fileEngine = () => SHARED_ENGINES.find(({ name }) => name.includes('file')) ?? assert.fail();

/** Processes that serve one database until the test ends. */
async function serve(t: TestContext, dsn: string, ...more: string[]) {
  const ports = { open: await freePort(), admin: await freePort() };
  const origins = { open: `http://127.0.0.1:${ports.open}`, admin: `http://127.0.0.1:${ports.admin}` };
  const env = {
    ...COMMON,
    PATH: process.env.PATH,
    DSN: dsn,
    SERVE_PUBLIC_PORT: String(ports.open),
    SERVE_ADMIN_PORT: String(ports.admin),
  };
  const child = spawn(LAUNCHER, ['serve', 'all', '--workers', '2', ...more], { env });
  t.after(() => void child.kill('SIGKILL'));
  const log = { text: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log.text += text;
  });
  for (let tries = 0; tries < 400 && !log.text.includes(' serving '); tries++) {
    assert.equal(child.exitCode, null, log.text);
    await sleep(25);
  }
  return { child, log, origins, ports };
}

const post = (url: string, body: string, type: string) =>
  fetch(url, {
    method: 'POST',
    headers: { connection: 'close', 'content-type': type },
    body,
    signal: AbortSignal.timeout(5_000),
  });

const FORM = 'application/x-www-form-urlencoded';
const MACHINE = 'grant_type=client_credentials&client_id=app&client_secret=app-secret';
const CLIENT = { client_id: 'app', client_secret: 'app-secret', grant_types: ['client_credentials'] };

const token = async (origin: string): Promise<number> => (await post(`${origin}/oauth2/token`, MACHINE, FORM)).status;

/** How many requests at the token endpoint the metrics tell of. */
async function counted(admin: string): Promise<number> {
  const text = await (await fetch(`${admin}/metrics/prometheus`, { headers: { connection: 'close' } })).text();
  const line = text.split('\n').find((line) => /^http_requests_total\{.*"\/oauth2\/token"/.test(line)) ?? '0';
  return Number(line.split(' ').at(-1));
}

/** The processes that answered, by what the log says. */
const pidsOf = (text: string): Set<string> =>
  new Set([...text.matchAll(/ answered pid=(\d+) .*oauth2\/token/g)].map(([, pid = '']) => pid));

/** What is told of an answer is told a moment after it (telemetry/log.ts). */
const TOLD = 250;

const isRunning = (pid: string): boolean => {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
};

for (const engine of SHARED_ENGINES) {
  it(`workers share the listeners and the database, are counted together, replaced, and drained (${engine.name})`, async (t) => {
    const { dsn, drop } = await engine.create();
    t.after(drop);
    const { child, log, origins, ports } = await serve(t, dsn);
    const client = { ...CLIENT, token_endpoint_auth_method: 'client_secret_post' };
    const made = await post(`${origins.admin}/admin/clients`, JSON.stringify(client), 'application/json');
    assert.equal(made.status, 201, await made.text());

    const requests = (count: number) => Promise.all(Array.from({ length: count }, () => token(origins.open)));
    assert.deepEqual(new Set(await requests(30)), new Set([200]));
    await sleep(TOLD);
    const pids = pidsOf(log.text);
    assert.equal(pids.size, 2, log.text);
    assert.equal(await counted(origins.admin), 30);

    const [victim = ''] = pids;
    process.kill(Number(victim), 'SIGKILL');
    for (let tries = 0; tries < 400 && pidsOf(log.text).size < 3; tries++) {
      // What was on its way to the one that died is lost with it.
      await Promise.race([token(origins.open).catch(() => 0), sleep(200)]);
      await sleep(20);
    }
    assert.match(log.text, new RegExp(`a worker ended, and is replaced .*worker=${victim}`));
    await sleep(TOLD);
    const answered = log.text.match(/ answered .*oauth2\/token/g)?.length ?? 0;
    assert.equal(await counted(origins.admin), answered, 'what a worker counted that is gone still counts');

    const running = connect(ports.open, '127.0.0.1');
    await once(running, 'connect');
    running.write(
      `POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nContent-Length: ${MACHINE.length}\r\n\r\n`,
    );
    await sleep(50);
    child.kill('SIGTERM');
    await sleep(50);
    running.write(MACHINE);
    const [answer] = await once(running, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 200 .*connection: close/is);
    if (child.exitCode === null) await once(child, 'close');
    assert.equal(child.exitCode, 0, log.text);
    assert.deepEqual([...pidsOf(log.text)].filter(isRunning), []);
  });
}

it('workers end with their parent, also when nothing tells them to', async (t) => {
  const { dsn, drop } = await fileEngine().create();
  t.after(drop);
  const { child, log } = await serve(t, dsn);
  const pids = [...log.text.matchAll(/ listening pid=(\d+)/g)].map(([, pid = '']) => pid);
  assert.equal(pids.length, 2);
  child.kill('SIGKILL');
  for (let tries = 0; tries < 100 && pids.some(isRunning); tries++) await sleep(20);
  assert.deepEqual(pids.filter(isRunning), []);
});
