import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { reseal } from '../../src/flow/reseal.ts';
import { statusOfSecrets } from '../../src/flow/secret_status.ts';
import type { RunningServer } from '../../src/server.ts';
import { insertTokens } from '../../src/store/tokens.ts';
import { write } from '../../src/store/write.ts';
import { chosenEngine, type Engine, SHARED_ENGINES } from '../store/engines.ts';
import { tokenRow } from '../store/rows.ts';
import { startDeployment } from './deployment.ts';
import type { Deployment } from './flow.ts';

const OLD = 'the-old-secret-of-the-tests';
const NEW = 'the-new-secret-of-the-tests';
const DAY = 24 * 3600;

/** Starts servers of one database, one after the other or together. */
async function databaseOf(t: TestContext, engine: Engine) {
  const { dsn, drop } = await engine.create();
  const open = new Set<() => Promise<void>>();
  t.after(async () => {
    await Promise.all([...open].map((close) => close()));
    await drop();
  });
  return async (...system: string[]) => {
    const started = await startDeployment({
      storage: 'file',
      dsn,
      config: { secrets: { system }, oidc: { dynamic_client_registration: { enabled: true } } },
    });
    open.add(started.close);
    const close = async () => {
      open.delete(started.close);
      await started.close();
    };
    return { ...started, close };
  };
}

async function resealAll({ server }: RunningServer): Promise<Record<string, number>> {
  const done: Record<string, number> = {};
  for await (const { column, resealed, unreadable } of reseal(server)) {
    assert.equal(unreadable, 0, column);
    done[column] = resealed;
  }
  return done;
}

const machine = { client_secret: 'app-secret', grant_type: 'client_credentials' };

const tokenOf = async (deployment: Deployment, client_id: string): Promise<string> =>
  String((await deployment.token({ ...machine, client_id })).body.access_token);

/** Something sealed in every table that can have it. */
async function fill(deployment: Deployment, { server }: RunningServer) {
  await deployment.createClient();
  await deployment.createClient({ client_id: 'machine', access_token_strategy: 'jwt' });
  const browser = deployment.browser();
  const answer = await deployment.authorize({ browser, login: { remember: true, remember_for: 3600 } });
  const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '');
  await browser.get('/oauth2/sessions/logout');
  await browser.get(
    deployment.authorizeUrl({
      login_hint: 'x'
        .repeat(3000)
        .split('')
        .map((_, at) => (at * 7919).toString(36))
        .join(''),
    }),
  );
  const session = server.keys.rows.sealJson({}, 'session');
  const successor = server.keys.rows.sealJson({}, 'successor');
  const lasting = Math.floor(Date.now() / 1000) + DAY;
  const row = { client_id: 'app', session, expires_at: lasting };
  const rows = Array.from({ length: 230 }, (_, at) => tokenRow(at === 0 ? { ...row, successor, used_at: 1 } : row));
  await write(server, (tx) => insertTokens(tx, rows));
  return { refresh_token: String(body.refresh_token), jwt: await tokenOf(deployment, 'machine'), lasting };
}

it('an opaque token ends with the secret that it carries the HMAC of, as docs/operations.md says', async (t) => {
  const start = await databaseOf(t, chosenEngine('file'));
  const before = await start(OLD);
  await before.deployment.createClient();
  const token = await tokenOf(before.deployment, 'app');
  await before.close();
  const both = await start(NEW, OLD);
  await resealAll(both.running);
  assert.equal(await both.deployment.isActive(token), true);
  assert.equal((await statusOfSecrets(both.running.server)).secrets[0]?.tokens, 1);
  await both.close();
  const after = await start(NEW);
  assert.equal(await after.deployment.isActive(token), false);
});

for (const engine of SHARED_ENGINES) {
  it(`secrets reseal leaves nothing that needs the old secret but what carries its HMAC, and status tells until when (${engine.name})`, async (t) => {
    const start = await databaseOf(t, engine);
    const before = await start(OLD);
    const { refresh_token, jwt, lasting } = await fill(before.deployment, before.running);
    await before.close();

    const both = await start(NEW, OLD);
    const first = await statusOfSecrets(both.running.server);
    assert.deepEqual(
      first.columns.map(({ rows }) => rows[0]),
      first.columns.map(() => 0),
    );
    const counts = Object.fromEntries(first.columns.map(({ column, rows }) => [column, rows[1]]));
    for (const column of ['json_web_keys.jwk', 'consents.details', 'logout_requests.details', 'flow_states.sealed']) {
      assert.ok((counts[column] ?? 0) > 0, `${column} is not tried: ${JSON.stringify(counts)}`);
    }
    assert.equal(first.secrets[0]?.safe_to_drop_at, null);

    // Stopped after the first batch of tokens, and in the middle of traffic.
    for await (const { column } of reseal(both.running.server)) if (column === 'tokens.session') break;
    assert.ok(
      ((await statusOfSecrets(both.running.server)).columns.find(({ column }) => column === 'tokens.session')
        ?.rows[1] ?? 0) > 0,
    );
    const [, refreshed] = await Promise.all([
      resealAll(both.running),
      both.deployment.refresh(refresh_token),
      ...Array.from({ length: 20 }, () => tokenOf(both.deployment, 'app')),
    ]);
    assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
    assert.deepEqual(await resealAll(both.running), {}, 'nothing is left to do');

    const second = await statusOfSecrets(both.running.server);
    for (const { column, rows, unreadable } of second.columns) assert.deepEqual([rows[1], unreadable], [0, 0], column);
    const [old] = second.secrets;
    assert.ok((old?.tokens ?? 0) >= 230, JSON.stringify(old));
    assert.equal(old?.logins, 1);
    assert.equal(old?.safe_to_drop_at, lasting, 'the refresh token was the last to expire, and is used');
    assert.equal(await both.deployment.isActive(jwt), true);
    const issuedSince = await tokenOf(both.deployment, 'app');
    both.advance((old?.safe_to_drop_at ?? 0) - Date.now() / 1000 + 1);
    const third = (await statusOfSecrets(both.running.server)).secrets[0];
    assert.deepEqual([third?.tokens, third?.logins], [0, 0]);
    await both.close();

    const after = await start(NEW);
    assert.equal(await after.deployment.isActive(jwt), true, 'a JWT is bound to its key, not to the secret');
    assert.equal(await after.deployment.isActive(issuedSince), true);
    const { refresh_token: later } = refreshed.body as { refresh_token: string };
    assert.equal((await after.deployment.refresh(later)).status, 200, 'issued under the new secret');
    const consents = await after.deployment.admin('GET', '/admin/oauth2/auth/sessions/consent?subject=user-1');
    assert.equal(consents.status, 200);
    const { columns } = await statusOfSecrets(after.running.server);
    assert.deepEqual(
      columns.filter(({ unreadable }) => unreadable > 0),
      [],
    );
  });
}
