import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const rfc8414: Specification = {
  name: 'RFC 8414',
  title: 'OAuth 2.0 Authorization Server Metadata',
  url: 'https://www.rfc-editor.org/rfc/rfc8414',
  rows: [
    ['2', 'MUST', 'the issuer is an https URL without query and fragment', 'config/load.test.ts > RFC 8414 2: an issuer with a query or a fragment'],
    ['2', 'MUST', 'the metadata have issuer, authorization_endpoint, token_endpoint and response_types_supported', 'e2e/rfc_rules.test.ts > RFC 8414 2, OpenID Connect Discovery 3: what is required is there, and every address uses https'],
    ['2', 'MUST', 'jwks_uri uses https', 'e2e/rfc_rules.test.ts > RFC 8414 2, OpenID Connect Discovery 3: what is required is there, and every address uses https'],
    ['2', 'SHOULD', 'scopes_supported is there', 'e2e/openid_rules.test.ts > OpenID Connect Discovery 4.2, 4.3: the document is JSON, and its issuer is the one of the ID tokens'],
    ['2', 'MUST', 'beside private_key_jwt stand the algorithms for it', 'e2e/code_flow.test.ts > RFC 8414 2: the metadata lists what the registries hold'],
    ['2', 'MUST NOT', 'none is among these algorithms', 'e2e/rfc_rules.test.ts > RFC 8414 2, OpenID Connect Discovery 3: what is required is there, and every address uses https'],
    ['3', 'MUST', 'the metadata stand behind the well-known part, before the path of the issuer', 'e2e/borders.test.ts > RFC 8414 3.1: the metadata of an issuer with a path stands behind the well-known part'],
    ['3.1', 'MUST', 'they are had with GET', 'e2e/borders.test.ts > RFC 8414 3.1: the metadata of an issuer with a path stands behind the well-known part'],
    ['3.2', 'MUST', 'the answer is 200, application/json, with lists as arrays', 'e2e/openid_rules.test.ts > OpenID Connect Discovery 4.2, 4.3: the document is JSON, and its issuer is the one of the ID tokens'],
    ['3.2', 'MUST NOT', 'a member is an empty list', 'e2e/openid_rules.test.ts > OpenID Connect Discovery 4.2, 4.3: the document is JSON, and its issuer is the one of the ID tokens'],
    ['3.3', 'MUST', 'the issuer in the metadata is the one they were found by', 'e2e/borders.test.ts > RFC 8414 3.1: the metadata of an issuer with a path stands behind the well-known part'],
    ['6.1', 'MUST', 'TLS protects the metadata', 'not ours: TLS ends in front of the server; outside of development the issuer has to be an https URL'],
  ],
};
