import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parseDsn } from '../../src/config/dsn.ts';
import { loadConfig } from '../../src/config/load.ts';
import { type ImportOptions, type ImportReport, importHydra } from '../../src/hydra_import/import.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { openStore, startServer } from '../../src/server.ts';
import type { Database } from '../../src/store/db.ts';
import { HydraDatabase } from '../../src/store/hydra/database.ts';
import type { Tables } from '../../src/store/tables.ts';
import { configOf as deploymentConfig, ISSUER } from '../e2e/deployment.ts';
import { Deployment, type Json } from '../e2e/flow.ts';
import { validateAnswersOf } from '../openapi/validation.ts';
import { type Created, type Engine, SHARED_ENGINES } from '../store/engines.ts';
import { jwt, SCHEMES, sessionCookie } from './formats.ts';
import { HydraTables, NETWORK } from './tables.ts';
import {
  COOKIE_SECRET,
  EXPECTED,
  fillHydra,
  HOUR,
  ID_TOKEN_HINT,
  KEYS,
  SESSIONS,
  START,
  SYSTEM_SECRETS,
  TOKENS,
} from './world.ts';

/** As an operator leaves them after the switch: a new one in front, and those of Hydra. */
const SECRETS = {
  system: ['a-secret-of-gatehouse', ...SYSTEM_SECRETS],
  cookie: ['a-cookie-secret-of-gatehouse', COOKIE_SECRET],
};

const [FILE] = SHARED_ENGINES;

/** Every engine with itself, and with another one. */
const PAIRS = SHARED_ENGINES.flatMap((source, at): [source: Engine, target: Engine][] => [
  [source, source],
  [source, SHARED_ENGINES[(at + 1) % SHARED_ENGINES.length] ?? source],
]);

const configOf = (dsn: string, options: JsonObject = {}) =>
  loadConfig({
    files: [],
    env: {},
    flags: { dev: true },
    forced: { ...deploymentConfig(dsn), secrets: SECRETS, ...options },
  }).config;

/** One run, as the command does it. */
async function run(source: Created, target: Created, options: Partial<ImportOptions> = {}): Promise<ImportReport> {
  const config = configOf(target.dsn);
  const hydra = await HydraDatabase.open(parseDsn(source.dsn));
  const db = await openStore(config);
  try {
    return await importHydra(
      hydra,
      { db, config, now: Date.now },
      { secrets: SYSTEM_SECRETS, isDryRun: false, isAgain: false, progress() {}, ...options },
    );
  } finally {
    await db.close();
    await hydra.close();
  }
}

/** Found, imported, already there and skipped, by table. */
const countsOf = ({ tables }: ImportReport) =>
  Object.fromEntries(
    tables.map(({ table, found, imported, already_there, skipped }) => [
      table,
      [found, imported, already_there, skipped],
    ]),
  );

const expected = (pick: (imported: number) => readonly [imported: number, already_there: number]) =>
  Object.fromEntries(
    Object.entries(EXPECTED).map(([table, [found, imported, skipped]]) => [table, [found, ...pick(imported), skipped]]),
  );

const reasonsFor = ({ tables }: ImportReport, table: string) =>
  tables
    .find((report) => report.table === table)
    ?.reasons.map(({ reason, count, example }) => [reason, count, example])
    .sort();

const IMPORTED_TABLES = [
  'clients',
  'consents',
  'forced_subjects',
  'json_web_keys',
  'login_sessions',
  'tokens',
  'trusted_jwt_issuers',
] as const satisfies (keyof Tables)[];

/** Everything that stands in the tables, byte for byte. */
async function contentOf({ dsn }: Created): Promise<string> {
  const db: Database = await openStore(configOf(dsn));
  try {
    const tables = await Promise.all(
      IMPORTED_TABLES.map((table) => db.queries.selectFrom(table).selectAll().execute()),
    );
    return JSON.stringify(tables.map((rows) => rows.map((row) => JSON.stringify(row)).sort()));
  } finally {
    await db.close();
  }
}

