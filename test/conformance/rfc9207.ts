import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const rfc9207: Specification = {
  name: 'RFC 9207',
  title: 'OAuth 2.0 Authorization Server Issuer Identification',
  url: 'https://www.rfc-editor.org/rfc/rfc9207',
  rows: [
    ['2', 'MUST', 'every answer of the authorization endpoint to a client has iss, errors too', 'attacks/browser.test.ts > every answer to a client names its issuer, errors too'],
    ['2', 'MUST', 'iss is an https URL without query and fragment', 'config/load.test.ts > RFC 8414 2: an issuer with a query or a fragment'],
    ['2', 'MUST', 'iss is the issuer of the metadata', 'e2e/code_flow.test.ts > RFC 8414 2: the metadata lists what the registries hold'],
    ['3', 'MUST', 'the metadata say that answers have iss', 'e2e/code_flow.test.ts > RFC 8414 2: the metadata lists what the registries hold'],
  ],
};
