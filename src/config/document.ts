import Type, { type TSchema } from 'typebox';

/**
 * The configuration file: every key of the reference with its default, and ours under `gatehouse`. The same object
 * validates the file, tells which environment variables exist, and fills in what is left out.
 */
type Options = Record<string, unknown>;

const text = (options: Options = {}) => Type.String(options);
const words = <Word extends string>(...values: Word[]) => Type.Enum(values);
const flag = (value = false) => Type.Boolean({ default: value });
const integer = (options: Options = {}) => Type.Integer(options);
const ratio = () => Type.Number({ minimum: 0, maximum: 1 });
const texts = (options: Options = {}) => Type.Array(Type.String(), options);
const url = () => Type.String({ pattern: '^[a-z][a-z0-9+.-]*:', shape: 'a URL' });
/** Hydra: a path alone will do. */
const link = () => Type.String({ shape: 'a URL' });
const duration = (value?: string) =>
  Type.String({
    pattern: '^(\\d+(ns|us|ms|s|m|h))+$',
    shape: 'a duration such as "30m" or "1h30m"',
    ...(value === undefined ? {} : { default: value }),
  });
const secrets = () => Type.Array(Type.String({ minLength: 16, shape: 'a secret of at least 16 characters' }));

type Members = Record<string, TSchema>;
const closed = <Of extends Members>(members: Of) => Type.Partial(Type.Object(members), { additionalProperties: false });
const open = <Of extends Members>(members: Of) => Type.Partial(Type.Object(members), { additionalProperties: true });

const METHODS = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'HEAD', 'OPTIONS', 'TRACE'] as const;

const CORS_HEADERS = [
  'Accept',
  'Content-Type',
  'Content-Length',
  'Accept-Language',
  'Content-Language',
  'Authorization',
];
const CORS_EXPOSED = [
  'Cache-Control',
  'Expires',
  'Last-Modified',
  'Pragma',
  'Content-Length',
  'Content-Language',
  'Content-Type',
];

const pem = () => closed({ path: text(), base64: text() });
const tls = () => closed({ enabled: Type.Boolean(), cert: pem(), key: pem(), allow_termination_from: texts() });

const cors = () =>
  closed({
    enabled: flag(),
    allowed_origins: texts({ default: [] }),
    allowed_methods: Type.Array(words(...METHODS), { default: [...METHODS] }),
    allowed_headers: texts({ default: CORS_HEADERS }),
    exposed_headers: texts({ default: CORS_EXPOSED }),
    allow_credentials: flag(true),
    options_passthrough: flag(),
    max_age: integer({ minimum: 0, default: 0 }),
    debug: flag(),
  });

/** Hydra: open for keys that nobody reads. */
const listener = (port: number) =>
  open({
    host: text({ default: '0.0.0.0' }),
    port: integer({ minimum: 0, maximum: 65535, default: port }),
    base_url: url(),
    write_listen_file: text(),
    socket: closed({ owner: text(), group: text(), mode: integer({ minimum: 0, maximum: 511 }) }),
    request_log: closed({ disable_for_health: flag() }),
    tls: tls(),
    cors: cors(),
  });

const hookUrl = () => Type.String({ pattern: '^https?://' });
/** RFC 9110 sections 5.1 and 5.5: what can stand in a header, or in a cookie. */
const headerName = () => text({ pattern: "^[\\w!#$%&'*+.^`|~-]+$" });
const headerValue = () => text({ pattern: '^[\\t -~]*$' });
const hook = () =>
  Type.Union(
    [
      hookUrl(),
      Type.Object(
        {
          url: hookUrl(),
          auth: Type.Optional(
            Type.Object(
              {
                type: Type.Literal('api_key'),
                config: Type.Object(
                  { in: Type.Optional(words('header', 'cookie')), name: headerName(), value: headerValue() },
                  { additionalProperties: false },
                ),
              },
              { additionalProperties: false },
            ),
          ),
        },
        { additionalProperties: false },
      ),
    ],
    { shape: 'an http or https URL, or its "url" with an "auth" that can be sent' },
  );

const userCode = () =>
  Type.Union([
    Type.Object({ entropy_preset: words('high', 'medium', 'low') }, { additionalProperties: false }),
    Type.Object(
      { length: integer({ minimum: 6 }), character_set: text({ minLength: 8 }) },
      { additionalProperties: false },
    ),
  ]);

const webAddress = () => Type.String({ pattern: '^https?://', shape: 'an http or https URL' });
const explanation = () => Type.Object({ title: text({ minLength: 1 }), text: text() }, { additionalProperties: false });