for (const [sourceEngine, targetEngine] of PAIRS) {
  describe(`a database of Hydra in ${sourceEngine.name}, imported into ${targetEngine.name}`, () => {
    let source: Created;
    let target: Created;
    let deployment: Deployment;
    const closing: (() => Promise<void>)[] = [];

    before(async () => {
      [source, target] = [await sourceEngine.create(), await targetEngine.create()];
      closing.push(source.drop, target.drop);
      await fillHydra(source.dsn);
    });
    after(async () => {
      for (const close of closing.reverse()) await close();
    });

    it('with none of the right secrets is refused before anything is written', async () => {
      const wrong = { secrets: ['a-secret-of-somebody-else'] };
      await assert.rejects(run(source, target, wrong), /None of the secrets opens the keys/);
      assert.equal(await contentOf(target), JSON.stringify(IMPORTED_TABLES.map(() => [])));
    });

    it('is counted in a dry run, which writes nothing', async () => {
      const report = await run(source, target, { isDryRun: true });
      assert.deepEqual(
        countsOf(report),
        expected((imported) => [imported, 0]),
      );
      assert.equal(await contentOf(target), JSON.stringify(IMPORTED_TABLES.map(() => [])));
    });

    it('is carried over, and what cannot be is reported with its reason', async () => {
      const lines: string[] = [];
      const report = await run(source, target, { progress: (line) => lines.push(line) });
      assert.deepEqual(
        countsOf(report),
        expected((imported) => [imported, 0]),
      );
      assert.deepEqual([report.network, report.dry_run, report.warnings], [NETWORK, false, []]);
      assert.ok(lines.includes('hydra_oauth2_access: 9 rows'));
      assert.deepEqual(reasonsFor(report, 'hydra_client'), [
        ['has a redirect_uris that is no list of texts', 1, 'broken'],
      ]);
      assert.deepEqual(reasonsFor(report, 'hydra_jwk'), [
        ['is not a key that we know', 1, 'strange strange'],
        ['opens with none of the secrets', 1, 'foreign foreign'],
      ]);
      assert.deepEqual(reasonsFor(report, 'hydra_oauth2_access'), [
        ['belongs to a client that is not carried over', 1, 'request request-broken'],
        ['has expired', 1, 'request request-expired'],
        ['has no session of Hydra v2 or later', 1, 'request request-ancient'],
        ['opens with none of the secrets', 1, 'request request-malformed'],
      ]);
      assert.deepEqual(reasonsFor(report, 'hydra_oauth2_flow'), [
        ['belongs to a client that is not carried over', 1, 'consent-broken'],
        ['has a granted_scope that is no list of texts', 1, 'consent-strange'],
        ['is neither remembered nor in use', 1, 'consent-over'],
        ['was not completed', 1, 'consent-unfinished'],
        ['was rejected', 1, 'consent-rejected'],
      ]);
    });

    it('a second time changes nothing', async () => {
      const content = await contentOf(target);
      for (const isAgain of [false, true]) {
        assert.deepEqual(
          countsOf(await run(source, target, { isAgain })),
          expected((imported) => [0, imported]),
        );
        assert.equal(await contentOf(target), content);
      }
    });

    it('serves', async () => {
      const options = { oidc: { dynamic_client_registration: { enabled: true } } };
      const running = await startServer(configOf(target.dsn, options), { listeners: ['public', 'admin'] });
      closing.push(running.close);
      validateAnswersOf(running.addresses.public, running.addresses.admin);
      deployment = new Deployment(running.addresses, ISSUER);
    });

    it('shows the client as Hydra did', async () => {
      const { body } = await deployment.admin('GET', '/admin/clients/app');
      assert.deepEqual(
        [body.client_name, body.metadata, body.audience, body.contacts, body.skip_logout_consent, body.skip_consent],
        ['An app – ÄÖÜ', { tier: 'gold' }, ['https://api.example.com'], ['ops@example.com'], true, false],
      );
      assert.deepEqual(
        [
          body.authorization_code_grant_access_token_lifespan,
          body.refresh_token_grant_refresh_token_lifespan,
          body.jwt_bearer_grant_access_token_lifespan,
        ],
        ['1h30m0s', '4320h0m0s', null],
      );
      assert.equal(body.created_at, new Date((START - 30 * 24 * HOUR) * 1000).toISOString().replace('.000Z', 'Z'));
      assert.equal((await deployment.admin('GET', '/admin/clients/of-another-network')).status, 404);
    });

    it('takes the secret of the client, and one that was rotated out', async () => {
      const ask = (client_secret: string) =>
        deployment.token({ grant_type: 'client_credentials', client_id: 'app', client_secret });
      assert.equal((await ask('app-secret')).status, 200);
      assert.equal((await ask('rotated-secret')).status, 200);
      assert.equal((await ask('another-secret')).status, 401);
    });

    it('takes secrets under every hash that Hydra verified', async () => {
      for (const scheme of SCHEMES) {
        const ask = (client_secret: string) =>
          deployment.token({ grant_type: 'client_credentials', client_id: `hashed-with-${scheme}`, client_secret });
        assert.equal((await ask('app-secret')).status, 200, scheme);
        assert.equal((await ask('another-secret')).status, 401, scheme);
      }
    });

    it('takes the registration access token', async () => {
      const ask = ({ token }: { readonly token: string }) =>
        fetch(new URL('/oauth2/register/app', deployment.publicOrigin), {
          headers: { authorization: `Bearer ${token}` },
        });
      assert.equal((await ask(TOKENS.registration)).status, 200);
      assert.equal((await ask(TOKENS.access)).status, 401);
    });

    it('RFC 7662 2.2: tells of an opaque access token what Hydra told', async () => {
      assert.deepEqual(await deployment.introspect(TOKENS.access.token), {
        active: true,
        scope: 'openid offline_access',
        client_id: 'app',
        sub: 'user-1',
        exp: START + HOUR,
        iat: START - HOUR / 2,
        nbf: START - HOUR / 2,
        aud: ['https://api.example.com'],
        iss: 'http://issuer.test/',
        token_type: 'Bearer',
        token_use: 'access_token',
        ext: { tenant: 'blue' },
      });
      const { token_use, active, exp } = await deployment.introspect(TOKENS.refresh.token);
      assert.deepEqual([token_use, active, exp], ['refresh_token', true, START + 30 * 24 * HOUR]);
      assert.equal(await deployment.isActive(TOKENS.expired.token), false);
    });

    it('RFC 7662 2.2: tells of a JWT whose session was encrypted, and of a token that was kept unhashed', async () => {
      for (const { token } of [TOKENS.jwt, TOKENS.unhashed]) {
        const { active, sub, scope, aud, ext } = await deployment.introspect(token);
        assert.deepEqual([active, sub, scope, aud, ext], [true, 'app', 'read', [], undefined]);
      }
    });

    it('OpenID Connect Core 5.3: tells claims about the person at userinfo', async () => {
      const response = await fetch(new URL('/userinfo', deployment.publicOrigin), {
        headers: { authorization: `Bearer ${TOKENS.access.token}` },
      });
      const { sub, email, acr, amr } = (await response.json()) as Json;
      assert.deepEqual([sub, email, acr, amr], ['user-1', 'one@example.com', 'urn:acr:2', ['pwd', 'otp']]);
    });

    it('publishes every key, and signs with the newest', async () => {
      const { keys } = (await (await fetch(new URL('/.well-known/jwks.json', deployment.publicOrigin))).json()) as {
        keys: { kid: string }[];
      };
      assert.deepEqual(
        keys.map(({ kid }) => kid),
        [KEYS.id_token.kid, KEYS.old.kid, KEYS.access_token.kid],
      );
    });

    it('OpenID Connect Core 3.1.2.1: skips login and consent for a browser that Hydra knew, and takes its ID token as a hint', async () => {
      const browser = deployment.browser();
      browser.cookies.set(
        'ory_hydra_session_dev',
        sessionCookie(Buffer.from(COOKIE_SECRET), 'ory_hydra_session_dev', SESSIONS.remembered),
      );
      const first = await browser.get(deployment.authorizeUrl({ prompt: 'none', id_token_hint: ID_TOKEN_HINT.token }));
      const login_challenge = first.location.searchParams.get('login_challenge') ?? assert.fail(String(first.location));
      const login = await deployment.admin(
        'GET',
        `/admin/oauth2/auth/requests/login?${new URLSearchParams({ login_challenge })}`,
      );
      assert.deepEqual(
        [login.body.skip, login.body.subject, login.body.session_id],
        [true, 'user-1', SESSIONS.remembered],
      );
      const second = await browser.get(await deployment.acceptLogin(login_challenge));
      const consent_challenge = second.location.searchParams.get('consent_challenge') ?? assert.fail();
      const consent = await deployment.admin(
        'GET',
        `/admin/oauth2/auth/requests/consent?${new URLSearchParams({ consent_challenge })}`,
      );
      assert.equal(consent.body.skip, true);
      const third = await browser.get(await deployment.acceptConsent(consent_challenge));
      const { status, body } = await deployment.exchange(third.location.searchParams.get('code') ?? '');
      assert.equal(status, 200, JSON.stringify(body));
    });

    it('OpenID Connect Core 3.1.2.1: refuses a hint that no key of Hydra signed', async () => {
      const forged = await jwt({ ...KEYS.issuer, kid: KEYS.old.kid }, { sub: 'user-1' });
      const { location } = await deployment.browser().get(deployment.authorizeUrl({ id_token_hint: forged.token }));
      assert.equal(location.searchParams.get('error'), 'invalid_request');
    });

    it('knows a session that Hydra gave no time', async () => {
      const browser = deployment.browser();
      browser.cookies.set(
        'ory_hydra_session_dev',
        sessionCookie(Buffer.from(COOKIE_SECRET), 'ory_hydra_session_dev', SESSIONS.without_time),
      );
      const { location } = await browser.get(deployment.authorizeUrl({ prompt: 'none' }));
      assert.ok(location.searchParams.has('login_challenge'), String(location));
    });

    it('lists consents with what Hydra knew of them', async () => {
      const { body } = await deployment.admin('GET', '/admin/oauth2/auth/sessions/consent?subject=user-3');
      const [session] = body as unknown as [Json & { consent_request: Json }];
      assert.deepEqual(
        [session.consent_request_id, session.grant_scope, session.context, session.session, session.remember],
        [
          'consent-from-request-object',
          ['openid', 'offline_access'],
          { from: 'the login app' },
          { access_token: { tenant: 'blue' }, id_token: { email: 'one@example.com' } },
          true,
        ],
      );
      const { requested_scope, amr, acr, login_session_id } = session.consent_request;
      assert.deepEqual(
        [requested_scope, amr, acr, login_session_id],
        [['openid', 'offline_access'], ['pwd', 'otp'], 'urn:acr:2', SESSIONS.remembered],
      );
    });

    it('RFC 7523 2.1: takes an assertion of an issuer that Hydra trusted', async () => {
      const assertion = await jwt(KEYS.issuer, {
        iss: 'https://issuer.example.com',
        sub: 'whoever',
        aud: 'http://issuer.test/oauth2/token',
        jti: `jti-${Math.random()}`,
        iat: Math.floor(Date.now() / 1000),
        exp: Math.floor(Date.now() / 1000) + 60,
      });
      const { status, body } = await deployment.token({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        client_id: 'app',
        client_secret: 'app-secret',
        assertion: assertion.token,
        scope: 'read',
      });
      assert.deepEqual([status, body.scope], [200, 'read'], JSON.stringify(body));
    });

    it('RFC 9700 4.14.2: refreshes with a refresh token of Hydra, and ends its chain when it comes again', async () => {
      const { status, body } = await deployment.refresh(TOKENS.refresh.token);
      assert.equal(status, 200, JSON.stringify(body));
      const [header = '', payload = ''] = String(body.id_token).split('.');
      const { sub, nonce, acr, amr, sid, email, auth_time } = JSON.parse(Buffer.from(payload, 'base64url').toString());
      assert.deepEqual(
        [sub, nonce, acr, amr, sid, email, auth_time],
        [
          'user-1',
          'nonce-of-the-client',
          'urn:acr:2',
          ['pwd', 'otp'],
          SESSIONS.remembered,
          'one@example.com',
          START - HOUR,
        ],
      );
      assert.equal(JSON.parse(Buffer.from(header, 'base64url').toString()).kid, KEYS.id_token.kid);
      assert.equal(await deployment.isActive(TOKENS.access.token), false);
      assert.equal((await deployment.refresh(TOKENS.refresh.token)).body.error, 'invalid_grant');
      assert.equal(await deployment.isActive(body.access_token), false);
      assert.equal(await deployment.isActive(body.refresh_token), false);
    });

    it('RFC 9700 4.14.2: ends the chain of a refresh token that Hydra rotated out', async () => {
      assert.equal(await deployment.isActive(TOKENS.rotated_access.token), true);
      assert.equal((await deployment.refresh(TOKENS.used.token)).body.error, 'invalid_grant');
      assert.equal(await deployment.isActive(TOKENS.rotated_access.token), false);
      assert.equal(await deployment.isActive(TOKENS.rotated.token), false);
    });

    it('revoking a consent ends the tokens of Hydra, those of consents that were skipped too', async () => {
      for (const { token } of [TOKENS.revocable, TOKENS.skipped]) assert.equal(await deployment.isActive(token), true);
      const path = '/admin/oauth2/auth/sessions/consent?subject=user-2&client=app';
      assert.equal((await deployment.admin('DELETE', path)).status, 204);
      for (const { token } of [TOKENS.revocable, TOKENS.skipped]) assert.equal(await deployment.isActive(token), false);
    });

    it('brings nothing back that was revoked since, unless it is told to', async () => {
      const refreshTokens = ({ tables }: ImportReport) =>
        tables.find(({ table }) => table === 'hydra_oauth2_refresh') ?? assert.fail();
      const { imported, reasons } = refreshTokens(await run(source, target));
      assert.deepEqual(
        [imported, reasons.map(({ reason, count }) => [reason, count])],
        [0, [['is missing here after an import that was finished (--again carries it over)', 4]]],
      );
      assert.equal(await deployment.isActive(TOKENS.revocable.token), false);
      const again = await run(source, target, { isAgain: true });
      assert.equal(refreshTokens(again).imported, 4);
      assert.equal(await deployment.isActive(TOKENS.revocable.token), true);
    });
  });
}

