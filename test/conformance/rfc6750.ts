import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const rfc6750: Specification = {
  name: 'RFC 6750',
  title: 'Bearer Token Usage',
  url: 'https://www.rfc-editor.org/rfc/rfc6750',
  rows: [
    ['2', 'MUST NOT', 'a request carries its token in two ways', 'deviates: the header is looked at first, then the parameter (public_protocol.md 20.2)'],
    ['2.1', 'MUST', 'a token is taken from the Authorization header', 'e2e/oauth_rules.test.ts > RFC 6750 2: come in the header, in the form, or in the query; then caches are private'],
    ['2.2', 'MUST NOT', 'a token is taken from a body that is no form', 'e2e/oauth_rules.test.ts > RFC 6750 2: come in the header, in the form, or in the query; then caches are private'],
    ['2.2', 'MUST NOT', 'a token is taken from the body of a GET', 'e2e/borders.test.ts > RFC 6750 2.2: a GET has no body to look for a token in'],
    ['2.3', 'SHOULD NOT', 'a token is taken from the URL', "deviates: it is (recorded 'revoke-introspect-userinfo: userinfo')"],
    ['2.3', 'SHOULD', 'the answer to a token in the URL is private to caches', 'e2e/oauth_rules.test.ts > RFC 6750 2: come in the header, in the form, or in the query; then caches are private'],
    ['3', 'MUST', 'a request without a good token is answered with WWW-Authenticate', 'e2e/code_flow.test.ts > RFC 6750 3: userinfo with ${what} answers 401 with a challenge'],
    ['3', 'MUST', 'the challenge has the scheme Bearer and at least one attribute', 'e2e/rfc_rules.test.ts > RFC 6750 3: a challenge names its scheme, and nothing twice'],
    ['3', 'MUST NOT', 'an attribute of the challenge comes twice', 'e2e/rfc_rules.test.ts > RFC 6750 3: a challenge names its scheme, and nothing twice'],
    ['3', 'MUST NOT', 'error and error_description leave the printable ASCII characters, or have a quotation mark or a backslash', 'e2e/rfc_rules.test.ts > RFC 6750 3: a challenge names its scheme, and nothing twice'],
    ['3', 'SHOULD', 'the challenge says by a code why a token was refused', 'e2e/rfc_rules.test.ts > RFC 6750 3: a challenge names its scheme, and nothing twice'],
    ['3', 'SHOULD NOT', 'the challenge has a code where there was no token', "deviates: it is request_unauthorized (recorded 'revoke-introspect-userinfo: userinfo')"],
    ['3.1', 'SHOULD', 'a malformed request is invalid_request with status 400', 'deviates: a token that cannot be read is a missing one, and answered with 401 (D-27)'],
    ['3.1', 'SHOULD', 'a token that has expired is invalid_token with status 401', 'e2e/oauth_rules.test.ts > RFC 6750 3.1: an expired or revoked token is refused with a challenge'],
    ['3.1', 'SHOULD', 'a token that is revoked or malformed is invalid_token', "deviates: it is as unknown as one that never was: 401, request_unauthorized (recorded 'revoke-introspect-userinfo: userinfo')"],
    ['5.2', 'MUST', 'what a token says cannot be changed, and no token can be made up', 'attacks/jwt.test.ts > is refused with ${what}'],
    ['5.2', 'MUST', 'TLS protects tokens on their way', 'not ours: TLS ends in front of the server; outside of development the issuer has to be an https URL'],
    ['5.3', 'MUST NOT', 'tokens are kept in cookies that may be sent in clear text', 'not ours: clients keep tokens; no cookie of the server holds one'],
    ['5.3', 'SHOULD', 'tokens live for an hour at most', 'e2e/code_flow.test.ts > RFC 7662 2.2: access tokens expire'],
    ['5.3', 'SHOULD', 'tokens name the resource that they are for', 'e2e/rfc_rules.test.ts > RFC 6750 5.3, RFC 9700 2.3: a token names the audience that was asked for and granted, and no other'],
  ],
};
