import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const form_post: Specification = {
  name: 'OAuth 2.0 Form Post Response Mode',
  title: 'OAuth 2.0 Form Post Response Mode 1.0',
  url: 'https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html',
  rows: [
    ['2', 'MUST', 'the members of the answer are values of a form, which is posted as application/x-www-form-urlencoded', 'e2e/implicit_and_hybrid.test.ts > OAuth 2.0 Form Post Response Mode 2: is posted with every member, and not for caches'],
    ['2', 'MUST', 'the form goes to the redirect URI, by itself', 'e2e/code_flow.test.ts > OAuth 2.0 Form Post Response Mode: a page posts the answer, and its script is the only one that may run'],
    ['4', 'MUST', 'the page is kept by no cache', 'e2e/implicit_and_hybrid.test.ts > OAuth 2.0 Form Post Response Mode 2: is posted with every member, and not for caches'],
  ],
};
