import { type Network, parseNetwork } from '../http/client_address.ts';
import type { CorsSettings } from '../http/cors.ts';
import type { OutgoingPolicy } from '../http/outgoing.ts';
import { durationSeconds, parseDuration } from '../lib/duration.ts';
import { type AccountExperience, type PageName, resolveAccountExperience } from './account_experience.ts';
import type { Document } from './document.ts';

/**
 * The configuration as the program reads it: the reference's names, durations in seconds, every default filled in.
 * Keys that nobody reads yet are not here.
 */
export type Config = {
  readonly dev: boolean;
  readonly dsn: string;
  readonly serve: {
    readonly public: Address;
    readonly admin: Address;
    readonly cookies: {
      readonly same_site_mode: 'Strict' | 'Lax' | 'None';
      readonly same_site_legacy_workaround: boolean;
      readonly domain: string | undefined;
      readonly secure: boolean;
      readonly names: Readonly<Record<'session' | 'login_csrf' | 'consent_csrf' | 'device_csrf', string>>;
      readonly paths: { readonly session: string };
    };
  };
  readonly urls: {
    readonly self: { readonly issuer: string; readonly public: string };
    readonly login: string;
    readonly registration: string;
    readonly consent: string;
    readonly logout: string;
    readonly error: string;
    readonly post_logout_redirect: string;
    readonly device: { readonly verification: string; readonly success: string };
  };
  readonly secrets: Readonly<Record<'system' | 'cookie' | 'pagination', readonly string[]>>;
  /** Seconds. A negative `refresh_token` never expires. */
  readonly ttl: Readonly<Record<TimeToLive, number>>;
  readonly strategies: {
    readonly scope: 'exact' | 'wildcard';
    readonly access_token: 'opaque' | 'jwt';
    readonly jwt: { readonly scope_claim: 'list' | 'string' | 'both' };
  };
  readonly oauth2: {
    readonly expose_internal_errors: boolean;
    readonly exclude_not_before_claim: boolean;
    readonly allowed_top_level_claims: readonly string[];
    readonly mirror_top_level_claims: boolean;
    readonly preserve_ext_claims: boolean;
    readonly hashers: {
      readonly algorithm: 'pbkdf2' | 'bcrypt';
      readonly bcrypt: { readonly cost: number };
      readonly pbkdf2: { readonly iterations: number };
    };
    readonly client_credentials: { readonly default_grant_allowed_scope: boolean };
    readonly device_authorization: {
      /** Seconds. */
      readonly token_polling_interval: number;
      readonly user_code: UserCodeForm;
    };
    readonly grant: {
      readonly refresh_token: {
        /** Seconds. */
        readonly rotation_grace_period: number;
        readonly rotation_grace_reuse_count: number;
      };
      readonly jwt: {
        readonly jti_optional: boolean;
        readonly iat_optional: boolean;
        /** Seconds. */
        readonly max_ttl: number;
        readonly omit_assertion_audience: boolean;
      };
    };
    readonly pkce: { readonly enforced: boolean; readonly enforced_for_public_clients: boolean };
    readonly token_hook: Hook | undefined;
    readonly refresh_token_hook: Hook | undefined;
  };
  readonly oidc: {
    readonly subject_identifiers: {
      readonly supported_types: readonly ('public' | 'pairwise')[];
      readonly pairwise: { readonly salt: string };
    };
    readonly dynamic_client_registration: { readonly enabled: boolean; readonly default_scope: readonly string[] };
  };
  readonly clients: { readonly http: OutgoingPolicy };
  readonly webfinger: {
    readonly jwks: { readonly broadcast_keys: readonly string[] };
    /** The addresses that discovery tells. A proxy in front may have moved them. */
    readonly oidc_discovery: {
      readonly auth_url: string;
      readonly token_url: string;
      readonly userinfo_url: string;
      readonly jwks_url: string;
      readonly device_authorization_url: string;
      readonly verifiable_credentials_url: string;
      /** Undefined where registration is off. */
      readonly client_registration_url: string | undefined;
      readonly supported_claims: readonly string[];
      readonly supported_scope: readonly string[];
    };
  };
  readonly log: {
    readonly level: 'panic' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
    readonly format: 'json' | 'json_pretty' | 'text';
  };
  readonly feature_flags: { readonly legacy_allow_insecure_origins: boolean };
  readonly gatehouse: {
    readonly account_experience: AccountExperience;
    /** The public listener serves the admin API too, under `/admin`. */
    readonly single_origin: boolean;
    readonly admin: { readonly api_keys: 'off' | 'required' };
    /** Seconds in which a refresh token that comes again gets the same answer again. */
    readonly refresh_token: { readonly retry_window: number };
    /** Whether a device learns that the person refused, instead of asking until its code expires. */
    readonly device_authorization: { readonly tell_denial: boolean };
    readonly keys: KeyTimes;
    readonly shutdown: Shutdown;
    readonly sweeper: SweeperSettings;
    /** Whose `X-Forwarded-For` is believed. */
    readonly trusted_proxies: readonly Network[];
    readonly throttle: {
      readonly user_codes: UserCodeLimits;
      readonly client_secrets: ClientSecretLimits;
      readonly passwords: PasswordLimits;
    };
  };
};

