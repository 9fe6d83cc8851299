import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ConfigError, findDsn, loadConfig } from '../../src/config/load.ts';
import type { JsonObject } from '../../src/lib/json.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-config-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;

const HOOK = 'https://hooks.example.com/';

/** The path of a file with this text. */
function file(text: string, extension = 'yml'): string {
  const path = join(folder, `${files++}.${extension}`);
  writeFileSync(path, text);
  return path;
}

const ENOUGH: JsonObject = {
  dsn: 'memory',
  urls: { self: { issuer: 'https://id.example.com/' } },
  secrets: { system: ['a-secret-of-some-length'] },
};

const load = (forced: JsonObject = {}, env: Record<string, string> = {}) =>
  loadConfig({ files: [file(JSON.stringify(ENOUGH), 'json')], env, flags: {}, forced });

/** The one sentence that a configuration is refused with. */
function refused(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.match(error.message, /^The configuration .*[.?]$/);
    assert.ok(!error.message.includes('\n'));
    return error.message;
  }
  return assert.fail('it was accepted');
}

describe('defaults', () => {
  it('are those of the reference', () => {
    const { config, warnings } = load();
    assert.deepEqual(warnings, []);
    const cors = {
      enabled: false,
      allowed_origins: [],
      allowed_methods: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'HEAD', 'OPTIONS', 'TRACE'],
      allowed_headers: 'Accept, Content-Type, Content-Length, Accept-Language, Content-Language, Authorization'.split(
        ', ',
      ),
      exposed_headers:
        'Cache-Control, Expires, Last-Modified, Pragma, Content-Length, Content-Language, Content-Type'.split(', '),
      allow_credentials: true,
      options_passthrough: false,
      max_age: 0,
      debug: false,
    };
    assert.deepEqual(config.serve.public, { host: '0.0.0.0', port: 4444, tls: undefined, cors });
    assert.deepEqual(config.serve.admin, { host: '0.0.0.0', port: 4445, tls: undefined, cors });
    assert.deepEqual(config.ttl, {
      login_consent_request: 1_800,
      authentication_session: 2_592_000,
      access_token: 3_600,
      refresh_token: 2_592_000,
      id_token: 3_600,
      auth_code: 600,
      device_user_code: 600,
      vc_nonce: 3_600,
    });
    assert.deepEqual(config.urls.self, { issuer: 'https://id.example.com/', public: 'https://id.example.com/' });
    assert.equal(config.urls.login, 'https://id.example.com/oauth2/fallbacks/login');
    assert.equal(config.urls.registration, config.urls.login);
    assert.equal(config.urls.post_logout_redirect, 'https://id.example.com/oauth2/fallbacks/logout/callback');
    assert.deepEqual(config.strategies, { scope: 'wildcard', access_token: 'opaque', jwt: { scope_claim: 'list' } });
    assert.deepEqual(config.oidc.subject_identifiers.supported_types, ['public']);
    assert.deepEqual(config.oidc.dynamic_client_registration.default_scope, ['offline_access', 'offline', 'openid']);
    assert.deepEqual(config.serve.cookies.names, {
      session: 'ory_hydra_session',
      login_csrf: 'ory_hydra_login_csrf',
      consent_csrf: 'ory_hydra_consent_csrf',
      device_csrf: 'ory_hydra_device_csrf',
    });
    assert.equal(config.serve.cookies.same_site_mode, 'None');
    assert.deepEqual(config.secrets.cookie, config.secrets.system);
    assert.equal(config.log.level, 'info');
    assert.equal(config.dev, false);
  });

  it('use an issuer to the letter, and give a public address a path', () => {
    const urls = { self: { issuer: 'https://id.example.com', public: 'https://www.example.com' } };
    const { config } = load({ urls });
    assert.deepEqual(config.urls.self, { issuer: 'https://id.example.com', public: 'https://www.example.com/' });
    assert.equal(config.urls.consent, 'https://www.example.com/oauth2/fallbacks/consent');
  });

  it('limit a login to 180 days, and let a refresh token live for ever', () => {
    const { config } = load({ ttl: { authentication_session: '9000h', refresh_token: -1 } });
    assert.equal(config.ttl.authentication_session, 180 * 86_400);
    assert.equal(config.ttl.refresh_token, -1);
    assert.equal(load({ ttl: { refresh_token: '-1' } }).config.ttl.refresh_token, -1);
  });

  it('ask for API keys where one origin serves everything, and else where somebody wants them', () => {
    const keysOf = (gatehouse: JsonObject) => load({ gatehouse }).config.gatehouse.admin.api_keys;
    assert.equal(keysOf({}), 'off');
    assert.equal(keysOf({ single_origin: true }), 'required');
    assert.equal(keysOf({ single_origin: true, admin: { api_keys: 'required' } }), 'required');
    assert.equal(keysOf({ admin: { api_keys: 'required' } }), 'required');
    const { config } = load({}, { GATEHOUSE_SINGLE_ORIGIN: 'true' });
    assert.deepEqual([config.gatehouse.single_origin, config.gatehouse.admin.api_keys], [true, 'required']);
  });

  it('let a development server start with nothing, and say what it made up', () => {
    const { config, warnings } = loadConfig({ files: [], env: {}, flags: { dev: true } });
    assert.equal(config.dsn, 'memory');
    assert.equal(config.urls.self.issuer, 'http://localhost:4444/');
    assert.equal(config.secrets.system.length, 1);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /secrets\.system/);
    const kept = loadConfig({ files: [], env: { DSN: 'sqlite://x.sqlite' }, flags: { dev: true } });
    assert.match(kept.warnings[0] ?? '', /after a restart/);
  });
});

