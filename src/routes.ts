import { accountExperienceRoutes } from './account_experience/routes.ts';
import type { AuthorizationServer } from './authorization_server.ts';
import type { Config } from './config/schema.ts';
import * as changes from './endpoints/admin/client_changes.ts';
import * as clients from './endpoints/admin/clients.ts';
import * as consent from './endpoints/admin/consent_requests.ts';
import * as consents from './endpoints/admin/consent_sessions.ts';
import { acceptUserCodeRequest } from './endpoints/admin/device_requests.ts';
import { introspectOAuth2Token } from './endpoints/admin/introspection.ts';
import * as keys from './endpoints/admin/keys.ts';
import * as login from './endpoints/admin/login_requests.ts';
import * as sessions from './endpoints/admin/login_sessions.ts';
import * as logout from './endpoints/admin/logout_requests.ts';
import { deleteOAuth2Token } from './endpoints/admin/tokens.ts';
import * as trusts from './endpoints/admin/trusted_jwt_issuers.ts';
import { getVersion } from './endpoints/admin/version.ts';
import { authorization } from './endpoints/authorization.ts';
import { oAuth2DeviceFlow } from './endpoints/device_authorization.ts';
import { performOAuth2DeviceVerificationFlow } from './endpoints/device_verification.ts';
import { revokeOidcSession } from './endpoints/end_session.ts';
import { isAlive, isReady } from './endpoints/health.ts';
import { jwks } from './endpoints/jwks.ts';
import { openidConfiguration } from './endpoints/openid_configuration.ts';
import { preflight } from './endpoints/preflight.ts';
import * as registration from './endpoints/registration.ts';
import { revocation } from './endpoints/revocation.ts';
import { token } from './endpoints/token.ts';
import { userinfo } from './endpoints/userinfo.ts';
import type { Endpoint, Route } from './http/route.ts';

type Routes = readonly Route<AuthorizationServer>[];

const route = (
  method: Route<AuthorizationServer>['method'],
  path: string,
  operationId: string,
  endpoint: Endpoint<AuthorizationServer>,
): Route<AuthorizationServer> => ({ method, path, operationId, endpoint });

const health: Routes = [
  route('GET', '/health/alive', 'isAlive', isAlive),
  route('GET', '/health/ready', 'isReady', isReady),
];

/** Every URL of the public listener, without the pages. */
const publicApi: Routes = [
  route('GET', '/oauth2/auth', 'oAuth2Authorize', authorization),
  route('POST', '/oauth2/auth', 'oAuth2Authorize', authorization),
  route('POST', '/oauth2/token', 'oauth2TokenExchange', token),
  route('OPTIONS', '/oauth2/token', 'oauth2TokenExchange', preflight),
  route('POST', '/oauth2/revoke', 'revokeOAuth2Token', revocation),
  route('OPTIONS', '/oauth2/revoke', 'revokeOAuth2Token', preflight),
  route('POST', '/oauth2/register', 'createOidcDynamicClient', registration.createOidcDynamicClient),
  route('GET', '/oauth2/register/{id}', 'getOidcDynamicClient', registration.getOidcDynamicClient),
  route('PUT', '/oauth2/register/{id}', 'setOidcDynamicClient', registration.setOidcDynamicClient),
  route('DELETE', '/oauth2/register/{id}', 'deleteOidcDynamicClient', registration.deleteOidcDynamicClient),
  route('POST', '/oauth2/device/auth', 'oAuth2DeviceFlow', oAuth2DeviceFlow),
  route('GET', '/oauth2/device/verify', 'performOAuth2DeviceVerificationFlow', performOAuth2DeviceVerificationFlow),
  route('GET', '/oauth2/sessions/logout', 'revokeOidcSession', revokeOidcSession),
  route('POST', '/oauth2/sessions/logout', 'revokeOidcSession', revokeOidcSession),
  route('GET', '/userinfo', 'getOidcUserInfo', userinfo),
  route('POST', '/userinfo', 'getOidcUserInfo', userinfo),
  route('OPTIONS', '/userinfo', 'getOidcUserInfo', preflight),
  route('GET', '/.well-known/openid-configuration', 'discoverOidcConfiguration', openidConfiguration),
  route('OPTIONS', '/.well-known/openid-configuration', 'discoverOidcConfiguration', preflight),
  route('GET', '/.well-known/oauth-authorization-server', 'discoverOidcConfiguration', openidConfiguration),
  route('OPTIONS', '/.well-known/oauth-authorization-server', 'discoverOidcConfiguration', preflight),
  route('GET', '/.well-known/jwks.json', 'discoverJsonWebKeys', jwks),
  route('OPTIONS', '/.well-known/jwks.json', 'discoverJsonWebKeys', preflight),
  ...health,
];

/** Every URL of the public listener. */
export const publicRoutes = ({ gatehouse }: Config): Routes =>
  gatehouse.account_experience.enabled ? [...publicApi, ...accountExperienceRoutes] : publicApi;

