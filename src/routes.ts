import { accountExperienceRoutes } from './account_experience/routes.ts';
import type { AuthorizationServer } from './authorization_server.ts';
import type { Config } from './config/schema.ts';
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
import * as deviceAuthorization from './endpoints/device_authorization.ts';
import * as deviceVerification from './endpoints/device_verification.ts';
import * as endSession from './endpoints/end_session.ts';
import * as health from './endpoints/health.ts';
import * as jwks from './endpoints/jwks.ts';
import * as discovery from './endpoints/openid_configuration.ts';
import { preflight } from './endpoints/preflight.ts';
import * as registration from './endpoints/registration.ts';
import * as revocation from './endpoints/revocation.ts';
import * as token from './endpoints/token.ts';
import * as userinfo from './endpoints/userinfo.ts';
import { type Route, routeTo } from './http/route.ts';

type Routes = readonly Route<AuthorizationServer>[];

/** The function has the name of the operation, and so has its schema. */
const route = routeTo<AuthorizationServer>();

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
  route('GET', '/.well-known/openid-configuration', discovery, 'discoverOidcConfiguration'),
  cors('/.well-known/openid-configuration'),
  route('GET', '/.well-known/oauth-authorization-server', discovery, 'discoverOidcConfiguration'),
  cors('/.well-known/oauth-authorization-server'),
  route('GET', '/.well-known/jwks.json', jwks, 'discoverJsonWebKeys'),
  cors('/.well-known/jwks.json'),
  ...healthRoutes,
];

/** Every URL of the public listener. */
export const publicRoutes = ({ gatehouse, urls }: Config): Routes => [
  ...publicApi,
  ...insertedMetadata(new URL(urls.self.issuer).pathname),
  ...(gatehouse.account_experience.enabled ? accountExperienceRoutes : []),
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

/** Every URL of the admin listener, where the prefix `/admin` may be left out. */
export const adminRoutes: Routes = [
  route('POST', '/admin/clients', clients, 'createOAuth2Client'),
  route('GET', '/admin/clients', clients, 'listOAuth2Clients'),
  route('GET', '/admin/clients/{id}', clients, 'getOAuth2Client'),
  route('PUT', '/admin/clients/{id}', changes, 'setOAuth2Client'),
  route('PATCH', '/admin/clients/{id}', changes, 'patchOAuth2Client'),
  route('DELETE', '/admin/clients/{id}', clients, 'deleteOAuth2Client'),
  route('PUT', '/admin/clients/{id}/lifespans', changes, 'setOAuth2ClientLifespans'),
  route('POST', '/admin/clients/{id}/secrets/rotate', changes, 'rotateOAuth2ClientSecret'),
  route('DELETE', '/admin/clients/{id}/secrets/rotate', changes, 'deleteRotatedOAuth2ClientSecrets'),
  route('GET', '/admin/oauth2/auth/requests/login', login, 'getOAuth2LoginRequest'),
  route('PUT', '/admin/oauth2/auth/requests/login/accept', login, 'acceptOAuth2LoginRequest'),
  route('PUT', '/admin/oauth2/auth/requests/login/reject', login, 'rejectOAuth2LoginRequest'),
  route('GET', '/admin/oauth2/auth/requests/consent', consent, 'getOAuth2ConsentRequest'),
  route('PUT', '/admin/oauth2/auth/requests/consent/accept', consent, 'acceptOAuth2ConsentRequest'),
  route('PUT', '/admin/oauth2/auth/requests/consent/reject', consent, 'rejectOAuth2ConsentRequest'),
  route('GET', '/admin/oauth2/auth/requests/logout', logout, 'getOAuth2LogoutRequest'),
  route('PUT', '/admin/oauth2/auth/requests/logout/accept', logout, 'acceptOAuth2LogoutRequest'),
  route('PUT', '/admin/oauth2/auth/requests/logout/reject', logout, 'rejectOAuth2LogoutRequest'),
  route('PUT', '/admin/oauth2/auth/requests/device/accept', device, 'acceptUserCodeRequest'),
  route('DELETE', '/admin/oauth2/auth/sessions/login', sessions, 'revokeOAuth2LoginSessions'),
  route('GET', '/admin/oauth2/auth/sessions/consent', consents, 'listOAuth2ConsentSessions'),
  route('DELETE', '/admin/oauth2/auth/sessions/consent', consents, 'revokeOAuth2ConsentSessions'),
  route('POST', '/admin/oauth2/introspect', introspection, 'introspectOAuth2Token'),
  route('POST', '/admin/trust/grants/jwt-bearer/issuers', trusts, 'trustOAuth2JwtGrantIssuer'),
  route('GET', '/admin/trust/grants/jwt-bearer/issuers', trusts, 'listTrustedOAuth2JwtGrantIssuers'),
  route('GET', '/admin/trust/grants/jwt-bearer/issuers/{id}', trusts, 'getTrustedOAuth2JwtGrantIssuer'),
  route('DELETE', '/admin/trust/grants/jwt-bearer/issuers/{id}', trusts, 'deleteTrustedOAuth2JwtGrantIssuer'),
  route('POST', '/admin/keys/{set}', keys, 'createJsonWebKeySet'),
  route('GET', '/admin/keys/{set}', keys, 'getJsonWebKeySet'),
  route('PUT', '/admin/keys/{set}', keys, 'setJsonWebKeySet'),
  route('DELETE', '/admin/keys/{set}', keys, 'deleteJsonWebKeySet'),
  route('GET', '/admin/keys/{set}/{kid}', keys, 'getJsonWebKey'),
  route('PUT', '/admin/keys/{set}/{kid}', keys, 'setJsonWebKey'),
  route('DELETE', '/admin/keys/{set}/{kid}', keys, 'deleteJsonWebKey'),
  route('DELETE', '/admin/oauth2/tokens', tokens, 'deleteOAuth2Token'),
  route('GET', '/admin/version', version, 'getVersion'),
  route('GET', '/admin/openapi.json', openApi, 'getOpenApiDocument'),
  route('GET', '/admin/metrics/prometheus', metrics, 'getMetrics'),
  ...healthRoutes.map((entry) => ({ ...entry, path: `/admin${entry.path}` })),
];