describe('files', () => {
  it('are YAML, JSON and TOML; later ones win, maps merge, lists do not', () => {
    const yaml = file(
      'dsn: memory\nttl: {access_token: 5m, id_token: 6m}\nsecrets: {system: [first-secret-of-some-length, x-second-secret-of-length]}\nurls: {self: {issuer: "https://a.example"}}\n',
    );
    const json = file('{"ttl":{"id_token":"7m"},"secrets":{"system":["another-secret-of-some-length"]}}', 'json');
    const toml = file('[ttl]\nauth_code = "8m"\n', 'toml');
    const { config } = loadConfig({ files: [`${yaml},${json}`, toml], env: {}, flags: {} });
    assert.deepEqual([config.ttl.access_token, config.ttl.id_token, config.ttl.auth_code], [300, 420, 480]);
    assert.deepEqual(config.secrets.system, ['another-secret-of-some-length']);
  });

  it('are named when they cannot be read', () => {
    const read = (path: string) => refused(() => loadConfig({ files: [path], env: {}, flags: {} }));
    assert.match(read('/nowhere/config.yml'), /\/nowhere\/config\.yml cannot be read/);
    assert.match(read(file('a: [', 'yml')), /cannot be read/);
    assert.match(read(file('', 'ini')), /\.yaml, \.yml, \.json or \.toml/);
    assert.match(read(file('- a\n- b\n')), /keys and values/);
  });
});