/** Seconds. */
export type KeyTimes = {
  /** How long a key is published before it signs. */
  readonly lead_time: number;
  readonly rotation: {
    /** From one key to the next; undefined: only by hand. */
    readonly interval: number | undefined;
    /** How long a key is kept at least that signs no more. */
    readonly retention: number;
  };
};

/** Longer than relying parties keep a key set. */
const LEAD_TIME_OF_ROTATION = '24h';

export function resolveKeyTimes({ lead_time, rotation }: FilledDocument['gatehouse']['keys']): KeyTimes {
  // Without a default in the document.
  const { interval } = rotation as { interval?: string };
  return {
    lead_time: secondsOf((lead_time as string | undefined) ?? (interval === undefined ? '0s' : LEAD_TIME_OF_ROTATION)),
    rotation: {
      interval: interval === undefined ? undefined : secondsOf(interval),
      retention: secondsOf(rotation.retention),
    },
  };
}

/** Seconds after the signal to stop. */
export type Shutdown = {
  /** How long connections are still taken, so that balancers notice that readiness is false. */
  readonly delay: number;
  /** How long after that what is running may take. */
  readonly deadline: number;
};

export type SweeperSettings = {
  readonly enabled: boolean;
  /** Seconds from one round to the next. */
  readonly interval: number;
  /** Rows that are deleted at once. */
  readonly batch: number;
  /** Seconds that a row is kept after it has expired, half an hour at least. */
  readonly keep: number;
  /** Seconds after which a dynamically registered client that nobody uses is deleted; 0: never. */
  readonly idle_registrations: number;
};

type UserCodeForm = { readonly length: number; readonly character_set: string };

/** RFC 8628 section 6.1: no characters that look like each other. */
const USER_CODE_PRESETS: Readonly<Record<'high' | 'medium' | 'low', UserCodeForm>> = {
  high: { length: 8, character_set: 'abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679' },
  medium: { length: 8, character_set: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
  low: { length: 9, character_set: '0123456789' },
};

const userCodeForm = (user_code: FilledDocument['oauth2']['device_authorization']['user_code'] | undefined) =>
  user_code && 'character_set' in user_code ? user_code : USER_CODE_PRESETS[user_code?.entropy_preset ?? 'high'];

/** Wrong user codes: how many, within so many seconds of the first. 0 is no limit. */
export type UserCodeLimits = {
  /** Of one visit to the device page. */
  readonly attempts: number;
  readonly attempts_per_address: number;
  readonly window: number;
};

/** Wrong secrets of one client from one address, likewise. */
export type ClientSecretLimits = { readonly attempts: number; readonly window: number };

/** Wrong passwords of people, likewise. */
export type PasswordLimits = {
  /** Of one account in one place: an address, or a browser that is known. */
  readonly attempts: number;
  /** Of all accounts together. */
  readonly attempts_per_address: number;
  /** In all places together, where the browser is not known. */
  readonly attempts_per_account: number;
  readonly window: number;
};

type Address = { readonly host: string; readonly port: number; readonly cors: CorsSettings };

/** A program of the operator that is asked before tokens are issued. */
export type Hook = {
  readonly url: string;
  readonly auth?: {
    readonly type: 'api_key';
    readonly config: { readonly in?: 'header' | 'cookie'; readonly name: string; readonly value: string };
  };
};

type TimeToLive =
  | 'login_consent_request'
  | 'authentication_session'
  | 'access_token'
  | 'refresh_token'
  | 'id_token'
  | 'auth_code'
  | 'device_user_code'
  | 'vc_nonce';

/** 180 days: the reference keeps no login for longer. */
const LONGEST_SESSION = 180 * 24 * 3600;
const LONGEST_GRACE = 300;
/** Seconds between two rounds of the sweeper at least: each asks the database a dozen questions. */
const SHORTEST_ROUND = 0.5;

type Filled<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]-?: Filled<T[K]> } : T;

