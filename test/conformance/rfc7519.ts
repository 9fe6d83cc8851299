import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const rfc7519: Specification = {
  name: 'RFC 7519',
  title: 'JSON Web Token',
  url: 'https://www.rfc-editor.org/rfc/rfc7519',
  rows: [
    ['2', 'MUST', 'a time is a number of seconds, with a fraction or without', 'e2e/rfc_rules.test.ts > RFC 7519 2, 4.1.4: a time may have a fraction, and a token is no good at its end'],
    ['4', 'MUST', 'of a claim that comes twice the last counts, or the token is refused', 'e2e/rfc_rules.test.ts > RFC 7519 4: of a claim that comes twice the last counts, and one that nobody knows is ignored'],
    ['4', 'MUST', 'a claim that is not understood is ignored', 'e2e/rfc_rules.test.ts > RFC 7519 4: of a claim that comes twice the last counts, and one that nobody knows is ignored'],
    ['4.1.2', 'MUST', 'a subject is one person or thing of the issuer', 'not ours: the login app names people; clients are named by their identifier'],
    ['4.1.3', 'MUST', 'a token for another audience is refused', 'e2e/assertions.test.ts > that are wrong in one way are refused, and the key that a header brings along is not looked at'],
    ['4.1.3', 'MUST', 'so is a request object', 'deviates: nobody looks at its aud, Q33 (public_protocol.md Q33)'],
    ['4.1.3', 'MUST', 'the audience is one text or a list of them', 'e2e/assertions.test.ts > may name the issuer as their audience (RFC 7523bis)'],
    ['4.1.4', 'MUST NOT', 'a token is taken at or after its end', 'e2e/rfc_rules.test.ts > RFC 7519 2, 4.1.4: a time may have a fraction, and a token is no good at its end'],
    ['4.1.5', 'MUST NOT', 'a token is taken before its beginning', 'e2e/assertions.test.ts > that are wrong in one way are refused, and the key that a header brings along is not looked at'],
    ['4.1.6', 'MUST', 'the time of issue is a number', 'e2e/openid_rules.test.ts > OpenID Connect Core 2: an ID token names issuer, subject, audience, times, session, acr and amr'],
    ['4.1.7', 'MUST', 'two tokens do not get the same jti', 'e2e/rfc_rules.test.ts > RFC 7519 4.1.7: no two tokens have the same jti'],
    ['7.1', 'MUST', 'a token that is issued is a JWS whose header names how it was signed', 'e2e/code_flow.test.ts > RFC 7519 7.2: a JWT access token is signed, stored and revocable'],
    ['7.2', 'MUST', 'a token is refused when any part of it does not decode, is not signed as it says, or is not understood', 'attacks/jwt.test.ts > is refused with ${what}'],
    ['8', 'MUST', 'HS256 and none are implemented', 'not ours: asked of a library for every use; a server that took them could be forged tokens for (RFC 8725 section 3.1)'],
    ['8', 'SHOULD', 'RS256 and ES256 are implemented', 'e2e/assertions.test.ts > of ${alg} prove the client, once'],
    ['11.1', 'MUST NOT', 'claims are believed before the signature is proven', 'attacks/jwt.test.ts > is refused with ${what}'],
  ],
};
