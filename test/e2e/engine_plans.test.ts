import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  allAccounts,
  changeAccount,
  createAccount,
  removeAccount,
  setPassword,
} from '../../src/account_experience/accounts.ts';
import { changePassword } from '../../src/account_experience/change_password.ts';
import { idleRegistrations } from '../../src/client/idle_registrations.ts';
import { apiKeyHash, createApiKey } from '../../src/keys/api_key.ts';
import type { RunningServer } from '../../src/server.ts';
import { findScopeOfKey, revokeApiKey } from '../../src/store/api_keys.ts';
import { acquireLease, releaseLease } from '../../src/store/leases.ts';
import { EVERYTHING, SWEPT, sweepBatch } from '../../src/store/sweep.ts';
import { write } from '../../src/store/write.ts';
import { fill, fullReads } from '../store/engine_plans.ts';
import { NETWORK_ENGINES, openFresh } from '../store/engines.ts';
import type { Browser } from './browser.ts';
import { startDeployment } from './deployment.ts';
import { approve, poll, startDevice, TV } from './device.ts';
import { CREDENTIALS, type Deployment } from './flow.ts';
import { makeSigner } from './jose.ts';
import { counted } from './statements.ts';

const BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TRUSTS = '/admin/trust/grants/jwt-bearer/issuers';

/** What one look at the tables of the engine, or of the migrations, asks: nothing of it grows. */
const OF_THE_ENGINE = /\b(information_schema|pg_catalog|gatehouse_migrations)/;

for (const engine of NETWORK_ENGINES) {
  describe(`query plans on ${engine.name}`, () => {
    it('tell a search from a scan', async (t) => {
      const { db, close } = await openFresh(engine);
      t.after(close);
      await fill(db);
      const mark = db.dialect.engine === 'postgres' ? '$1' : '?';
      const quote = db.dialect.engine === 'postgres' ? '"' : '`';
      const text = (statement: string) => statement.replaceAll('?', mark).replaceAll('"', quote);
      assert.deepEqual(await fullReads(db, text('select * from clients where "client_id" = ?')), []);
      assert.deepEqual(await fullReads(db, text('delete from tokens where "expires_at" <= ?')), []);
      for (const scan of [
        'select * from clients where "owner" = ?',
        'delete from tokens where "scope" = ?',
        'update consents set skip = 1 where "handled_at" = ?',
        'select * from clients where exists (select 1 from tokens where "scope" = ?)',
      ]) {
        assert.notDeepEqual(await fullReads(db, text(scan)), [], scan);
      }
    });

    it('show that no statement of a flow, of an administrator or of the sweeper reads a whole table', async (t) => {
      const { dsn, drop } = await engine.create();
      const { deployment, running, advance, close } = await startDeployment({ storage: 'memory', dsn, config: CONFIG });
      t.after(async () => {
        await close();
        await drop();
      });
      const { db } = running.server;
      const { statements } = await counted(async () => {
        await useEverything(deployment, running);
        advance(400 * 24 * 3600);
        const order = { now: Math.floor(running.server.now() / 1000), keep: 0, limit: 3 };
        for (const table of [...EVERYTHING, ...SWEPT.grants]) await sweepBatch(db, table, order);
        await idleRegistrations(db, 3600).batch(order);
      });
      const distinct = [...new Set(statements)].filter((statement) => !OF_THE_ENGINE.test(statement));
      assert.ok(distinct.length > 60, `only ${distinct.length} statements were heard`);
      await fill(db);
      const found: string[] = [];
      for (const statement of distinct) {
        for (const read of await fullReads(db, statement)) found.push(`${read}: ${statement}`);
      }
      assert.deepEqual(found, []);
    });
  });
}

const CONFIG = {
  oidc: {
    dynamic_client_registration: { enabled: true },
    subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a-salt-for-tests' } },
  },
};

/** What clients, people and administrators do: each statement once, or nearly so. */
async function useEverything(deployment: Deployment, running: RunningServer): Promise<void> {
  await deployment.createClient({
    grant_types: [...TV.grant_types, 'client_credentials', BEARER],
    backchannel_logout_uri: 'http://127.0.0.1:1/logout',
    subject_type: 'pairwise',
  });
  await useFlows(deployment);
  await useDevice(deployment);
  await useAssertions(deployment);
  await administer(deployment);
  await useStore(running);
}

async function useFlows(deployment: Deployment): Promise<void> {
  const browser = deployment.browser();
  const remember = { remember: true, remember_for: 3600 };
  const login = { ...remember, force_subject_identifier: 'known-as' };
  const answer = await deployment.authorize({ browser, login, consent: remember });
  const code = answer.searchParams.get('code') ?? '';
  const { body } = await deployment.exchange(code);
  const refreshed = (await deployment.refresh(body.refresh_token)).body;
  assert.equal(await deployment.isActive(refreshed.refresh_token), true);
  const headers = { authorization: `Bearer ${refreshed.access_token}` };
  assert.equal((await fetch(`${deployment.publicOrigin}/userinfo`, { headers })).status, 200);
  // A long state does not fit into the URLs. What is skipped can be swept.
  const state = randomBytes(2000).toString('base64url');
  await deployment.authorize({ browser, parameters: { state }, login: { extend_session_lifespan: true } });
  await logOut(deployment, browser, String(body.id_token));
  await deployment.authorize({ browser, login: { remember: false } });
  assert.equal((await deployment.exchange(code)).body.error, 'invalid_grant');
  const machine = await deployment.token({ ...CREDENTIALS, grant_type: 'client_credentials' });
  const token = String(machine.body.access_token);
  const form = new URLSearchParams({ ...CREDENTIALS, token });
  await fetch(`${deployment.publicOrigin}/oauth2/revoke`, { method: 'POST', body: form });
  assert.equal(await deployment.isActive(token), false);
}

