import type { AuthorizationServer } from '../authorization_server.ts';
import { RESPONSE_TYPES } from '../authorize/checks.ts';
import { RESPONSE_MODES } from '../authorize/respond.ts';
import { supportedSubjectTypes } from '../client/metadata.ts';
import { AUTHENTICATION_METHODS } from '../client_auth/authenticate.ts';
import { publicUrl } from '../flow/flow.ts';
import * as grants from '../grants/index.ts';
import { publicDocument } from '../http/public_document.ts';
import type { Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import { SIGNING_ALGORITHMS } from '../keys/json_web_key.ts';
import { ID_TOKEN_SET } from '../keys/signing_keys.ts';

/** OpenID Connect Discovery section 3 and RFC 8414 section 2. The lists are those of the registries, so they cannot lie. */
export function openidConfiguration(server: AuthorizationServer, request: Request): Reply {
  const { urls, oidc, strategies } = server.config;
  const { alg } = server.keys.signing.signer(ID_TOKEN_SET);
  return publicDocument(request, {
    issuer: urls.self.issuer,
    authorization_endpoint: publicUrl(server, 'oauth2/auth'),
    device_authorization_endpoint: publicUrl(server, 'oauth2/device/auth'),
    ...(oidc.dynamic_client_registration.enabled
      ? { registration_endpoint: publicUrl(server, 'oauth2/register') }
      : {}),
    token_endpoint: publicUrl(server, 'oauth2/token'),
    jwks_uri: issuerUrl(server, '.well-known/jwks.json'),
    revocation_endpoint: issuerUrl(server, 'oauth2/revoke'),
    end_session_endpoint: issuerUrl(server, 'oauth2/sessions/logout'),
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    userinfo_endpoint: publicUrl(server, 'userinfo'),
    response_types_supported: RESPONSE_TYPES,
    response_modes_supported: RESPONSE_MODES,
    grant_types_supported: Object.keys(grants),
    subject_types_supported: supportedSubjectTypes(oidc.subject_identifiers.supported_types, strategies.access_token),
    id_token_signing_alg_values_supported: [alg],
    userinfo_signing_alg_values_supported: ['none', alg],
    id_token_signed_response_alg: [alg],
    userinfo_signed_response_alg: [alg],
    scopes_supported: ['offline_access', 'offline', 'openid'],
    claims_supported: ['sub'],
    token_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
    // RFC 8414 section 2: required beside private_key_jwt.
    token_endpoint_auth_signing_alg_values_supported: SIGNING_ALGORITHMS,
    code_challenge_methods_supported: ['S256'],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
  });
}

const issuerUrl = (server: AuthorizationServer, path: string): string =>
  `${server.config.urls.self.issuer.replace(/\/$/, '')}/${path}`;
