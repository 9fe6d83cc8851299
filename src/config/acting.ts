/**
 * The keys that do something today, or that are known to do nothing anywhere. One that is set and not listed here is
 * named in a warning at the start. `*` stands for the rest of a path.
 */
const ACTING: readonly string[] = [
  'dsn',
  'dev',
  'serve.public.host',
  'serve.public.port',
  'serve.admin.host',
  'serve.admin.port',
  ...['serve', 'serve.public', 'serve.admin'].flatMap((path) =>
    ['enabled', 'cert.*', 'key.*'].map((key) => `${path}.tls.${key}`),
  ),
  'serve.public.cors.*',
  'serve.admin.cors.*',
  'serve.cookies.*',
  'urls.self.*',
  'urls.login',
  'urls.registration',
  'urls.consent',
  'urls.logout',
  'urls.device.*',
  'urls.error',
  'urls.post_logout_redirect',
  'secrets.*',
  'ttl.login_consent_request',
  'ttl.authentication_session',
  'ttl.access_token',
  'ttl.refresh_token',
  'ttl.id_token',
  'ttl.auth_code',
  'ttl.device_user_code',
  'ttl.vc_nonce',
  'strategies.access_token',
  'strategies.scope',
  'strategies.jwt.*',
  'oauth2.pkce.*',
  'oauth2.expose_internal_errors',
  'oauth2.exclude_not_before_claim',
  'oauth2.allowed_top_level_claims',
  'oauth2.mirror_top_level_claims',
  'oauth2.preserve_ext_claims',
  'oauth2.hashers.*',
  'oauth2.token_hook',
  'oauth2.token_hook.*',
  'oauth2.refresh_token_hook',
  'oauth2.refresh_token_hook.*',
  'oauth2.device_authorization.*',
  'oauth2.client_credentials.*',
  'oauth2.grant.*',
  'oidc.subject_identifiers.*',
  'oidc.dynamic_client_registration.*',
  'clients.http.*',
  'webfinger.*',
  'log.level',
  'log.format',
  'feature_flags.legacy_allow_insecure_origins',
  'gatehouse.*',
];

/** Of the reference's own engine room: nothing here could mean anything to us. */
const WITHOUT_EFFECT: readonly string[] = [
  'version',
  'sqa.*',
  'cgroups.*',
  'profiling',
  'db.*',
  'serve.public.base_url',
  'serve.admin.base_url',
  'serve.public.write_listen_file',
  'serve.admin.write_listen_file',
];

export const isActing = (path: string): boolean => [...ACTING, ...WITHOUT_EFFECT].some((entry) => covers(entry, path));

const covers = (entry: string, path: string): boolean =>
  entry.endsWith('.*') ? path.startsWith(entry.slice(0, -1)) : entry === path;
