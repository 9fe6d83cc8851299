import type { AuthorizationServer } from './authorization_server.ts';
import type { Config } from './config/schema.ts';
import { withApiKey } from './endpoints/admin/api_key.ts';
import * as changes from './endpoints/admin/client_changes.ts';
import * as clients from './endpoints/admin/clients.ts';
import * as consent from './endpoints/admin/consent_requests.ts';
import * as consents from './endpoints/admin/consent_sessions.ts';
import * as device from './endpoints/admin/device_requests.ts';
import * as introspection from './endpoints/admin/introspection.ts';
import * as keys from './endpoints/admin/keys.ts';
import * as login from './endpoints/admin/login_requests.ts';
import * as sessions from './endpoints/admin/login_sessions.ts';
import * as logout from './endpoints/admin/logout_requests.ts';
import * as metrics from './endpoints/admin/metrics.ts';
import * as openApi from './endpoints/admin/openapi_document.ts';
import * as tokens from './endpoints/admin/tokens.ts';
import * as trusts from './endpoints/admin/trusted_jwt_issuers.ts';
import * as version from './endpoints/admin/version.ts';
import * as authorization from './endpoints/authorization.ts';
import * as credentials from './endpoints/credentials.ts';
import * as deviceAuthorization from './endpoints/device_authorization.ts';
import * as deviceVerification from './endpoints/device_verification.ts';
import * as endSession from './endpoints/end_session.ts';
import { fallbackRoutes } from './endpoints/fallbacks.ts';
import * as health from './endpoints/health.ts';
import * as jwks from './endpoints/jwks.ts';
import * as discovery from './endpoints/openid_configuration.ts';
import { preflight } from './endpoints/preflight.ts';
import * as registration from './endpoints/registration.ts';
import * as revocation from './endpoints/revocation.ts';
import * as token from './endpoints/token.ts';
import * as userinfo from './endpoints/userinfo.ts';
import { type Described, type Method, type Route, routeTo } from './http/route.ts';
import type { Access } from './keys/api_key.ts';

type Routes = readonly Route<AuthorizationServer>[];

/** The function has the name of the operation, and so has its schema. */
const route = routeTo<AuthorizationServer>();

/** A row of the admin API, with what it asks for where API keys are required. */
type AdminRoute = Route<AuthorizationServer> & { readonly access: Access };

const admin = <Id extends string>(
  method: Method,
  path: string,
  endpoints: Described<AuthorizationServer, Id>,
  operationId: Id,
  access: Access,
): AdminRoute => ({ ...route(method, path, endpoints, operationId), access });

const cors = (path: string): Route<AuthorizationServer> => ({
  method: 'OPTIONS',
  path,
  operationId: 'preflight',
  endpoint: preflight,
});

const healthRoutes: Routes = [
  route('GET', '/health/alive', health, 'isAlive'),
  route('GET', '/health/ready', health, 'isReady'),
];

/** Every URL of the public listener, without the pages. */
export const publicApi: Routes = [
  route('GET', '/oauth2/auth', authorization, 'oAuth2Authorize'),
  route('POST', '/oauth2/auth', authorization, 'oAuth2Authorize'),
  route('POST', '/oauth2/token', token, 'oauth2TokenExchange'),
  cors('/oauth2/token'),
  route('POST', '/oauth2/revoke', revocation, 'revokeOAuth2Token'),
  cors('/oauth2/revoke'),
  route('POST', '/oauth2/register', registration, 'createOidcDynamicClient'),
  route('GET', '/oauth2/register/{id}', registration, 'getOidcDynamicClient'),
  route('PUT', '/oauth2/register/{id}', registration, 'setOidcDynamicClient'),
  route('DELETE', '/oauth2/register/{id}', registration, 'deleteOidcDynamicClient'),
  route('POST', '/oauth2/device/auth', deviceAuthorization, 'oAuth2DeviceFlow'),
  route('GET', '/oauth2/device/verify', deviceVerification, 'performOAuth2DeviceVerificationFlow'),
  route('GET', '/oauth2/sessions/logout', endSession, 'revokeOidcSession'),
  route('POST', '/oauth2/sessions/logout', endSession, 'revokeOidcSession'),
  route('GET', '/userinfo', userinfo, 'getOidcUserInfo'),
  route('POST', '/userinfo', userinfo, 'getOidcUserInfo'),
  cors('/userinfo'),
  route('POST', '/credentials', credentials, 'createVerifiableCredential'),
  cors('/credentials'),
  route('GET', '/.well-known/openid-configuration', discovery, 'discoverOidcConfiguration'),
  cors('/.well-known/openid-configuration'),
  route('GET', '/.well-known/oauth-authorization-server', discovery, 'discoverOidcConfiguration'),
  cors('/.well-known/oauth-authorization-server'),
  route('GET', '/.well-known/jwks.json', jwks, 'discoverJsonWebKeys'),
  cors('/.well-known/jwks.json'),
  ...healthRoutes,
];