describe('the environment', () => {
  const rows = [
    ['TTL_ACCESS_TOKEN', '90m', (c: Config) => c.ttl.access_token, 5_400],
    ['URLS_SELF_ISSUER', 'https://env.example', (c: Config) => c.urls.self.issuer, 'https://env.example'],
    ['SERVE_PUBLIC_PORT', '9000', (c: Config) => c.serve.public.port, 9_000],
    ['DEV', 'true', (c: Config) => c.dev, true],
    ['OAUTH2_PKCE_ENFORCED_FOR_PUBLIC_CLIENTS', 'true', (c: Config) => c.oauth2.pkce.enforced_for_public_clients, true],
    [
      'SECRETS_SYSTEM',
      'new-secret-of-some-length,old-secret-of-some-length',
      (c: Config) => c.secrets.system.length,
      2,
    ],
    ['SECRETS_SYSTEM', '["new-secret-of-some-length"]', (c: Config) => c.secrets.system, ['new-secret-of-some-length']],
    [
      'OIDC_SUBJECT_IDENTIFIERS_SUPPORTED_TYPES',
      'public',
      (c: Config) => c.oidc.subject_identifiers.supported_types,
      ['public'],
    ],
    ['TTL_REFRESH_TOKEN', '-1', (c: Config) => c.ttl.refresh_token, -1],
    ['HYDRA_LOG_LEVEL', 'debug', (c: Config) => c.log.level, 'debug'],
    ['GATEHOUSE_LOG_LEVEL', 'debug', (c: Config) => c.log.level, 'debug'],
    ['ttl_id_token', '2m', (c: Config) => c.ttl.id_token, 120],
  ] as const;
  type Config = ReturnType<typeof load>['config'];
  for (const [name, value, read, expected] of rows) {
    it(`${name}=${value}`, () => assert.deepEqual(read(load({}, { [name]: value }).config), expected));
  }

  it('beats flags and files, and a prefixed name beats a plain one', () => {
    const path = file('dev: false\nlog: {level: warn}\n');
    const env = { DEV: 'true', LOG_LEVEL: 'error', HYDRA_LOG_LEVEL: 'trace' };
    const { config } = loadConfig({ files: [path], env, flags: { dev: false } });
    assert.equal(config.dev, true);
    assert.equal(config.log.level, 'trace');
  });

  it('replaces list entries by index, and appends', () => {
    const env = { SECRETS_SYSTEM_0: 'zeroth-secret-of-some-length', SECRETS_SYSTEM_1: 'first-secret-of-some-length' };
    assert.deepEqual(load({}, env).config.secrets.system, Object.values(env));
  });

  it('is not ours where a name is everybody\u2019s', () => {
    assert.equal(load({}, { VERSION: '1.2.3', PROFILING: 'yes', HOME: '/root' }).config.dsn, 'memory');
    assert.match(
      refused(() => load({}, { HYDRA_LOG_LEVEL: 'loud' })),
      /"log\.level" must be one of "panic"/,
    );
  });
});

