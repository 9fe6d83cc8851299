import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { ACCOUNT } from '../../demo/banner.ts';
import { launchChromium } from './chromium.ts';
import { DevProcess, freePorts } from './dev_process.ts';

const run = promisify(execFile);

let folder: string;
let browser: Browser;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-dev-'));
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** A new browser profile. What the console says is kept: a page of ours gives it no reason to complain. */
async function visit(javaScriptEnabled: boolean): Promise<{ page: Page; complaints: string[] }> {
  const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints };
}

async function logIn(page: Page, dev: DevProcess): Promise<void> {
  await page.goto(dev.client);
  await page.click('#login');
  await page.fill('#email', ACCOUNT.email);
  await page.fill('#password', ACCOUNT.password);
  await page.click('#accept');
}

/** The rows of a table of the demo application, by name. */
const members = async (page: Page, table: string): Promise<Record<string, string>> => {
  const rows = await page.locator(`#${table} tr`).all();
  const pairs = rows.map(async (row) => [
    await row.locator('th code').textContent(),
    await row.locator('td code').textContent(),
  ]);
  return Object.fromEntries(await Promise.all(pairs));
};

describe('npm run dev', () => {
  let dev: DevProcess;
  before(async () => {
    dev = await new DevProcess(folder, await freePorts()).ready();
  });
  after(() => dev.interrupt());

  for (const javaScriptEnabled of [true, false]) {
    describe(`in a browser with JavaScript ${javaScriptEnabled ? 'on' : 'off'}`, () => {
      it('logs in, shows what the ID token and userinfo say, refreshes and logs out', async () => {
        const { page, complaints } = await visit(javaScriptEnabled);
        await logIn(page, dev);
        await page.click('#accept');
        assert.equal(page.url(), `${dev.client}/account`);
        assert.equal(await page.textContent('#welcome'), `Hello, ${ACCOUNT.name}`);
        assert.equal((await members(page, 'header')).alg, 'RS256');
        const claims = await members(page, 'claims');
        assert.equal(claims.iss, dev.issuer);
        assert.match(claims.sub ?? '', /^[0-9a-f-]{36}$/);
        const userinfo = await members(page, 'userinfo');
        assert.deepEqual([userinfo.sub, userinfo.email, userinfo.name], [claims.sub, ACCOUNT.email, ACCOUNT.name]);
        const { access_token, scope } = await members(page, 'tokens');
        assert.match(access_token ?? '', /^ory_at_.{5}….{4}$/);
        assert.deepEqual(scope?.split(' ').sort(), ['email', 'offline_access', 'openid', 'profile']);

        await page.click('#refresh');
        assert.equal(await page.textContent('#refreshes'), '1');
        assert.notEqual((await members(page, 'tokens')).access_token, access_token);

        await page.click('#logout');
        assert.equal(page.url(), `${dev.client}/`);
        await page.goto(`${dev.client}/account`);
        assert.equal(page.url(), `${dev.client}/`);
        assert.deepEqual(complaints, []);
      });

      it('explains a consent that was denied, and lets the person try again', async () => {
        const { page } = await visit(javaScriptEnabled);
        await logIn(page, dev);
        await page.click('#reject');
        assert.equal(await page.textContent('#error'), 'access_denied');
        assert.notEqual(await page.textContent('#error-description'), '');
        assert.match(String(await page.textContent('#error-advice')), /Log in again/);
        await page.click('#login');
        assert.equal(await page.locator('#email').count(), 1);
      });
    });
  }

  it('explains that nobody is logged in when asked for a login without pages', async () => {
    const { page } = await visit(true);
    await page.goto(dev.client);
    await page.click('#login-silently');
    assert.equal(await page.textContent('#error'), 'login_required');
  });

  it('RFC 6749 10.12: the demo application refuses an answer to a login that it did not begin', async () => {
    const { page } = await visit(true);
    await page.goto(`${dev.client}/callback?code=stolen&state=unknown-state`);
    assert.equal(await page.textContent('#error'), 'unknown_state');
  });

  it('sends whoever comes by another name to the name of its redirect URI', async () => {
    const { page } = await visit(true);
    await page.goto(`http://localhost:${dev.ports.client}/`);
    assert.equal(page.url(), `${dev.client}/`);
    const odd = await fetch(`${dev.client}//elsewhere.example/`, { redirect: 'manual' });
    assert.equal(odd.status, 404);
  });

  it('refuses forms from other sites', async () => {
    for (const headers of [{}, { origin: 'http://127.0.0.1:1' }, { origin: 'null' }]) {
      const answer = await fetch(`${dev.client}/refresh`, { method: 'POST', headers, redirect: 'manual' });
      assert.equal(answer.status, 403);
    }
  });

  it('prints commands that work as they are', async () => {
    const [create = '', token = '', ...others] = dev.commands;
    assert.deepEqual(others, []);
    const client = JSON.parse((await run('bash', ['-c', create])).stdout);
    assert.equal(client.client_id, 'my-client');
    const tokens = JSON.parse((await run('bash', ['-c', token])).stdout);
    assert.match(tokens.access_token, /^ory_at_/);
    assert.equal(tokens.scope, 'read');
  });

  it('says in a sentence which port is taken', async () => {
    const free = await freePorts();
    for (const name of ['public', 'admin', 'client'] as const) {
      const second = new DevProcess(folder, { ...free, [name]: dev.ports[name] });
      assert.equal(await second.exitCode(), 1);
      assert.match(
        second.stderr,
        new RegExp(`^The ${name} port ${dev.ports[name]} on 127\\.0\\.0\\.1 is taken: .*\\.\\n$`),
      );
      assert.equal(second.stdout, '');
    }
  });
});

it('npm run dev ends within a second of Ctrl-C, whatever is connected', async () => {
  const dev = await new DevProcess(folder, await freePorts()).ready();
  const { page } = await visit(true);
  await logIn(page, dev);
  const { exitCode, took } = await dev.interrupt();
  assert.equal(exitCode, 0, dev.stderr);
  assert.ok(took < 1000, `${took} ms`);
  assert.equal(dev.stderr, '');
});

it('npm run dev goes on where it stopped when it has a database file', async () => {
  const ports = await freePorts();
  const start = () => new DevProcess(folder, ports, '--dsn', 'sqlite://./dev.sqlite').ready();
  const first = await start();
  const { page } = await visit(false);
  await logIn(page, first);
  await page.click('#accept');
  const { sub } = await members(page, 'claims');
  const token = JSON.parse((await run('bash', ['-c', first.commands.join(' >/dev/null;')])).stdout);
  assert.equal((await first.interrupt()).exitCode, 0);

  const second = await start();
  const answer = await fetch(`${second.admin}/admin/oauth2/introspect`, {
    method: 'POST',
    body: new URLSearchParams({ token: token.access_token }),
  });
  assert.equal(((await answer.json()) as { active: boolean }).active, true);
  await logIn(page, second);
  await page.click('#accept');
  assert.equal((await members(page, 'claims')).sub, sub);
  assert.equal((await second.interrupt()).exitCode, 0);
});
