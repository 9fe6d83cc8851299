import type { Network } from '../http/client_address.ts';
import type { CorsSettings } from '../http/cors.ts';
import type { OutgoingPolicy } from '../http/outgoing.ts';
import type { Tls } from '../http/tls.ts';
import type { AccountExperience } from './account_experience.ts';

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

export type UserCodeForm = { readonly length: number; readonly character_set: string };

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

export type Address = {
  readonly host: string;
  readonly port: number;
  /** Undefined: whoever is in front ends TLS. */
  readonly tls: Tls | undefined;
  readonly cors: CorsSettings;
};

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