describe('refusals name the key', () => {
  const rows = [
    [{ ttl: { acces_token: '1h' } }, /"ttl\.acces_token" does not exist; did you mean "ttl\.access_token"\?/],
    [{ nonsense: 1 }, /"nonsense" does not exist\.$/],
    [
      { ttl: { access_token: '1 day' } },
      /"ttl\.access_token" must be a duration such as "30m" or "1h30m", but it is "1 day"/,
    ],
    [{ ttl: { access_token: 60 } }, /"ttl\.access_token"/],
    [
      { serve: { public: { port: 70_000 } } },
      /"serve\.public\.port" must be a whole number from 0 to 65535, but it is 70000/,
    ],
    [
      { serve: { cookies: { same_site_mode: 'lax' } } },
      /"serve\.cookies\.same_site_mode" must be one of "Strict", "Lax", "None"/,
    ],
    [
      { serve: { cookies: { nmaes: {} } } },
      /"serve\.cookies\.nmaes" does not exist; did you mean "serve\.cookies\.names"/,
    ],
    [{ strategies: { scope: 'regex' } }, /"strategies\.scope"/],
    [{ oauth2: { pkce: { enforced: 'yes' } } }, /"oauth2\.pkce\.enforced" must be true or false, but it is "yes"/],
    [
      { oidc: { subject_identifiers: { supported_types: ['private'] } } },
      /"oidc\.subject_identifiers\.supported_types" must be a list/,
    ],
    [
      { oidc: { subject_identifiers: { supported_types: ['pairwise'] } } },
      /"oidc\.subject_identifiers\.pairwise\.salt"/,
    ],
    [
      { gatehouse: { trusted_proxies: ['10.0.0.0/8', 'proxy'] } },
      /"gatehouse\.trusted_proxies" must be a list of networks and addresses/,
    ],
    [
      { urls: { self: { issuer: 'http://id.example.com' } } },
      /"urls\.self\.issuer" must be an https URL unless "dev" is on/,
    ],
    [{ urls: { self: { issuer: 'id.example.com' } } }, /"urls\.self\.issuer" must be a URL/],
    [{ secrets: { system: [] } }, /"secrets\.system" is required/],
    [{ dsn: 'oracle://x' }, /"dsn" must be "memory"/],
    [
      { gatehouse: { single_origin: true, admin: { api_keys: 'off' } } },
      /"gatehouse\.admin\.api_keys" must be "required" where "gatehouse\.single_origin" is on/,
    ],
    [
      { gatehouse: { admin: { api_keys: 'optional' } } },
      /"gatehouse\.admin\.api_keys" must be one of "off", "required"/,
    ],
    [{ gatehouse: { single_origin: 'yes' } }, /"gatehouse\.single_origin" must be true or false/],
    [{ oauth2: { token_hook: 'ftp://hooks.example.com/' } }, /"oauth2\.token_hook" must be an http or https URL/],
    [
      { oauth2: { token_hook: { url: HOOK, auth: { type: 'basic' } } } },
      /"oauth2\.token_hook" must be an http or https URL/,
    ],
    [
      {
        oauth2: { refresh_token_hook: { url: HOOK, auth: { type: 'api_key', config: { name: 'A key', value: 'x' } } } },
      },
      /"oauth2\.refresh_token_hook" must be .* that can be sent/,
    ],
    [
      { oauth2: { token_hook: { url: HOOK, auth: { type: 'api_key', config: { name: 'Key', value: 'x\r\nY: z' } } } } },
      /"oauth2\.token_hook" must be .* that can be sent/,
    ],
    [{ serve: { tls: { enabled: true } } }, /"serve\.public\.tls\.cert" is required/],
    [{ serve: { admin: { tls: { enabled: true, cert: { path: 'a.pem' } } } } }, /"serve\.admin\.tls\.key" is required/],
    [{ hsm: { enabled: true } }, /"hsm\.enabled"/],
    [{ log: { format: 'gelf' } }, /"log\.format"/],
    [{ log: 'loud' }, /"log" must hold further keys/],
    [{ version: '26' }, /"version" must be a version/],
  ] as const;
  for (const [values, expected] of rows) {
    it(JSON.stringify(values), () =>
      assert.match(
        refused(() => load(values as unknown as JsonObject)),
        expected,
      ),
    );
  }

  it('what is required and missing', () => {
    const without = (key: string) => {
      const { [key]: _, ...rest } = ENOUGH;
      return refused(() => loadConfig({ files: [file(JSON.stringify(rest), 'json')], env: {}, flags: {} }));
    };
    assert.match(without('dsn'), /"dsn" is required/);
    assert.match(without('urls'), /"urls\.self\.issuer" is required/);
    assert.match(without('secrets'), /"secrets\.system" is required/);
  });

  it('RFC 8414 2: an issuer with a query or a fragment', () => {
    for (const issuer of ['https://id.example.com/?x=1', 'https://id.example.com/#x', 'https://id.example.com?']) {
      assert.match(
        refused(() => load({ urls: { self: { issuer } } })),
        /"urls\.self\.issuer" must be a URL without a query/,
      );
    }
  });

  it('and never show a secret', () => {
    for (const values of [
      { secrets: { system: ['short'] } },
      { dsn: 'mysql://root:short@db' },
      { oidc: { subject_identifiers: { supported_types: ['pairwise'], pairwise: { salt: 'short' } } } },
      { oauth2: { token_hook: { url: HOOK, auth: { type: 'api_key', config: { value: 'short' } } } } },
    ]) {
      assert.doesNotMatch(
        refused(() => load(values as unknown as JsonObject)),
        /short/,
      );
    }
  });
});

