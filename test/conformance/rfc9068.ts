import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const rfc9068: Specification = {
  name: 'RFC 9068',
  title: 'JWT Profile for OAuth 2.0 Access Tokens',
  url: 'https://www.rfc-editor.org/rfc/rfc9068',
  rows: [
    ['2.1', 'MUST', 'the type in the header of a JWT access token is at+jwt', "deviates: the profile is not claimed, and the type is JWT (recorded 'config-jwt: jwt access tokens')"],
  ],
};
