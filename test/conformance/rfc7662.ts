import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const rfc7662: Specification = {
  name: 'RFC 7662',
  title: 'Token Introspection',
  url: 'https://www.rfc-editor.org/rfc/rfc7662',
  rows: [
    ['2', 'MUST', 'TLS protects the endpoint', 'not ours: TLS ends in front of the server, which also has to keep the admin listener to trusted machines'],
    ['2.1', 'MUST', 'the request is a POST with a form', 'e2e/oauth_rules.test.ts > RFC 7662 2.1: takes POST with a form alone'],
    ['2.1', 'MUST', 'the caller is authorized to ask', 'deviates: whoever reaches the admin listener is (operations.md H7)'],
    ['2.1', 'MUST', 'a token that is not of the kind of the hint is looked for among the others', 'e2e/rfc_rules.test.ts > RFC 7662 2.1: a hint that is wrong hides nothing'],
    ['2.2', 'MUST', 'the answer is a JSON object that says whether the token is active', 'e2e/oauth_rules.test.ts > RFC 7662 2.2: tells what it knows of access and refresh tokens'],
    ['2.2', 'MUST', 'a token that is not good, of whatever kind, is no error but inactive', 'e2e/oauth_rules.test.ts > RFC 7662 2.2: tells of any other token that it is inactive, and nothing more'],
    ['2.2', 'SHOULD NOT', 'more is told of an inactive token', 'e2e/oauth_rules.test.ts > RFC 7662 2.2: tells of any other token that it is inactive, and nothing more'],
    ['2.3', 'MUST', 'a caller without authorization is answered with 401', 'deviates: there is no such caller on the admin listener (operations.md H7)'],
    ['4', 'MUST', 'a token that has expired is inactive', 'e2e/code_flow.test.ts > RFC 7662 2.2: access tokens expire'],
    ['4', 'MUST', 'a token that was revoked is inactive', 'e2e/oauth_rules.test.ts > RFC 7009 2.1: with a refresh token go its access tokens, and the other way round'],
    ['4', 'MUST', 'a token whose signature is not ours is inactive', 'attacks/jwt.test.ts > is refused with ${what}'],
    ['4', 'MUST', 'a token that is not for the caller is inactive', 'deviates: callers have no name; they can ask for the scope that they need, and read the audience (operations.md H7)'],
    ['4', 'MUST', 'strangers cannot fish for tokens', 'e2e/borders.test.ts > RFC 7662 4: is not for the public'],
  ],
};
