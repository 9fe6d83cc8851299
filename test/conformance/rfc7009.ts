import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const rfc7009: Specification = {
  name: 'RFC 7009',
  title: 'Token Revocation',
  url: 'https://www.rfc-editor.org/rfc/rfc7009',
  rows: [
    ['2', 'MUST', 'refresh tokens can be revoked, and access tokens should be', 'e2e/oauth_rules.test.ts > RFC 7009 2.1: with a refresh token go its access tokens, and the other way round'],
    ['2', 'MUST', 'TLS protects the request', 'not ours: TLS ends in front of the server; outside of development the issuer has to be an https URL'],
    ['2.1', 'MUST', 'the request is a POST with a form', 'e2e/rfc_rules.test.ts > RFC 7009 2.1: a revocation is a POST with a form'],
    ['2.1', 'MUST', 'the request names a token', "deviates: one without a token is answered like one with a token that is none (recorded 'revoke-introspect-userinfo: revoke errors')"],
    ['2.1', 'MUST', 'the client authenticates', 'e2e/oauth_rules.test.ts > RFC 7009 2.1: a client authenticates, and cannot revoke what belongs to another'],
    ['2.1', 'MUST', 'a token is revoked by its own client alone', 'e2e/oauth_rules.test.ts > RFC 7009 2.1: a client authenticates, and cannot revoke what belongs to another'],
    ['2.1', 'MUST', "a client that names another's token is told of its error", "deviates: the answer is 200, and nothing is revoked, Q20 (recorded 'revoke-introspect-userinfo: revoke errors')"],
    ['2.1', 'MUST', 'a revoked token is useless at once', 'e2e/oauth_rules.test.ts > RFC 7009 2.2: an unknown token, an unknown hint and a second time are no errors'],
    ['2.1', 'SHOULD', 'the access tokens of a revoked refresh token end too', 'e2e/oauth_rules.test.ts > RFC 7009 2.1: with a refresh token go its access tokens, and the other way round'],
    ['2.1', 'MUST', 'a token that is not of the kind of the hint is looked for among the others', 'e2e/oauth_rules.test.ts > RFC 7009 2.1: a hint that is wrong hides nothing'],
    ['2.2', 'MUST', 'the answer is 200 when the token is revoked, and when it was not good', 'e2e/oauth_rules.test.ts > RFC 7009 2.2: an unknown token, an unknown hint and a second time are no errors'],
    ['2.2', 'MUST NOT', 'a hint that nobody knows changes the answer', 'e2e/oauth_rules.test.ts > RFC 7009 2.2: an unknown token, an unknown hint and a second time are no errors'],
    ['2.2.1', 'MUST', 'an error has the form of RFC 6749 section 5.2', 'e2e/oauth_rules.test.ts > RFC 7009 2.1: a client authenticates, and cannot revoke what belongs to another'],
  ],
};
