import Type, { type Static } from 'typebox';
import type { AuthorizationServer } from '../authorization_server.ts';
import { RESPONSE_TYPE_GRANTS, RESPONSE_TYPES } from '../authorize/answer.ts';
import { REQUEST_OBJECT_ALGORITHMS } from '../authorize/request_object.ts';
import { RESPONSE_MODES } from '../authorize/respond.ts';
import { supportedSubjectTypes } from '../client/metadata.ts';
import { AUTHENTICATION_METHODS } from '../client_auth/authenticate.ts';
import * as grants from '../grants/index.ts';
import { answerWith, type PublicDocument, publicDocument } from '../http/public_document.ts';
import type { Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import type { RouteSchema } from '../http/route.ts';
import { SIGNING_ALGORITHMS } from '../keys/json_web_key.ts';
import { PROOF_ALGORITHMS } from '../keys/proof.ts';
import { ID_TOKEN_SET } from '../keys/signing_keys.ts';
import { TEXTS } from '../lib/schema.ts';
import { urlBelow } from '../lib/url_below.ts';
import { CREDENTIAL_FORMAT, CREDENTIAL_TYPES } from '../token/credential.ts';

/** RFC 8414 section 2: those of both endpoints. */
const GRANT_TYPES: readonly string[] = [...new Set([...Object.keys(grants), ...RESPONSE_TYPE_GRANTS])];

/** OpenID Connect Discovery section 3 and RFC 8414 section 2. The lists are those of the registries, so they cannot lie. */
export function discoverOidcConfiguration(server: AuthorizationServer, request: Request): Reply {
  const { alg } = server.keys.signing.signer(ID_TOKEN_SET);
  const known = documents.get(server);
  const document = known?.alg === alg ? known : { alg, ...publicDocument(metadataOf(server, alg)) };
  documents.set(server, document);
  return answerWith(document, request);
}

/** By what is in them and may change: all else is the configuration. */
const documents = new WeakMap<AuthorizationServer, PublicDocument & { readonly alg: string }>();

function metadataOf(server: AuthorizationServer, alg: string): Static<typeof METADATA> {
  const { urls, oidc, strategies, webfinger } = server.config;
  const told = webfinger.oidc_discovery;
  return {
    issuer: urls.self.issuer,
    authorization_endpoint: told.auth_url,
    device_authorization_endpoint: told.device_authorization_url,
    ...(told.client_registration_url === undefined ? {} : { registration_endpoint: told.client_registration_url }),
    token_endpoint: told.token_url,
    jwks_uri: told.jwks_url,
    revocation_endpoint: urlBelow(urls.self.issuer, 'oauth2/revoke'),
    end_session_endpoint: urlBelow(urls.self.issuer, 'oauth2/sessions/logout'),
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    userinfo_endpoint: told.userinfo_url,
    response_types_supported: RESPONSE_TYPES,
    response_modes_supported: RESPONSE_MODES,
    grant_types_supported: GRANT_TYPES,
    subject_types_supported: supportedSubjectTypes(oidc.subject_identifiers.supported_types, strategies.access_token),
    id_token_signing_alg_values_supported: [alg],
    userinfo_signing_alg_values_supported: ['none', alg],
    id_token_signed_response_alg: [alg],
    userinfo_signed_response_alg: [alg],
    scopes_supported: ['offline_access', 'offline', 'openid', ...told.supported_scope],
    claims_supported: ['sub', ...told.supported_claims],
    token_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
    // RFC 8414 section 2: required beside private_key_jwt.
    token_endpoint_auth_signing_alg_values_supported: SIGNING_ALGORITHMS,
    code_challenge_methods_supported: ['S256'],
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    request_object_signing_alg_values_supported: REQUEST_OBJECT_ALGORITHMS,
    claims_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
    credentials_endpoint_draft_00: told.verifiable_credentials_url,
    credentials_supported_draft_00: [
      {
        format: CREDENTIAL_FORMAT,
        types: CREDENTIAL_TYPES,
        cryptographic_binding_methods_supported: ['jwk'],
        cryptographic_suites_supported: PROOF_ALGORITHMS,
      },
    ],
  };
}

const LIST = Type.Unsafe<readonly string[]>(TEXTS);
const CREDENTIAL = Type.Object(
  {
    format: Type.String(),
    types: LIST,
    cryptographic_binding_methods_supported: LIST,
    cryptographic_suites_supported: LIST,
  },
  { $id: 'credentialSupportedDraft00' },
);
const METADATA = Type.Object(
  {
    issuer: Type.String(),
    authorization_endpoint: Type.String(),
    device_authorization_endpoint: Type.String(),
    registration_endpoint: Type.Optional(Type.String()),
    token_endpoint: Type.String(),
    jwks_uri: Type.String(),
    revocation_endpoint: Type.String(),
    end_session_endpoint: Type.String(),
    frontchannel_logout_supported: Type.Boolean(),
    frontchannel_logout_session_supported: Type.Boolean(),
    backchannel_logout_supported: Type.Boolean(),
    backchannel_logout_session_supported: Type.Boolean(),
    userinfo_endpoint: Type.String(),
    response_types_supported: LIST,
    response_modes_supported: LIST,
    grant_types_supported: LIST,
    subject_types_supported: LIST,
    id_token_signing_alg_values_supported: LIST,
    userinfo_signing_alg_values_supported: LIST,
    id_token_signed_response_alg: LIST,
    userinfo_signed_response_alg: LIST,
    scopes_supported: LIST,
    claims_supported: LIST,
    token_endpoint_auth_methods_supported: LIST,
    token_endpoint_auth_signing_alg_values_supported: LIST,
    code_challenge_methods_supported: LIST,
    request_parameter_supported: Type.Boolean(),
    request_uri_parameter_supported: Type.Boolean(),
    require_request_uri_registration: Type.Boolean(),
    request_object_signing_alg_values_supported: LIST,
    claims_parameter_supported: Type.Boolean(),
    authorization_response_iss_parameter_supported: Type.Boolean(),
    credentials_endpoint_draft_00: Type.String(),
    credentials_supported_draft_00: Type.Array(CREDENTIAL),
  },
  { $id: 'oidcConfiguration' },
);

export const schemas = {
  discoverOidcConfiguration: {
    summary: 'Show what this issuer supports, and where.',
    responses: { 200: METADATA, 304: null },
  },
} satisfies Record<string, RouteSchema>;
