import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const rfc7636: Specification = {
  name: 'RFC 7636',
  title: 'Proof Key for Code Exchange',
  url: 'https://www.rfc-editor.org/rfc/rfc7636',
  rows: [
    ['4.1', 'MUST', 'a verifier has 43 to 128 characters, all of them unreserved', 'oauth/tables.test.ts > 4.6: the verifier must hash to the challenge'],
    ['4.2', 'MUST', 'the server implements S256', 'e2e/code_flow.test.ts > RFC 7636 4.6: the right verifier redeems; a wrong one burns the code'],
    ['4.4', 'MUST', 'the challenge and its method stay with the code', 'e2e/code_flow.test.ts > RFC 7636 4.6: the right verifier redeems; a wrong one burns the code'],
    ['4.4', 'MUST NOT', 'others can read the challenge in what the client is given', 'keys/opaque_token.test.ts > RFC 6749 10.10: hold 208 random bits after the time, never the same'],
    ['4.4.1', 'MUST', 'a missing challenge is invalid_request where one is required', 'e2e/code_flow.test.ts > refuses a public client that skips PKCE where that is enforced'],
    ['4.4.1', 'MUST', 'a method that the server does not implement is invalid_request', 'attacks/code.test.ts > a request with ${what} gets no code'],
    ['4.4.1', 'SHOULD', 'the client is told what is wrong with its challenge', 'e2e/rfc_rules.test.ts > RFC 7636 4.4.1: the client is told what is wrong with its challenge'],
    ['4.6', 'MUST', 'the verifier hashes to the challenge, or the answer is invalid_grant', 'e2e/code_flow.test.ts > RFC 7636 4.6: the right verifier redeems; a wrong one burns the code'],
    ['5', 'SHOULD', 'clients without PKCE are still served', 'e2e/code_flow.test.ts > RFC 6749 4.1.2, RFC 9207 2: the answer carries code, state and issuer'],
    ['7.2', 'SHOULD NOT', 'the method plain is used', 'oauth/tables.test.ts > RFC 9700 2.1.1: only S256 is accepted'],
  ],
};