const accountExperience = () =>
  closed({
    enabled: flag(true),
    claims: Type.Record(Type.String(), texts(), { default: {} }),
    brand: closed({
      name: text(),
      logo: text(),
      accent_color: text({ pattern: '^#[0-9A-Fa-f]{6}$', shape: 'a colour such as "#1d5fd1"' }),
      terms_url: webAddress(),
      privacy_url: webAddress(),
      support: Type.String({ pattern: '^(https?://|mailto:)', shape: 'an http, https or mailto URL' }),
    }),
    show_client_images: flag(),
    scopes: Type.Record(
      Type.String(),
      Type.Union([explanation(), Type.Record(Type.String({ pattern: '^[A-Za-z\\d-]+$' }), explanation())]),
      { shape: 'a map from scopes to a "title" and a "text", or to those by language' },
    ),
  });

export const DOCUMENT = closed({
  version: text({ pattern: '^v\\d+\\.\\d+\\.\\d+([-+].*)?$', shape: 'a version such as "v26.2.0"' }),
  dev: flag(),
  dsn: text(),
  serve: closed({
    public: listener(4444),
    admin: listener(4445),
    tls: tls(),
    cookies: closed({
      same_site_mode: Type.Enum(['Strict', 'Lax', 'None'], { default: 'None' }),
      same_site_legacy_workaround: flag(),
      domain: text(),
      secure: flag(),
      names: open({
        session: text({ default: 'ory_hydra_session' }),
        login_csrf: text({ default: 'ory_hydra_login_csrf' }),
        consent_csrf: text({ default: 'ory_hydra_consent_csrf' }),
        device_csrf: text({ default: 'ory_hydra_device_csrf' }),
      }),
      paths: open({ session: text({ default: '/' }) }),
    }),
  }),
  urls: closed({
    self: closed({ issuer: url(), public: url(), admin: url() }),
    login: link(),
    registration: link(),
    consent: link(),
    logout: link(),
    error: link(),
    post_logout_redirect: link(),
    device: open({ verification: link(), success: link() }),
    identity_provider: closed({ url: url(), publicUrl: url(), headers: Type.Record(Type.String(), Type.String()) }),
  }),
  secrets: closed({ system: secrets(), cookie: secrets(), pagination: secrets() }),
  ttl: closed({
    login_consent_request: duration('30m'),
    authentication_session: duration('720h'),
    access_token: duration('1h'),
    refresh_token: Type.Union([duration(), Type.Literal('-1'), Type.Literal(-1)], {
      default: '720h',
      shape: 'a duration such as "720h", or -1 for never',
    }),
    id_token: duration('1h'),
    auth_code: duration('10m'),
    device_user_code: duration('10m'),
    // Not to be set in v26.2.0, where it is an hour.
    vc_nonce: duration('1h'),
  }),
  strategies: closed({
    scope: Type.Enum(['exact', 'wildcard'], { default: 'wildcard' }),
    access_token: Type.Enum(['opaque', 'jwt'], { default: 'opaque' }),
    jwt: closed({ scope_claim: Type.Enum(['list', 'string', 'both'], { default: 'list' }) }),
  }),
  oauth2: closed({
    expose_internal_errors: flag(),
    session: open({ encrypt_at_rest: flag(true) }),
    exclude_not_before_claim: flag(),
    allowed_top_level_claims: texts({ default: [] }),
    mirror_top_level_claims: flag(true),
    // Later than v26.2.0: off is what that version does.
    preserve_ext_claims: flag(),
    hashers: closed({
      algorithm: Type.Enum(['pbkdf2', 'bcrypt'], { default: 'pbkdf2' }),
      bcrypt: closed({ cost: integer({ minimum: 4, maximum: 31, default: 10 }) }),
      pbkdf2: closed({ iterations: integer({ minimum: 1, default: 25_000 }) }),
    }),
    pkce: closed({ enforced: flag(), enforced_for_public_clients: flag() }),
    client_credentials: closed({ default_grant_allowed_scope: flag() }),
    grant: closed({
      refresh_token: open({
        rotation_grace_period: duration('0s'),
        rotation_grace_reuse_count: integer({ minimum: 0, default: 0 }),
      }),
      jwt: closed({
        jti_optional: flag(),
        iat_optional: flag(),
        max_ttl: duration('720h'),
        // Later than v26.2.0, which copies the audience.
        omit_assertion_audience: flag(),
      }),
    }),
    refresh_token_hook: hook(),
    token_hook: hook(),
    device_authorization: closed({ token_polling_interval: duration('5s'), user_code: userCode() }),
  }),
  oidc: closed({
    subject_identifiers: closed({
      supported_types: Type.Array(words('public', 'pairwise'), { default: ['public'] }),
      pairwise: closed({ salt: text({ default: '' }) }),
    }),
    dynamic_client_registration: closed({
      enabled: flag(),
      default_scope: texts({ default: ['offline_access', 'offline', 'openid'] }),
    }),
  }),
  webfinger: closed({
    jwks: closed({ broadcast_keys: texts({ default: ['hydra.openid.id-token'] }) }),
    oidc_discovery: closed({
      jwks_url: link(),
      token_url: link(),
      auth_url: link(),
      device_authorization_url: link(),
      client_registration_url: link(),
      userinfo_url: link(),
      // Not to be set in v26.2.0.
      verifiable_credentials_url: link(),
      supported_claims: texts({ default: [] }),
      supported_scope: texts({ default: [] }),
    }),
  }),
  clients: closed({
    http: closed({ disallow_private_ip_ranges: flag(), private_ip_exception_urls: texts({ default: [] }) }),
  }),
  hsm: closed({
    enabled: flag(),
    library: text(),
    pin: text(),
    slot: integer(),
    token_label: text(),
    key_set_prefix: text(),
  }),
  db: closed({ ignore_unknown_table_columns: flag() }),
  log: closed({
    level: Type.Enum(['panic', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'], { default: 'info' }),
    format: Type.Enum(['json', 'json_pretty', 'text'], { default: 'text' }),
    leak_sensitive_values: flag(),
    redaction_text: text(),
  }),
  tracing: closed({
    provider: words('jaeger', 'zipkin', 'otel'),
    service_name: text(),
    deployment_environment: text(),
    providers: closed({
      jaeger: closed({
        local_agent_address: text(),
        sampling: closed({ server_url: url(), trace_id_ratio: ratio() }),
      }),
      zipkin: closed({ server_url: url(), sampling: closed({ sampling_ratio: ratio() }) }),
      otlp: closed({
        server_url: text(),
        insecure: flag(),
        sampling: closed({ sampling_ratio: ratio() }),
        authorization_header: text(),
      }),
    }),
  }),
  profiling: words('cpu', 'mem'),
  sqa: open({ opt_out: flag() }),
  cgroups: closed({ v1: closed({ auto_max_procs_enabled: flag() }) }),
  feature_flags: open({ legacy_allow_insecure_origins: flag() }),
  gatehouse: closed({
    account_experience: accountExperience(),
    single_origin: flag(),
    admin: closed({ api_keys: words('off', 'required') }),
    refresh_token: closed({ retry_window: duration('0s') }),
    device_authorization: closed({ tell_denial: flag() }),
    keys: closed({
      lead_time: duration(),
      rotation: closed({ interval: duration(), retention: duration('0s') }),
    }),
    shutdown: closed({ delay: duration('0s'), deadline: duration('500ms') }),
    sweeper: closed({
      enabled: flag(true),
      interval: duration('1m'),
      // store/sweep.ts says why no more.
      batch: integer({ minimum: 1, maximum: 1000, default: 100 }),
      keep: duration('30m'),
      idle_registrations: duration('0s'),
    }),
    trusted_proxies: texts({ default: [] }),
    throttle: closed({
      // NIST SP 800-63B section 5.2.2: no more than 100.
      client_secrets: closed({ attempts: integer({ minimum: 0, default: 100 }), window: duration('10m') }),
      user_codes: closed({
        attempts: integer({ minimum: 0, default: 10 }),
        attempts_per_address: integer({ minimum: 0, default: 100 }),
        window: duration('10m'),
      }),
      passwords: closed({
        attempts: integer({ minimum: 0, default: 10 }),
        attempts_per_address: integer({ minimum: 0, default: 100 }),
        attempts_per_account: integer({ minimum: 0, default: 100 }),
        window: duration('10m'),
      }),
    }),
  }),
});

export type Document = Type.Static<typeof DOCUMENT>;

/** A key that holds a value and no further keys: its path, and how its value looks. */
export type Leaf = { readonly path: string; readonly schema: TSchema };

type Branch = TSchema & { readonly properties: Members };

export const isBranch = (schema: TSchema): schema is Branch => 'properties' in schema;

export function leavesOf(schema: TSchema, prefix = ''): Leaf[] {
  if (!isBranch(schema)) return [{ path: prefix, schema }];
  return Object.entries(schema.properties).flatMap(([name, member]) =>
    leavesOf(member, prefix === '' ? name : `${prefix}.${name}`),
  );
}

export const LEAVES: readonly Leaf[] = leavesOf(DOCUMENT);
