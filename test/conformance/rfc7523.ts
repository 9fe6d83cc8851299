import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const rfc7523: Specification = {
  name: 'RFC 7523',
  title: 'JWT Profile for Client Authentication and Authorization Grants',
  url: 'https://www.rfc-editor.org/rfc/rfc7523',
  rows: [
    ['2.1', 'MUST', 'the grant type is the URN of the profile, and the assertion one JWT', 'attacks/jwt.test.ts > is refused with ${what}'],
    ['2.1', 'MUST', 'what the client presents to authenticate itself beside the assertion is verified', 'e2e/rfc_rules.test.ts > RFC 7523 2.1: a client that presents an assertion as a grant authenticates too'],
    ['2.2', 'MUST', 'the assertion type is the URN of the profile, and the assertion one JWT', 'e2e/assertions.test.ts > that are wrong in one way are refused, and the key that a header brings along is not looked at'],
    ['2.2', 'MUST', 'a client_id beside the assertion is the client of the assertion', 'e2e/rfc_rules.test.ts > RFC 7523 2.2, 3: a client_id beside the assertion is that of the assertion'],
    ['3', 'MUST', 'an assertion names its issuer, whom we know', 'e2e/assertions.test.ts > that are wrong in one way are refused, and the key that a header brings along is not looked at'],
    ['3', 'MUST', 'an assertion names its subject, for whom the issuer may speak', 'e2e/assertions.test.ts > refuses what the trust does not cover'],
    ['3', 'MUST', 'the subject of a client assertion is the client', 'e2e/rfc_rules.test.ts > RFC 7523 2.2, 3: a client_id beside the assertion is that of the assertion'],
    ['3', 'MUST', 'an assertion is for this server, or it is refused', 'e2e/assertions.test.ts > refuses what the trust does not cover'],
    ['3', 'MUST', 'an assertion has an end, and is refused after it', 'e2e/assertions.test.ts > that are wrong in one way are refused, and the key that a header brings along is not looked at'],
    ['3', 'MUST NOT', 'an assertion is taken before its beginning', 'e2e/assertions.test.ts > that are wrong in one way are refused, and the key that a header brings along is not looked at'],
    ['3', 'MUST', 'an assertion is signed by its issuer, or it is refused', 'attacks/jwt.test.ts > is refused with ${what}'],
    ['3', 'MUST', 'an assertion is refused when it is no good JWT in another way', 'attacks/jwt.test.ts > is refused with ${what}'],
    ['3.1', 'MUST', 'a grant whose assertion is not good is invalid_grant', 'e2e/assertions.test.ts > refuses what the trust does not cover'],
    ['3.1', 'MUST', 'so is one whose assertion was used before', "deviates: it is jti_known (recorded 'jwt-bearer: jwt bearer grant')"],
    ['3.2', 'MUST', 'a client assertion that is not good is invalid_client', 'e2e/assertions.test.ts > that are wrong in one way are refused, and the key that a header brings along is not looked at'],
    ['3.2', 'MUST', 'so is one that was used before, or names a key that is not there', "deviates: they are jti_known and invalid_request (recorded 'client-auth: private_key_jwt')"],
    ['5', 'MUST', 'RS256 is implemented', 'e2e/assertions.test.ts > of ${alg} prove the client, once'],
  ],
};
