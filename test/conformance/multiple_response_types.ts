import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const multiple_response_types: Specification = {
  name: 'OAuth 2.0 Multiple Response Types',
  title: 'OAuth 2.0 Multiple Response Type Encoding Practices',
  url: 'https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html',
  rows: [
    ['2.1', 'SHOULD NOT', 'a response mode that is the default is asked for', 'not ours: clients ask; it is as good as none'],
    ['2.1', 'MUST', 'a response mode that is not supported is answered with an error', 'e2e/code_flow.test.ts > RFC 6749 4.1.2.1: ${what} is never answered at the redirect URI'],
    ['3', 'MUST NOT', 'an ID token is in the query', 'e2e/implicit_and_hybrid.test.ts > OAuth 2.0 Multiple Response Types 3: ${what} is answered in the query with ${error}'],
    ['5', 'MUST', 'an answer holds what its response type names, by default in the fragment, and the words come in any order', "e2e/implicit_and_hybrid.test.ts > OAuth 2.0 Multiple Response Types 3, 5: to '${response_type}' holds ${members.join(', ')}, in the fragment"],
    ['5', 'MUST NOT', 'a code, access token or ID token that come together are in the query', 'e2e/implicit_and_hybrid.test.ts > OAuth 2.0 Multiple Response Types 3: ${what} is answered in the query with ${error}'],
    ['5', 'MUST', 'so it is for errors', 'e2e/implicit_and_hybrid.test.ts > OpenID Connect Core 3.2.2.6, 3.3.2.6: ${what} is answered in the fragment with ${error}'],
  ],
};
