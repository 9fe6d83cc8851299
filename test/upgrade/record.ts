/**
 * Prints what servers of this version leave in a database and say to each engine, for servers of later versions to be held
 * against. Before the next migration is written: `bin/node test/upgrade/record.ts > test/upgrade/NAME_OF_THE_LAST_MIGRATION.json`
 */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAccount } from '../../src/account_experience/accounts.ts';
import { parseDsn } from '../../src/config/dsn.ts';
import { createApiKey } from '../../src/keys/api_key.ts';
import { type Database, openDatabase } from '../../src/store/db.ts';
import { migrateUp } from '../../src/store/migrate.ts';
import { startDeployment } from '../e2e/deployment.ts';
import { approve, nameDevice, poll, startDevice } from '../e2e/device.ts';
import type { Deployment, Json } from '../e2e/flow.ts';
import { chosenEngine } from '../store/engines.ts';

/** Long enough for whoever runs the tests. */
const FOR_EVER = '876000h';
const END_OF_TIME = 4_900_000_000;
const CONFIG = {
  oidc: { dynamic_client_registration: { enabled: true } },
  oauth2: { device_authorization: { token_polling_interval: '1s' } },
  ttl: Object.fromEntries(
    ['authentication_session', 'access_token', 'refresh_token', 'id_token', 'auth_code', 'device_user_code'].map(
      (name) => [name, FOR_EVER],
    ),
  ),
};
const GRANT_TYPES = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code',
];
const REMEMBERED = { remember: true, remember_for: 0 };
const ACCOUNT = { email: 'ada@example.com', password: 'correct horse battery staple' };

/** What clients and people have in their hands, and what of it should still work. */
async function use({ deployment, running }: Awaited<ReturnType<typeof startDeployment>>) {
  await deployment.createClient({
    grant_types: GRANT_TYPES,
    backchannel_logout_uri: 'http://127.0.0.1:9/',
    post_logout_redirect_uris: ['https://app.example.com/bye'],
  });
  const registered = await fetch(new URL('/oauth2/register', deployment.publicOrigin), {
    method: 'POST',
    body: JSON.stringify({ client_name: 'Registered', redirect_uris: ['https://app.example.com/cb'] }),
  });
  const registration = (await registered.json()) as Json;
  await createAccount(running.server, ACCOUNT);
  const { key } = await createApiKey(running.server, { name: 'old', scopes: ['clients:read'], expires_at: null });

  const browser = deployment.browser();
  const answer = await deployment.authorize({ browser, login: REMEMBERED, consent: REMEMBERED });
  const tokens = (await deployment.exchange(answer.searchParams.get('code') ?? '')).body;
  const used: Json = await deployment.login();
  const rotated = (await deployment.refresh(used.refresh_token)).body;
  const revoked: Json = await deployment.login();
  await deployment.revoke(revoked.access_token);
  const code = await deployment.code();

  const [waiting, approved, taken] = [
    await startDevice(deployment),
    await startDevice(deployment),
    await startDevice(deployment),
  ];
  await approve(deployment, approved);
  await approve(deployment, taken);
  assert.equal((await poll(deployment, taken)).status, 200);
  await nameDevice(deployment, deployment.browser(), waiting);
  await administer(deployment);
  await leave(deployment);
  return {
    cookies: Object.fromEntries(browser.cookies),
    ...{ tokens, code, waiting, approved, key, account: ACCOUNT },
    ...{ used: bare(used), rotated: bare(rotated), revoked: bare(revoked) },
    registration_access_token: registration.registration_access_token,
    registered: registration.client_id,
  };
}

const bare = ({ access_token, refresh_token }: Json) => ({ access_token, refresh_token });

