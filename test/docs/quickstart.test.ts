import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Visitor } from '../account_experience/visitor.ts';
import { LAUNCHER } from '../cli/command.ts';
import { DevProcess, freePorts, type Ports } from '../e2e/dev_process.ts';
import { blocksOf, commandsOf } from './page.ts';

/** Ports and programs of this test in place of those that the page names. */
const placed = (text: string, ports: Ports): string =>
  text
    .replaceAll('4444', String(ports.public))
    .replaceAll('4445', String(ports.admin))
    .replaceAll(/\b(?:bin\/)?gatehouse(?= [a-z])/g, LAUNCHER);

/** As a shell does, which stops at the first mistake. */
async function run(command: string, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-euc', command], { cwd, env: { ...process.env, ...env } });
  return stdout;
}

let folder: string;
let ports: Ports;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-quickstart-'));
  ports = await freePorts();
});
after(() => rmSync(folder, { recursive: true }));

describe('docs/quickstart.md', () => {
  let server: ChildProcess;
  let create: string;
  before(async () => {
    const [config = ''] = blocksOf('quickstart.md', 'yaml');
    writeFileSync(join(folder, 'gatehouse.yml'), placed(config, ports));
    const [serve = '', migrate = '', account = '', client = '', ...more] = commandsOf('quickstart.md');
    assert.deepEqual(more, []);
    create = client;
    server = spawn('sh', ['-c', `exec ${placed(serve, ports)}`], { cwd: folder, stdio: 'ignore' });
    while (server.exitCode === null && !(await isReady())) await sleep(50);
    await run(placed(migrate, ports), folder);
    await run(placed(account, ports), folder);
  });
  after(async () => {
    server.kill();
    if (server.exitCode === null) await once(server, 'exit');
  });

  const isReady = () =>
    fetch(`http://127.0.0.1:${ports.admin}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );

  it('leads to a server whose account logs in, and a client that gets tokens', async () => {
    const answer = await run(placed(create, ports), folder);
    const { client_id, client_secret, redirect_uris } = JSON.parse(answer) as Record<string, string>;
    const [redirect_uri = ''] = redirect_uris ?? [];
    const issuer = `http://127.0.0.1:${ports.public}`;
    const visitor = new Visitor({ publicOrigin: issuer, issuer });
    const query = {
      client_id: `${client_id}`,
      redirect_uri,
      response_type: 'code',
      scope: 'openid offline_access email',
    };
    const login = await visitor.follow(`/oauth2/auth?${new URLSearchParams({ ...query, state: 'state-0123456789' })}`);
    const fields = { email: 'ada@example.com', password: 'a long password' };
    const consent = await visitor.follow((await visitor.press(login, 'accept', { fields })).location);
    const granted = await visitor.press(consent, 'accept');
    const back = new URL((await visitor.follow(granted.location)).location);
    const code = back.searchParams.get('code') ?? assert.fail(back.href);
    const response = await fetch(`${issuer}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri }),
    });
    const tokens = (await response.json()) as Record<string, string>;
    assert.deepEqual([response.status, tokens.scope], [200, query.scope]);
    assert.ok(tokens.refresh_token && tokens.id_token);
  });

  it('leads to a server for which the commands of docs/api-keys.md and docs/operations.md work', async () => {
    const [createKey = '', list = '', revoke = '', use = ''] = commandsOf('api-keys.md');
    const { id, key } = JSON.parse(await run(`${placed(createKey, ports)} --format json`, folder)) as Record<
      string,
      string
    >;
    assert.match(await run(placed(list, ports), folder), /login app/);
    const here = use.replace('https://id.example.com', `http://127.0.0.1:${ports.admin}`);
    assert.ok(Array.isArray(JSON.parse(await run(here, folder, { KEY: key }))));
    await run(placed(revoke, ports).replace('ID', `${id}`), folder);

    const operations = commandsOf('operations.md');
    assert.ok(operations.length >= 4);
    const env = {
      DSN: `sqlite://${folder}/gatehouse.sqlite`,
      SECRETS_SYSTEM: 'put-at-least-16-random-characters-here',
    };
    for (const command of operations) await run(placed(command, ports), folder, env);
  });
});

describe('README.md', () => {
  it('leads from `npm run dev` to a first token', async () => {
    const others = await freePorts();
    const dev = await new DevProcess(folder, others).ready();
    try {
      const [first = '', second = '', ...more] = commandsOf('../README.md').filter((each) => each.startsWith('curl'));
      assert.deepEqual(more, []);
      await run(placed(first, others), folder);
      const { access_token, scope } = JSON.parse(await run(placed(second, others), folder)) as Record<string, string>;
      assert.deepEqual([typeof access_token, scope], ['string', 'read']);
    } finally {
      await dev.interrupt();
    }
  });
});
