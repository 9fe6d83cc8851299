import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free_port.ts';
import { gatehouse, isComplaint, LAUNCHER } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-serve-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const SECRETS = 'secrets: {system: [a-secret-of-sixteen-characters]}\n';
const LOOPBACK = 'serve: {public: {host: 127.0.0.1}, admin: {host: 127.0.0.1}}\n';
const base = file('base.yml', `dsn: memory\n${SECRETS}${LOOPBACK}urls: {self: {issuer: "http://127.0.0.1"}}\n`);

describe('gatehouse serve refuses in one sentence, with exit code 1,', () => {
  const refusals: readonly (readonly [what: string, args: string[], env: Record<string, string>, says: RegExp])[] = [
    [
      'a key that it does not know',
      ['-c', file('typo.yml', 'urls: {self: {isuser: "http://x"}}')],
      {},
      /urls\.self\.isuser/,
    ],
    [
      'a value of the wrong kind',
      ['-c', file('port.yml', 'serve: {public: {port: "four"}}')],
      {},
      /serve\.public\.port/,
    ],
    ['a bad value in the environment', ['-c', base], { TTL_ACCESS_TOKEN: 'soon' }, /ttl\.access_token/],
    ['a file that is not there', ['-c', join(folder, 'nowhere.yml')], {}, /nowhere\.yml/],
    ['a file that does not parse', ['-c', file('broken.yml', 'urls: {self: [}')], {}, /broken\.yml/],
    ['an issuer without https', ['-c', base], {}, /urls\.self\.issuer|https/],
    ['a database that it cannot use', ['-c', base, '--dev'], { DSN: 'oracle://db' }, /dsn/i],
  ];
  for (const [what, args, env, says] of refusals) {
    it(what, async () => {
      const outcome = await gatehouse(['serve', 'all', ...args], { cwd: folder, env });
      assert.ok(isComplaint(outcome), JSON.stringify(outcome));
      assert.match(outcome.stderr, says);
    });
  }

  it('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const env = { SERVE_PUBLIC_PORT: String(await freePort()), SERVE_ADMIN_PORT: String(port), LOG_LEVEL: 'error' };
    const outcome = await gatehouse(['serve', 'all', '--dev', '-c', base], { env });
    assert.ok(isComplaint(outcome), JSON.stringify(outcome));
    assert.match(outcome.stderr, new RegExp(`The admin port ${port} on 127\\.0\\.0\\.1 is taken`));
    other.close();
  });
});

/** A server that runs until the test ends it. */
async function serve(args: readonly string[], env: Record<string, string>, ready: string) {
  const child = spawn(LAUNCHER, ['serve', ...args], { cwd: folder, env: { PATH: process.env.PATH, ...env } });
  const log = { text: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log.text += text;
  });
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) assert.fail(log.text);
    if ((await fetch(`${ready}/health/alive`).catch(() => undefined))?.ok) return { child, log };
    await sleep(25);
  }
  child.kill('SIGKILL');
  return assert.fail(log.text);
}

async function ports() {
  const [open, admin] = [await freePort(), await freePort()];
  return { open, admin, env: { SERVE_PUBLIC_PORT: String(open), SERVE_ADMIN_PORT: String(admin) } };
}

describe('gatehouse serve', () => {
  it('takes several files, repeated or in a list, later ones over earlier ones', async () => {
    const { open, admin } = await ports();
    const first = file('first.yml', `serve: {public: {port: 1}, admin: {port: ${admin}}}`);
    const second = file('second.json', JSON.stringify({ serve: { public: { port: open } } }));
    const { child } = await serve(
      ['all', '--dev', '--sqa-opt-out', '-c', `${base},${first}`, '-c', second],
      {},
      `http://127.0.0.1:${open}`,
    );
    assert.ok((await fetch(`http://127.0.0.1:${admin}/health/ready`)).ok);
    child.kill('SIGTERM');
    await once(child, 'close');
    assert.equal(child.exitCode, 0);
  });

  for (const [only, other] of [
    ['public', 'admin'],
    ['admin', 'open'],
  ] as const) {
    it(`serve ${only} opens one listener`, async () => {
      const { env, ...numbers } = await ports();
      const mine = only === 'public' ? numbers.open : numbers.admin;
      const { child } = await serve([only, '--dev', '-c', base], env, `http://127.0.0.1:${mine}`);
      await assert.rejects(fetch(`http://127.0.0.1:${numbers[other]}/health/alive`));
      child.kill('SIGTERM');
      await once(child, 'close');
    });
  }

  it('ends within a second of a signal, whatever is connected', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const { open, env } = await ports();
      const { child, log } = await serve(['all', '--dev', '-c', base], env, `http://127.0.0.1:${open}`);
      const start = performance.now();
      child.kill(signal);
      await once(child, 'close');
      assert.equal(child.exitCode, 0, log.text);
      assert.ok(performance.now() - start < 1000);
    }
  });

  it('warns when the admin API is open beyond this machine, and only then', async () => {
    for (const [host, isOpen] of [
      ['0.0.0.0', true],
      ['127.0.0.1', false],
    ] as const) {
      const { open, env } = await ports();
      const { child, log } = await serve(
        ['all', '--dev', '-c', base],
        { ...env, SERVE_ADMIN_HOST: host },
        `http://127.0.0.1:${open}`,
      );
      child.kill('SIGTERM');
      await once(child, 'close');
      assert.equal(/WARN .*admin API listens on 0\.0\.0\.0/.test(log.text), isOpen, log.text);
    }
  });
});