/** What administrators look at and take away. */
async function administer(deployment: Deployment): Promise<void> {
  await deployment.token({ client_id: 'app', client_secret: 'wrong', grant_type: 'client_credentials' });
  await deployment.createClient({ client_id: 'gone' });
  await deployment.admin('PUT', '/admin/clients/gone', { client_id: 'gone', client_name: 'Gone' });
  await deployment.admin('POST', '/admin/keys/some-set', { alg: 'ES256', kid: 'some-key', use: 'sig' });
  await deployment.admin('POST', '/admin/keys/passing', { alg: 'ES256', kid: 'passing', use: 'sig' });
  const { body } = await deployment.admin('GET', '/admin/keys/some-set');
  const [{ d: _, ...jwk } = {} as Json] = body.keys as Json[];
  const trust = { issuer: 'https://issuer.example.com', subject: 'user-1', scope: ['read'], jwk };
  await deployment.admin('POST', '/admin/trust/grants/jwt-bearer/issuers', {
    ...trust,
    expires_at: '2126-01-01T00:00:00Z',
  });
  await deployment.authorize({ login: { subject: 'user-2', ...REMEMBERED }, consent: REMEMBERED });
  for (const [method, path] of [
    ['GET', '/admin/clients'],
    ['GET', '/admin/trust/grants/jwt-bearer/issuers'],
    ['GET', '/admin/oauth2/auth/sessions/consent?subject=user-1'],
    ['DELETE', '/admin/oauth2/auth/sessions/consent?subject=user-2&all=true'],
    ['DELETE', '/admin/oauth2/auth/sessions/login?subject=user-2'],
    ['DELETE', '/admin/oauth2/tokens?client_id=gone'],
    ['DELETE', '/admin/clients/gone'],
    ['DELETE', '/admin/keys/passing'],
  ] as const) {
    const { status, body: answer } = await deployment.admin(method, path);
    assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  }
}

/** Somebody logs out, and the client cannot be told at once. */
async function leave(deployment: Deployment): Promise<void> {
  const browser = deployment.browser();
  const login = { subject: 'user-3', ...REMEMBERED };
  const code = (await deployment.authorize({ browser, login })).searchParams.get('code') ?? '';
  const { body } = await deployment.exchange(code);
  const hint = new URLSearchParams({ id_token_hint: String(body.id_token) });
  const { location } = await browser.get(`/oauth2/sessions/logout?${hint}`);
  const path = `/admin/oauth2/auth/requests/logout/accept${location.search}`;
  await browser.get(String((await deployment.admin('PUT', path)).body.redirect_to));
}

const OWN = /^(leases|gatehouse_migrations.*|sqlite_.*)$/;

/** Every row, but for what the engine counts up by itself. */
async function rowsOf({ schema }: Database): Promise<Record<string, unknown[]>> {
  const tables = (await schema.introspection.getTables()).filter(({ name }) => !OWN.test(name));
  const rows = tables.map(async ({ name, columns }) => {
    const wanted = columns.filter(({ isAutoIncrementing }) => !isAutoIncrementing).map((column) => column.name);
    return [
      name,
      await schema
        .selectFrom(name as 'tokens')
        .select(wanted as 'hash'[])
        .execute(),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

const bytesAsText = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;

type Engine = 'sqlite' | 'postgres' | 'mysql';

async function record(engine: Engine) {
  process.env.GATEHOUSE_TEST_ENGINE = engine;
  const { dsn, drop } = await chosenEngine('file').create();
  const db = await openDatabase(parseDsn(dsn));
  await migrateUp(db);
  const heard = new Set<string>();
  const hear = (statement: unknown) => void heard.add(String(statement));
  subscribe('gatehouse:statement', hear);
  const started = await startDeployment({ storage: 'file', dsn, config: CONFIG });
  const known = await use(started);
  // Keys are looked at every few seconds, and notifications are tried again.
  await sleep(3_000);
  unsubscribe('gatehouse:statement', hear);
  await started.close();
  // They last half a year at most.
  await db.schema.updateTable('login_sessions').set({ expires_at: END_OF_TIME }).execute();
  const rows = await rowsOf(db);
  await db.close();
  await drop();
  return { known, rows, statements: [...heard].filter((text) => QUERY.test(text) && !OF_THE_ENGINE.test(text)).sort() };
}

const QUERY = /^(select|insert|update|delete|with) /i;
const OF_THE_ENGINE = /information_schema|pg_catalog|sqlite_master|pragma|version\(\)|gatehouse_migrations/;

// The rows of one engine do for all.
const { known, rows, statements } = await record('sqlite');
const all = {
  sqlite: statements,
  postgres: (await record('postgres')).statements,
  mysql: (await record('mysql')).statements,
};
process.stdout.write(`${JSON.stringify({ known, rows, statements: all }, bytesAsText, 2)}\n`);