for (const engine of SHARED_ENGINES) {
  describe(`an import into ${engine.name}`, () => {
    let source: Created;
    let target: Created;
    before(async () => {
      [source, target] = [await engine.create(), await engine.create()];
      await fillHydra(source.dsn);
    });
    after(() => Promise.all([source.drop(), target.drop()]));

    it('that was cut off goes on where it was', async () => {
      const progress = (line: string) => {
        if (line.startsWith('hydra_oauth2_access')) throw new Error('the lights went out');
      };
      await assert.rejects(run(source, target, { progress }), /the lights went out/);
      const counts = countsOf(await run(source, target));
      assert.deepEqual(counts.hydra_oauth2_access, [9, 0, 5, 4]);
      assert.deepEqual(counts.hydra_oauth2_refresh, [4, 4, 0, 0]);
    });

    it('goes on after rows that our database refuses, and says which', async () => {
      const hydra = await HydraTables.open(source.dsn);
      await hydra.insert('hydra_oauth2_obfuscated_authentication_session', {
        subject: 'user-1',
        client_id: 'nobody',
        subject_obfuscated: 'x',
      });
      await hydra.insert('hydra_oauth2_flow', {
        login_challenge: 'login-of-a-second-flow',
        consent_challenge_id: 'consent-remembered',
        client_id: 'app',
        subject: 'user-1',
        requested_at: new Date(),
        consent_handled_at: new Date(),
      });
      await hydra.close();
      const report = await run(source, target, { isAgain: true });
      const counts = countsOf(report);
      assert.deepEqual(counts.hydra_oauth2_obfuscated_authentication_session, [2, 0, 1, 1]);
      assert.deepEqual(reasonsFor(report, 'hydra_oauth2_obfuscated_authentication_session'), [
        ['belongs to a client that is not there', 1, 'nobody user-1'],
      ]);
      // To the others it is there already: their inserts ask no unique key which one it is.
      const isRefused = engine === FILE;
      assert.deepEqual(counts.hydra_oauth2_flow, isRefused ? [11, 0, 5, 6] : [11, 0, 6, 5]);
      const reasons = reasonsFor(report, 'hydra_oauth2_flow')?.map(([reason]) => reason);
      assert.equal(reasons?.includes('is refused by the database (ERR_SQLITE_ERROR)'), isRefused);
    });

    it('warns when a secret of Hydra is not configured here', async () => {
      const report = await run(source, target, { secrets: [...SYSTEM_SECRETS, 'a-secret-that-is-not-configured'] });
      assert.match(report.warnings.join(), /not among "secrets.system"/);
    });
  });
}