/** A document that was validated and has its defaults. */
export type FilledDocument = Filled<Document>;

export function resolveConfig(document: FilledDocument): Config {
  const urls = resolveUrls(document);
  const { serve, strategies, oauth2, oidc, clients, webfinger, log, feature_flags, gatehouse, dev, dsn, secrets } =
    document;
  return {
    dev,
    dsn,
    serve: { public: addressOf(serve.public), admin: addressOf(serve.admin), cookies: serve.cookies },
    urls,
    secrets: {
      system: secrets.system,
      cookie: secrets.cookie ?? secrets.system,
      pagination: secrets.pagination ?? secrets.system,
    },
    ttl: resolveTimes(document.ttl),
    strategies,
    oauth2: {
      ...oauth2,
      device_authorization: {
        token_polling_interval: secondsOf(oauth2.device_authorization.token_polling_interval),
        user_code: userCodeForm(oauth2.device_authorization.user_code),
      },
      grant: resolveGrants(oauth2.grant),
      token_hook: hookOf(oauth2.token_hook),
      refresh_token_hook: hookOf(oauth2.refresh_token_hook),
    },
    oidc,
    clients,
    webfinger: { jwks: webfinger.jwks, oidc_discovery: resolveDiscovery(document, urls.self) },
    log,
    feature_flags,
    gatehouse: {
      ...gatehouse,
      account_experience: resolveAccountExperience(gatehouse.account_experience, (page) => isBuiltIn(urls, page)),
      admin: { api_keys: gatehouse.admin.api_keys ?? (gatehouse.single_origin ? 'required' : 'off') },
      refresh_token: { retry_window: secondsOf(gatehouse.refresh_token.retry_window) },
      keys: resolveKeyTimes(gatehouse.keys),
      shutdown: {
        delay: secondsOf(gatehouse.shutdown.delay),
        deadline: secondsOf(gatehouse.shutdown.deadline),
      },
      sweeper: {
        ...gatehouse.sweeper,
        interval: Math.max(secondsOf(gatehouse.sweeper.interval), SHORTEST_ROUND),
        keep: secondsOf(gatehouse.sweeper.keep),
        idle_registrations: secondsOf(gatehouse.sweeper.idle_registrations),
      },
      trusted_proxies: gatehouse.trusted_proxies.map(parseNetwork).filter((network) => network !== undefined),
      throttle: {
        user_codes: withWindow(gatehouse.throttle.user_codes),
        client_secrets: withWindow(gatehouse.throttle.client_secrets),
        passwords: withWindow(gatehouse.throttle.passwords),
      },
    },
  };
}

const hookOf = (hook: string | Hook | undefined): Hook | undefined => (typeof hook === 'string' ? { url: hook } : hook);

/** Hydra: five minutes at most, or as long as a login where uses are counted. */
function resolveGrants({ refresh_token, jwt }: FilledDocument['oauth2']['grant']): Config['oauth2']['grant'] {
  const { rotation_grace_period, rotation_grace_reuse_count } = refresh_token;
  const longest = rotation_grace_reuse_count > 0 ? LONGEST_SESSION : LONGEST_GRACE;
  return {
    refresh_token: {
      rotation_grace_period: Math.min(secondsOf(rotation_grace_period), longest),
      rotation_grace_reuse_count,
    },
    jwt: { ...jwt, max_ttl: secondsOf(jwt.max_ttl) },
  };
}