/** Every URL of the admin listener, where the prefix `/admin` may be left out. */
export const adminRoutes: Routes = [
  route('POST', '/admin/clients', 'createOAuth2Client', clients.createOAuth2Client),
  route('GET', '/admin/clients', 'listOAuth2Clients', clients.listOAuth2Clients),
  route('GET', '/admin/clients/{id}', 'getOAuth2Client', clients.getOAuth2Client),
  route('PUT', '/admin/clients/{id}', 'setOAuth2Client', changes.setOAuth2Client),
  route('PATCH', '/admin/clients/{id}', 'patchOAuth2Client', changes.patchOAuth2Client),
  route('DELETE', '/admin/clients/{id}', 'deleteOAuth2Client', clients.deleteOAuth2Client),
  route('PUT', '/admin/clients/{id}/lifespans', 'setOAuth2ClientLifespans', changes.setOAuth2ClientLifespans),
  route('POST', '/admin/clients/{id}/secrets/rotate', 'rotateOAuth2ClientSecret', changes.rotateOAuth2ClientSecret),
  route(
    'DELETE',
    '/admin/clients/{id}/secrets/rotate',
    'deleteRotatedOAuth2ClientSecrets',
    changes.deleteRotatedOAuth2ClientSecrets,
  ),
  route('GET', '/admin/oauth2/auth/requests/login', 'getOAuth2LoginRequest', login.getLoginRequest),
  route('PUT', '/admin/oauth2/auth/requests/login/accept', 'acceptOAuth2LoginRequest', login.acceptLoginRequest),
  route('PUT', '/admin/oauth2/auth/requests/login/reject', 'rejectOAuth2LoginRequest', login.rejectLoginRequest),
  route('GET', '/admin/oauth2/auth/requests/consent', 'getOAuth2ConsentRequest', consent.getConsentRequest),
  route(
    'PUT',
    '/admin/oauth2/auth/requests/consent/accept',
    'acceptOAuth2ConsentRequest',
    consent.acceptConsentRequest,
  ),
  route(
    'PUT',
    '/admin/oauth2/auth/requests/consent/reject',
    'rejectOAuth2ConsentRequest',
    consent.rejectConsentRequest,
  ),
  route('GET', '/admin/oauth2/auth/requests/logout', 'getOAuth2LogoutRequest', logout.getOAuth2LogoutRequest),
  route(
    'PUT',
    '/admin/oauth2/auth/requests/logout/accept',
    'acceptOAuth2LogoutRequest',
    logout.acceptOAuth2LogoutRequest,
  ),
  route(
    'PUT',
    '/admin/oauth2/auth/requests/logout/reject',
    'rejectOAuth2LogoutRequest',
    logout.rejectOAuth2LogoutRequest,
  ),
  route('PUT', '/admin/oauth2/auth/requests/device/accept', 'acceptUserCodeRequest', acceptUserCodeRequest),
  route('DELETE', '/admin/oauth2/auth/sessions/login', 'revokeOAuth2LoginSessions', sessions.revokeOAuth2LoginSessions),
  route('GET', '/admin/oauth2/auth/sessions/consent', 'listOAuth2ConsentSessions', consents.listOAuth2ConsentSessions),
  route(
    'DELETE',
    '/admin/oauth2/auth/sessions/consent',
    'revokeOAuth2ConsentSessions',
    consents.revokeOAuth2ConsentSessions,
  ),
  route('POST', '/admin/oauth2/introspect', 'introspectOAuth2Token', introspectOAuth2Token),
  route(
    'POST',
    '/admin/trust/grants/jwt-bearer/issuers',
    'trustOAuth2JwtGrantIssuer',
    trusts.trustOAuth2JwtGrantIssuer,
  ),
  route(
    'GET',
    '/admin/trust/grants/jwt-bearer/issuers',
    'listTrustedOAuth2JwtGrantIssuers',
    trusts.listTrustedOAuth2JwtGrantIssuers,
  ),
  route(
    'GET',
    '/admin/trust/grants/jwt-bearer/issuers/{id}',
    'getTrustedOAuth2JwtGrantIssuer',
    trusts.getTrustedOAuth2JwtGrantIssuer,
  ),
  route(
    'DELETE',
    '/admin/trust/grants/jwt-bearer/issuers/{id}',
    'deleteTrustedOAuth2JwtGrantIssuer',
    trusts.deleteTrustedOAuth2JwtGrantIssuer,
  ),
  route('POST', '/admin/keys/{set}', 'createJsonWebKeySet', keys.createJsonWebKeySet),
  route('GET', '/admin/keys/{set}', 'getJsonWebKeySet', keys.getJsonWebKeySet),
  route('PUT', '/admin/keys/{set}', 'setJsonWebKeySet', keys.setJsonWebKeySet),
  route('DELETE', '/admin/keys/{set}', 'deleteJsonWebKeySet', keys.deleteJsonWebKeySet),
  route('GET', '/admin/keys/{set}/{kid}', 'getJsonWebKey', keys.getJsonWebKey),
  route('PUT', '/admin/keys/{set}/{kid}', 'setJsonWebKey', keys.setJsonWebKey),
  route('DELETE', '/admin/keys/{set}/{kid}', 'deleteJsonWebKey', keys.deleteJsonWebKey),
  route('DELETE', '/admin/oauth2/tokens', 'deleteOAuth2Token', deleteOAuth2Token),
  route('GET', '/admin/version', 'getVersion', getVersion),
  ...health.map((entry) => ({ ...entry, path: `/admin${entry.path}` })),
];
