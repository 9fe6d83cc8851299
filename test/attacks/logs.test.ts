import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { sql } from 'kysely';
import { pino } from 'pino';
import { createAccount } from '../../src/account_experience/accounts.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startServer } from '../../src/server.ts';
import type { Database } from '../../src/store/db.ts';
import { fieldsOf, type Shown, Visitor } from '../account_experience/visitor.ts';
import { CREDENTIALS, Deployment } from '../e2e/flow.ts';
import { chosenEngine } from '../store/engines.ts';

const EMAIL = 'ada@example.com';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** A deployment that logs all there is to log, and the list of what nobody may read there. */
class Watched {
  readonly lines: readonly string[];
  readonly secrets = new Set<string>();
  readonly deployment: Deployment;
  readonly db: Database;

  private constructor(deployment: Deployment, db: Database, lines: readonly string[]) {
    this.deployment = deployment;
    this.db = db;
    this.lines = lines;
  }

  static async start(test: TestContext): Promise<Watched> {
    const { dsn, drop } = await chosenEngine().create();
    const issuer = 'http://issuer.test/';
    const forced = {
      dsn,
      serve: { public: { host: '127.0.0.1', port: 0 }, admin: { host: '127.0.0.1', port: 0 } },
      secrets: { system: ['a-secret-that-only-tests-use'] },
      urls: { self: { issuer } },
    };
    const { config } = loadConfig({ files: [], env: {}, flags: { dev: true }, forced });
    const lines: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
    const { server, addresses, close } = await startServer(config, { listeners: ['public', 'admin'], log });
    test.after(async () => {
      await close();
      await drop();
    });
    const watched = new Watched(new Deployment(addresses, issuer), server.db, lines);
    watched.hide('a-secret-that-only-tests-use', CREDENTIALS.client_secret, 'correct horse battery staple');
    await createAccount(server, { email: EMAIL, password: 'correct horse battery staple' });
    const grant_types = ['authorization_code', 'refresh_token', DEVICE_GRANT];
    await watched.deployment.createClient({ grant_types });
    return watched;
  }

  hide(...secrets: readonly unknown[]): void {
    for (const secret of secrets) if (typeof secret === 'string' && secret.length > 5) this.secrets.add(secret);
  }

  /** What stands in the page that somebody sees, and in the address that they are sent to. */
  see(shown: Shown): Shown {
    this.hide(...fieldsOf(shown).map(([, value]) => value), ...shown.headers.getSetCookie().map(cookieValue));
    for (const [name, value] of URL.parse(shown.location, 'http://none')?.searchParams ?? [])
      if (/challenge|verifier|code$/.test(name)) this.hide(value);
    return shown;
  }

  check(): void {
    const log = this.lines.join('');
    for (const secret of this.secrets) {
      for (const spelled of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), b64(secret)])
        assert.ok(!log.includes(spelled), `${spelled} stands in ${this.lines.find((line) => line.includes(spelled))}`);
    }
  }
}

const cookieValue = (line: string): string => /=([^;]*)/.exec(line)?.[1] ?? '';
const b64 = (text: string): string => btoa(text).replace(/=+$/, '');

/** Logs in with a wrong and with the right password, to tokens. */
async function logIn(watched: Watched): Promise<void> {
  const { deployment } = watched;
  const visitor = new Visitor(deployment);
  const press = async (page: Shown, fields: Record<string, string>) =>
    watched.see(await visitor.press(watched.see(page), 'accept', { fields }));
  watched.hide('a-wrong-password-typed-once');
  const login = await visitor.follow(deployment.authorizeUrl());
  await press(login, { email: EMAIL, password: 'a-wrong-password-typed-once' });
  const accepted = await press(login, { email: EMAIL, password: 'correct horse battery staple' });
  const consent = await visitor.follow(accepted.location);
  const granted = await press(consent, {});
  const back = watched.see(await visitor.follow(granted.location));
  const code = new URL(back.location).searchParams.get('code') ?? assert.fail(back.location);
  await redeem(watched, code);
}

async function redeem(watched: Watched, code: string): Promise<void> {
  const { deployment } = watched;
  const { body } = await deployment.exchange(code);
  watched.hide(body.access_token, body.refresh_token, body.id_token);
  const { body: renewed } = await deployment.refresh(body.refresh_token);
  watched.hide(renewed.access_token, renewed.refresh_token, renewed.id_token);
  await deployment.introspect(renewed.access_token);
  await deployment.refresh(body.refresh_token);
  await deployment.exchange(code);
  await deployment.revoke(renewed.refresh_token);
  watched.hide('a-wrong-secret-of-a-client');
  await deployment.exchange(code, { client_secret: 'a-wrong-secret-of-a-client' });
}