/** The client is told, and does not listen. */
async function logOut(deployment: Deployment, browser: Browser, id_token_hint: string): Promise<void> {
  const asked = await browser.get(`/oauth2/sessions/logout?${new URLSearchParams({ id_token_hint })}`);
  const logout_challenge = asked.location.searchParams.get('logout_challenge') ?? assert.fail(String(asked.location));
  const query = new URLSearchParams({ logout_challenge });
  await deployment.admin('GET', `/admin/oauth2/auth/requests/logout?${query}`);
  const accepted = await deployment.admin('PUT', `/admin/oauth2/auth/requests/logout/accept?${query}`);
  await browser.get(String(accepted.body.redirect_to));
}

async function useDevice(deployment: Deployment): Promise<void> {
  const device = await startDevice(deployment);
  await poll(deployment, device);
  await approve(deployment, device);
  assert.equal((await poll(deployment, device)).status, 200);
  const asked = await deployment.browser().get('/oauth2/device/verify');
  const device_challenge = asked.location.searchParams.get('device_challenge') ?? '';
  const path = `/admin/oauth2/auth/requests/device/accept?${new URLSearchParams({ device_challenge })}`;
  assert.equal((await deployment.admin('PUT', path, { user_code: 'wrong' })).status, 400);
}

async function useAssertions(deployment: Deployment): Promise<void> {
  const signer = await makeSigner('ES256', 'k');
  const now = Math.floor(deployment.now().getTime() / 1000);
  const created = await deployment.admin('POST', TRUSTS, {
    issuer: 'https://sts.example',
    subject: 'robot',
    scope: ['read'],
    jwk: signer.jwk,
    expires_at: new Date((now + 3600) * 1000).toISOString(),
  });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  const claims = { iss: 'https://sts.example', sub: 'robot', aud: `${deployment.issuer}oauth2/token` };
  const assertion = await signer.sign({ ...claims, iat: now, exp: now + 60, jti: 'jti-1' });
  const redeemed = await deployment.token({ ...CREDENTIALS, grant_type: BEARER, assertion, scope: 'read' });
  assert.equal(redeemed.status, 200, JSON.stringify(redeemed.body));
  for (const query of ['', '?issuer=https://sts.example']) await deployment.admin('GET', `${TRUSTS}${query}`);
  await deployment.admin('GET', `${TRUSTS}/${created.body.id}`);
  await deployment.admin('DELETE', `${TRUSTS}/${created.body.id}`);
}

async function administer(deployment: Deployment): Promise<void> {
  const { admin } = deployment;
  const call = admin.bind(deployment);
  await call('GET', '/admin/clients?owner=me&client_name=App');
  const { body } = await call('POST', '/admin/clients', { client_name: 'Other' });
  await call('PATCH', `/admin/clients/${body.client_id}`, [{ op: 'replace', path: '/client_name', value: 'New' }]);
  await call('PUT', `/admin/clients/${body.client_id}/lifespans`, {});
  await call('DELETE', '/admin/oauth2/tokens?client_id=app');
  await call('GET', '/admin/oauth2/auth/sessions/consent?subject=user-1');
  await call('GET', '/admin/oauth2/auth/sessions/consent?subject=user-1&login_session_id=sid');
  for (const choice of ['consent_request_id=x', 'subject=user-1&client=app', 'subject=user-1&all=true']) {
    await deployment.authorize();
    await call('DELETE', `/admin/oauth2/auth/sessions/consent?${choice}`);
  }
  for (const choice of ['subject=user-1', 'sid=x']) await call('DELETE', `/admin/oauth2/auth/sessions/login?${choice}`);
  await call('POST', '/admin/keys/set', { alg: 'ES256', kid: 'one', use: 'sig' });
  for (const [method, path] of [
    ['GET', '/admin/keys/set'],
    ['GET', '/admin/keys/set/one'],
    ['DELETE', '/admin/keys/set/one'],
    ['DELETE', '/admin/keys/set'],
    ['DELETE', `/admin/clients/${body.client_id}`],
  ] as const) {
    await call(method, path);
  }
  const response = await fetch(`${deployment.publicOrigin}/oauth2/register`, {
    method: 'POST',
    body: JSON.stringify({ redirect_uris: ['https://app.example.com/cb'] }),
  });
  assert.equal(response.status, 201);
  await deployment.authorize();
}

/** What the commands and the sweeper do. */
async function useStore({ server }: RunningServer): Promise<void> {
  const { key, row } = await createApiKey(server, { name: 'test', scopes: ['clients:read'], expires_at: null });
  await findScopeOfKey(server.db.queries, apiKeyHash(key) ?? Buffer.alloc(32), 0);
  await write(server, (tx) => revokeApiKey(tx, row.id, 1));
  await createAccount(server, { email: 'ada@example.com', password: 'a long password', name: undefined });
  await Array.fromAsync(allAccounts(server));
  await changeAccount(server, 'ada@example.com', { email: 'ada@example.org' });
  const { subject } = await setPassword(server, 'ada@example.org', 'another long password');
  await changePassword(server, subject, 'another long password', 'a third long password');
  await removeAccount(server, 'ada@example.org');
  const lease = { name: 'lease', holder: 'test' };
  await acquireLease(server.db, lease, 0, 1);
  await releaseLease(server.db, lease);
}