const addressOf = ({ host, port, cors }: Address): Address => ({ host, port, cors });

function resolveDiscovery(
  document: FilledDocument,
  self: Config['urls']['self'],
): Config['webfinger']['oidc_discovery'] {
  const { oidc_discovery } = document.webfinger;
  const { client_registration_url } = oidc_discovery;
  const isRegistrationOn = document.oidc.dynamic_client_registration.enabled;
  return {
    auth_url: oidc_discovery.auth_url ?? urlBelow(self.public, 'oauth2/auth'),
    token_url: oidc_discovery.token_url ?? urlBelow(self.public, 'oauth2/token'),
    userinfo_url: oidc_discovery.userinfo_url ?? urlBelow(self.public, 'userinfo'),
    jwks_url: oidc_discovery.jwks_url ?? urlBelow(self.issuer, '.well-known/jwks.json'),
    device_authorization_url: oidc_discovery.device_authorization_url ?? urlBelow(self.public, 'oauth2/device/auth'),
    verifiable_credentials_url: oidc_discovery.verifiable_credentials_url ?? urlBelow(self.public, 'credentials'),
    client_registration_url:
      client_registration_url ?? (isRegistrationOn ? urlBelow(self.public, 'oauth2/register') : undefined),
    supported_claims: oidc_discovery.supported_claims,
    supported_scope: oidc_discovery.supported_scope,
  };
}

/** `path` below a base that may end in a slash. */
export const urlBelow = (base: string, path: string): string => `${base.replace(/\/$/, '')}/${path}`;

function resolveUrls({ urls }: FilledDocument): Config['urls'] {
  const issuer = urls.self.issuer;
  // Hydra: an address without a path gets the shortest one.
  const self = urls.self.public
    ? URL.parse(urls.self.public)?.pathname === '/'
      ? withSlash(urls.self.public)
      : urls.self.public
    : issuer;
  const fallback = (page: PageName) => fallbackUrl(self, page);
  const login = urls.login ?? fallback('login');
  return {
    self: { issuer, public: self },
    login,
    registration: urls.registration ?? login,
    consent: urls.consent ?? fallback('consent'),
    logout: urls.logout ?? fallback('logout'),
    error: urls.error ?? fallback('error'),
    post_logout_redirect: urls.post_logout_redirect ?? fallback('logout/callback'),
    device: {
      verification: urls.device?.verification ?? fallback('device'),
      success: urls.device?.success ?? fallback('device/done'),
    },
  };
}

const fallbackUrl = (self: string, page: PageName): string => urlBelow(self, `oauth2/fallbacks/${page}`);

/** Whether people are sent to the page that we bring. */
function isBuiltIn({ self, device, ...urls }: Config['urls'], page: PageName): boolean {
  const used: Readonly<Record<PageName, string>> = {
    login: urls.login,
    consent: urls.consent,
    logout: urls.logout,
    'logout/callback': urls.post_logout_redirect,
    device: device.verification,
    'device/done': device.success,
    error: urls.error,
  };
  return used[page] === fallbackUrl(self.public, page);
}

const withSlash = (url: string): string => (/^[^:]+:\/\/[^/?#]+$/.test(url) ? `${url}/` : url);

function resolveTimes(ttl: FilledDocument['ttl']): Config['ttl'] {
  const times = Object.fromEntries(Object.entries(ttl).map(([name, value]) => [name, secondsOf(value)]));
  const limited = Math.min(times.authentication_session ?? 0, LONGEST_SESSION);
  return { ...times, authentication_session: limited } as Config['ttl'];
}

const withWindow = <Limits extends { readonly window: string }>(limits: Limits) => ({
  ...limits,
  window: secondsOf(limits.window),
});

const secondsOf = (value: string | number): number =>
  Number(value) === -1 ? -1 : durationSeconds(parseDuration(String(value)) ?? 0n);
