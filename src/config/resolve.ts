import { parseNetwork } from '../http/client_address.ts';
import type { Pem } from '../http/tls.ts';
import { durationSeconds, parseDuration } from '../lib/duration.ts';
import { urlBelow } from '../lib/url_below.ts';
import { type PageName, resolveAccountExperience } from './account_experience.ts';
import type { Document } from './document.ts';
import type { Address, Config, Hook, KeyTimes, UserCodeForm } from './schema.ts';

/** 180 days: the reference keeps no login for longer. */
const LONGEST_SESSION = 180 * 24 * 3600;
const LONGEST_GRACE = 300;
/** Seconds between two rounds of the sweeper at least: each asks the database a dozen questions. */
const SHORTEST_ROUND = 0.5;

type Filled<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]-?: Filled<T[K]> } : T;

/** A document that was validated and has its defaults. */
export type FilledDocument = Filled<Document>;

/** The configuration as the program reads it, of a document that was validated. Throws ConfigError. */
export function resolveConfig(document: FilledDocument): Config {
  const urls = resolveUrls(document);
  const { serve, strategies, oauth2, oidc, clients, webfinger, log, feature_flags, gatehouse, dev, dsn, secrets } =
    document;
  return {
    dev,
    dsn,
    serve: {
      public: addressOf(serve.public, serve.tls),
      admin: addressOf(serve.admin, serve.tls),
      cookies: serve.cookies,
    },
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

/** RFC 8628 section 6.1: no characters that look like each other. */
const USER_CODE_PRESETS: Readonly<Record<'high' | 'medium' | 'low', UserCodeForm>> = {
  high: { length: 8, character_set: 'abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679' },
  medium: { length: 8, character_set: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
  low: { length: 9, character_set: '0123456789' },
};

const userCodeForm = (user_code: FilledDocument['oauth2']['device_authorization']['user_code'] | undefined) =>
  user_code && 'character_set' in user_code ? user_code : USER_CODE_PRESETS[user_code?.entropy_preset ?? 'high'];

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

type Listener = FilledDocument['serve']['public'];

function addressOf(listener: Listener, shared: Listener['tls']): Address {
  const { host, port, cors } = listener;
  const { enabled, cert, key } = tlsOf(listener, shared);
  // What is missing has stopped the start.
  return { host, port, cors, tls: enabled && cert && key ? { cert, key } : undefined };
}

/** What a listener says of TLS, and where it says nothing, what both do. */
export const tlsOf = ({ tls }: Listener, shared: Listener['tls']) => ({
  enabled: tls.enabled ?? shared.enabled ?? false,
  cert: pemOf({ ...shared.cert, ...tls.cert }),
  key: pemOf({ ...shared.key, ...tls.key }),
});

/** Hydra: what stands there goes before a file. */
const pemOf = ({ path, base64 }: { readonly path?: string; readonly base64?: string }): Pem | undefined =>
  base64 ? { base64 } : path ? { path } : undefined;

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