/** The pages of `gatehouse.account_experience`: loaded where one of them is shown. */
async function pageRoutes(config: Config): Promise<Routes> {
  const { account_experience } = config.gatehouse;
  if (account_experience.pages.length === 0) return fallbackRoutes;
  const { routesOf } = await import('./account_experience/routes.ts');
  const routes = routesOf(account_experience);
  return [...routes, ...fallbackRoutes.filter(({ path }) => !routes.some((route) => route.path === path))];
}

/** Every URL of the public listener. */
export const publicRoutes = async (config: Config): Promise<Routes> => [
  ...publicApi,
  ...insertedMetadata(new URL(config.urls.self.issuer).pathname),
  ...(await pageRoutes(config)),
  ...(config.gatehouse.single_origin ? [...adminRoutes(config), withKey(unprefixedVersion)] : []),
];

/** RFC 8414 section 3.1: the path of an issuer that has one stands behind the well-known part. */
function insertedMetadata(issuerPath: string): Routes {
  const path = issuerPath.replace(/\/$/, '');
  if (path === '') return [];
  return ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'].flatMap((wellKnown) => [
    route('GET', `${wellKnown}${path}`, discovery, 'discoverOidcConfiguration'),
    cors(`${wellKnown}${path}`),
  ]);
}

/** Hydra: SDKs ask for the version without the prefix, and here no other operation has this path. */
const unprefixedVersion = admin('GET', '/version', version, 'getVersion', 'any key');

