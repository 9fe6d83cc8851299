import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const openid_discovery: Specification = {
  name: 'OpenID Connect Discovery',
  title: 'OpenID Connect Discovery 1.0',
  url: 'https://openid.net/specs/openid-connect-discovery-1_0.html',
  rows: [
    ['2', 'MUST', 'WebFinger leads from a person to the issuer', 'not ours: the operator of the domain of the address does; clients know their issuer'],
    ['3', 'MUST', 'issuer is an https URL without query and fragment, and the iss of ID tokens', 'e2e/openid_rules.test.ts > OpenID Connect Discovery 4.2, 4.3: the document is JSON, and its issuer is the one of the ID tokens'],
    ['3', 'MUST', 'the endpoints, jwks_uri, response_types_supported and subject_types_supported are there, and addresses use https', 'e2e/rfc_rules.test.ts > RFC 8414 2, OpenID Connect Discovery 3: what is required is there, and every address uses https'],
    ['3', 'SHOULD', 'userinfo_endpoint is there', 'e2e/rfc_rules.test.ts > RFC 8414 2, OpenID Connect Discovery 3: what is required is there, and every address uses https'],
    ['3', 'MUST NOT', 'the key set holds a private key', 'e2e/code_flow.test.ts > RFC 7517 5: the key set shows no private member'],
    ['3', 'MUST', 'scopes_supported, which should be there, has openid', 'e2e/openid_rules.test.ts > OpenID Connect Discovery 4.2, 4.3: the document is JSON, and its issuer is the one of the ID tokens'],
    ['3', 'MUST', 'response_types_supported has code, and that of a provider with dynamic registration the implicit ones', 'e2e/implicit_and_hybrid.test.ts > RFC 8414 2: the metadata has the response types, and the grant type that clients need for them'],
    ['3', 'MUST', 'id_token_signing_alg_values_supported is there and has RS256, while the operator makes no key of another algorithm', 'e2e/openid_rules.test.ts > OpenID Connect Discovery 4.2, 4.3: the document is JSON, and its issuer is the one of the ID tokens'],
    ['3', 'MUST NOT', 'token_endpoint_auth_signing_alg_values_supported has none, and it should have RS256', 'e2e/rfc_rules.test.ts > RFC 8414 2, OpenID Connect Discovery 3: what is required is there, and every address uses https'],
    ['3', 'SHOULD', 'claims_supported is there', 'e2e/borders.test.ts > tells the addresses and the words of the configuration'],
    ['4', 'MUST', 'the document stands at the issuer and /.well-known/openid-configuration', 'e2e/openid_rules.test.ts > OpenID Connect Discovery 4.2, 4.3: the document is JSON, and its issuer is the one of the ID tokens'],
    ['4', 'MUST', 'so it does for an issuer with a path', 'not ours: what stands in front of the server leads that path to it'],
    ['4.1', 'MUST', 'the document is had with GET', 'e2e/openid_rules.test.ts > OpenID Connect Discovery 4.2, 4.3: the document is JSON, and its issuer is the one of the ID tokens'],
    ['4.2', 'MUST', 'the answer is 200 and application/json, with lists as arrays and no empty ones', 'e2e/openid_rules.test.ts > OpenID Connect Discovery 4.2, 4.3: the document is JSON, and its issuer is the one of the ID tokens'],
    ['4.3', 'MUST', 'issuer is to the letter the one of the address and of ID tokens', 'e2e/openid_rules.test.ts > OpenID Connect Discovery 4.2, 4.3: the document is JSON, and its issuer is the one of the ID tokens'],
    ['7.1', 'MUST', 'TLS protects the document', 'not ours: TLS ends in front of the server; outside of development the issuer has to be an https URL'],
  ],
};