async function useDevice(watched: Watched): Promise<void> {
  const { deployment } = watched;
  const body = new URLSearchParams({ ...CREDENTIALS, scope: 'openid' });
  const response = await fetch(`${deployment.publicOrigin}/oauth2/device/auth`, { method: 'POST', body });
  const { user_code, device_code } = (await response.json()) as Record<string, string>;
  watched.hide(user_code, device_code, 'WRONGCODE');
  const visitor = new Visitor(deployment);
  const page = watched.see(await visitor.follow(`/oauth2/device/verify?user_code=${user_code}`));
  watched.see(await visitor.press(page, 'accept', { fields: { user_code: 'WRONGCODE' } }));
  watched.see(await visitor.press(page, 'accept', { fields: { user_code: `${user_code}` } }));
  await deployment.token({ ...CREDENTIALS, grant_type: DEVICE_GRANT, device_code: `${device_code}` });
}

/** Sees an account, fails to change its password, and does it. */
async function seeAccount(watched: Watched): Promise<void> {
  const visitor = new Visitor(watched.deployment);
  const [next, wrong] = ['another horse, another battery', 'a-current-password-that-is-wrong'];
  watched.hide(next, wrong);
  const follow = async (url: string) => watched.see(await visitor.follow(url));
  const fields = { email: EMAIL, password: 'correct horse battery staple' };
  const login = await visitor.press(await follow('/oauth2/fallbacks/account/password'), 'accept', { fields });
  const page = await follow(watched.see(login).location);
  for (const password of [wrong, fields.password]) {
    const answer = await visitor.press(page, 'change', {
      fields: { password, new_password: next, new_password_again: next },
    });
    watched.see(answer);
  }
  await follow('/oauth2/fallbacks/account/applications');
  watched.see(await visitor.press(await follow('/oauth2/fallbacks/account'), 'sign_out'));
}

/** Secrets where they do not belong: in an address, in a body that is cut off, under other names. */
async function makeMistakes(watched: Watched): Promise<void> {
  const { deployment } = watched;
  const misplaced = 'a-secret-where-it-does-not-belong';
  watched.hide(misplaced);
  const send = (path: string, body: string, type: string) =>
    fetch(deployment.publicOrigin + path, { method: 'POST', headers: { 'content-type': type }, body });
  await fetch(`${deployment.publicOrigin}/oauth2/fallbacks/login?email=x&password=${misplaced}`);
  await fetch(`${deployment.publicOrigin}/userinfo?access_token=${misplaced}`);
  await fetch(`${deployment.publicOrigin}/userinfo`, { headers: { authorization: `Bearer ${misplaced}` } });
  await send('/oauth2/token', `{"client_secret": "${misplaced}`, 'application/json');
  await send(
    `/oauth2/token?client_secret=${misplaced}`,
    `grant_type=%${misplaced}`,
    'application/x-www-form-urlencoded',
  );
  await fetch(`${deployment.adminOrigin}/admin/clients`, {
    method: 'POST',
    body: `{"client_secret": "${misplaced}" x`,
  });
  const invalid = { client_secret: misplaced, redirect_uris: ['#'] };
  await fetch(`${deployment.adminOrigin}/admin/clients`, { method: 'POST', body: JSON.stringify(invalid) });
}

describe('NIST SP 800-63B 5.1.1.2, RFC 9700 4.3: no password, secret, code, token or challenge is logged', () => {
  it('at any level, while everything works', async (test) => {
    const watched = await Watched.start(test);
    await logIn(watched);
    await useDevice(watched);
    await makeMistakes(watched);
    await seeAccount(watched);
    assert.ok(
      watched.lines.length > 20 && watched.secrets.size > 15,
      `${watched.lines.length} ${watched.secrets.size}`,
    );
    watched.check();
  });

  for (const table of ['accounts', 'account_sessions', 'tokens', 'consents', 'device_codes', 'clients'])
    it(`nor while the table ${table} is missing`, async (test) => {
      const watched = await Watched.start(test);
      await sql`alter table ${sql.table(table)} rename to elsewhere`.execute(watched.db.queries);
      for (const use of [logIn, useDevice, makeMistakes, seeAccount]) await use(watched).catch(() => {});
      await sql`alter table elsewhere rename to ${sql.table(table)}`.execute(watched.db.queries);
      assert.ok(watched.lines.some((line) => line.includes('an endpoint failed')));
      watched.check();
    });
});