/** Every URL of the admin API. On its own listener the prefix `/admin` may be left out. */
export const adminApi: readonly AdminRoute[] = [
  admin('POST', '/admin/clients', clients, 'createOAuth2Client', 'clients:write'),
  admin('GET', '/admin/clients', clients, 'listOAuth2Clients', 'clients:read'),
  admin('GET', '/admin/clients/{id}', clients, 'getOAuth2Client', 'clients:read'),
  admin('PUT', '/admin/clients/{id}', changes, 'setOAuth2Client', 'clients:write'),
  admin('PATCH', '/admin/clients/{id}', changes, 'patchOAuth2Client', 'clients:write'),
  admin('DELETE', '/admin/clients/{id}', clients, 'deleteOAuth2Client', 'clients:write'),
  admin('PUT', '/admin/clients/{id}/lifespans', changes, 'setOAuth2ClientLifespans', 'clients:write'),
  admin('POST', '/admin/clients/{id}/secrets/rotate', changes, 'rotateOAuth2ClientSecret', 'clients:write'),
  admin('DELETE', '/admin/clients/{id}/secrets/rotate', changes, 'deleteRotatedOAuth2ClientSecrets', 'clients:write'),
  admin('GET', '/admin/oauth2/auth/requests/login', login, 'getOAuth2LoginRequest', 'flows'),
  admin('PUT', '/admin/oauth2/auth/requests/login/accept', login, 'acceptOAuth2LoginRequest', 'flows'),
  admin('PUT', '/admin/oauth2/auth/requests/login/reject', login, 'rejectOAuth2LoginRequest', 'flows'),
  admin('GET', '/admin/oauth2/auth/requests/consent', consent, 'getOAuth2ConsentRequest', 'flows'),
  admin('PUT', '/admin/oauth2/auth/requests/consent/accept', consent, 'acceptOAuth2ConsentRequest', 'flows'),
  admin('PUT', '/admin/oauth2/auth/requests/consent/reject', consent, 'rejectOAuth2ConsentRequest', 'flows'),
  admin('GET', '/admin/oauth2/auth/requests/logout', logout, 'getOAuth2LogoutRequest', 'flows'),
  admin('PUT', '/admin/oauth2/auth/requests/logout/accept', logout, 'acceptOAuth2LogoutRequest', 'flows'),
  admin('PUT', '/admin/oauth2/auth/requests/logout/reject', logout, 'rejectOAuth2LogoutRequest', 'flows'),
  admin('PUT', '/admin/oauth2/auth/requests/device/accept', device, 'acceptUserCodeRequest', 'flows'),
  admin('DELETE', '/admin/oauth2/auth/sessions/login', sessions, 'revokeOAuth2LoginSessions', 'sessions'),
  admin('GET', '/admin/oauth2/auth/sessions/consent', consents, 'listOAuth2ConsentSessions', 'sessions'),
  admin('DELETE', '/admin/oauth2/auth/sessions/consent', consents, 'revokeOAuth2ConsentSessions', 'sessions'),
  admin('POST', '/admin/oauth2/introspect', introspection, 'introspectOAuth2Token', 'introspect'),
  admin('POST', '/admin/trust/grants/jwt-bearer/issuers', trusts, 'trustOAuth2JwtGrantIssuer', 'trust'),
  admin('GET', '/admin/trust/grants/jwt-bearer/issuers', trusts, 'listTrustedOAuth2JwtGrantIssuers', 'trust'),
  admin('GET', '/admin/trust/grants/jwt-bearer/issuers/{id}', trusts, 'getTrustedOAuth2JwtGrantIssuer', 'trust'),
  admin('DELETE', '/admin/trust/grants/jwt-bearer/issuers/{id}', trusts, 'deleteTrustedOAuth2JwtGrantIssuer', 'trust'),
  admin('POST', '/admin/keys/{set}', keys, 'createJsonWebKeySet', 'keys'),
  admin('GET', '/admin/keys/{set}', keys, 'getJsonWebKeySet', 'keys'),
  admin('PUT', '/admin/keys/{set}', keys, 'setJsonWebKeySet', 'keys'),
  admin('DELETE', '/admin/keys/{set}', keys, 'deleteJsonWebKeySet', 'keys'),
  admin('GET', '/admin/keys/{set}/{kid}', keys, 'getJsonWebKey', 'keys'),
  admin('PUT', '/admin/keys/{set}/{kid}', keys, 'setJsonWebKey', 'keys'),
  admin('DELETE', '/admin/keys/{set}/{kid}', keys, 'deleteJsonWebKey', 'keys'),
  admin('DELETE', '/admin/oauth2/tokens', tokens, 'deleteOAuth2Token', 'clients:write'),
  admin('GET', '/admin/version', version, 'getVersion', 'any key'),
  admin('GET', '/admin/openapi.json', openApi, 'getOpenApiDocument', 'any key'),
  admin('GET', '/admin/metrics/prometheus', metrics, 'getMetrics', 'any key'),
  ...healthRoutes.map((entry) => ({ ...entry, path: `/admin${entry.path}`, access: 'no key' as const })),
];

/** Every URL of the admin listener. */
export const adminRoutes = ({ gatehouse }: Config): Routes =>
  gatehouse.admin.api_keys === 'required' ? adminApi.map(withKey) : adminApi;

const withKey = ({ access, ...row }: AdminRoute): Route<AuthorizationServer> =>
  access === 'no key' ? row : { ...row, endpoint: withApiKey(access, row.endpoint) };