describe('TLS', () => {
  const tlsOf = (serve: JsonObject) => {
    const { config, warnings } = load({ serve });
    assert.deepEqual(warnings, []);
    return [config.serve.public.tls, config.serve.admin.tls];
  };
  const [cert, key] = [{ path: 'cert.pem' }, { path: 'key.pem' }];

  it('is of both listeners, or of one', () => {
    assert.deepEqual(tlsOf({ tls: { enabled: true, cert, key } }), [
      { cert, key },
      { cert, key },
    ]);
    assert.deepEqual(tlsOf({ public: { tls: { enabled: true, cert, key } } }), [{ cert, key }, undefined]);
    assert.deepEqual(tlsOf({ tls: { cert, key }, admin: { tls: { enabled: true } } }), [undefined, { cert, key }]);
    const off = { tls: { enabled: true, cert, key }, admin: { tls: { enabled: false } } };
    assert.deepEqual(tlsOf(off), [{ cert, key }, undefined]);
    assert.deepEqual(tlsOf({ tls: { cert, key } }), [undefined, undefined]);
  });

  it('takes what stands there before a file, and what a listener has of its own', () => {
    const own = { cert: { base64: 'Y2VydA==' }, key: { path: 'own.pem' } };
    assert.deepEqual(tlsOf({ tls: { enabled: true, cert, key }, public: { tls: own } }), [own, { cert, key }]);
  });

  it('is in the issuer that a development server makes up', () => {
    const tls = { enabled: true, cert, key };
    const { config } = loadConfig({ files: [], env: {}, flags: { dev: true }, forced: { serve: { tls } } });
    assert.equal(config.urls.self.issuer, 'https://localhost:4444/');
  });
});

describe('hooks', () => {
  it('are an address, alone or with a key', () => {
    const auth = { type: 'api_key', config: { in: 'header', name: 'X-Key', value: 'secret' } };
    const { config, warnings } = load({ oauth2: { token_hook: HOOK, refresh_token_hook: { url: HOOK, auth } } });
    assert.deepEqual(config.oauth2.token_hook, { url: HOOK });
    assert.deepEqual(config.oauth2.refresh_token_hook, { url: HOOK, auth });
    assert.deepEqual(warnings, []);
    assert.deepEqual(load({}, { OAUTH2_TOKEN_HOOK: HOOK }).config.oauth2.token_hook, { url: HOOK });
    const asJson = JSON.stringify({ url: HOOK, auth });
    assert.deepEqual(load({}, { OAUTH2_TOKEN_HOOK: asJson }).config.oauth2.token_hook, { url: HOOK, auth });
  });
});

describe('warnings', () => {
  it('list in one sentence what is known and does not act', () => {
    const { warnings } = load({
      oauth2: { session: { encrypt_at_rest: false }, pkce: { enforced: true } },
      serve: { public: { request_log: { disable_for_health: true }, unknown: 1 } },
      sqa: { opt_out: true },
    });
    assert.equal(warnings.length, 1);
    for (const path of [
      'oauth2.session.encrypt_at_rest',
      'serve.public.request_log.disable_for_health',
      'serve.public.unknown',
    ]) {
      assert.ok(warnings[0]?.includes(path), path);
    }
    for (const path of ['pkce', 'sqa']) assert.ok(!warnings[0]?.includes(path), path);
  });

  it('operations.md H16: name a listener whose answers every origin may read', () => {
    const { warnings } = load({ serve: { public: { cors: { enabled: true } } } });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /"serve\.public\.cors\.allowed_origins" is empty/);
    const listed = load({
      serve: { public: { cors: { enabled: true, allowed_origins: ['https://app.example.com'] } } },
    });
    assert.deepEqual(listed.warnings, []);
  });
});

describe('the DSN alone', () => {
  it('is found beside a configuration that cannot start a server', () => {
    assert.equal(findDsn({ files: [], env: { DSN: 'sqlite://x.sqlite' }, flags: {} }), 'sqlite://x.sqlite');
    assert.match(
      refused(() => findDsn({ files: [], env: {}, flags: {} })),
      /"dsn" is required/,
    );
  });
});
