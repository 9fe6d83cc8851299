import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const rfc8252: Specification = {
  name: 'RFC 8252',
  title: 'OAuth 2.0 for Native Apps',
  url: 'https://www.rfc-editor.org/rfc/rfc8252',
  rows: [
    ['7.1', 'MUST', 'an application is answered at its own scheme', 'e2e/oauth_rules.test.ts > RFC 8252 7.1: an app on a device is answered at its own scheme'],
    ['7.3', 'MUST', 'a loopback address may have any port in the request', 'attacks/redirects.test.ts > what is registered is answered, on any port of a loopback address'],
    ['8.1', 'MUST', 'the server supports PKCE for public clients', 'e2e/rfc_rules.test.ts > RFC 8252 8.1, 8.5: a public client redeems with its verifier, and needs no secret'],
    ['8.4', 'MUST', 'the type of the client is registered', 'e2e/code_flow.test.ts > RFC 6749 2.3, 5.2: a client authenticates with its one method'],
    ['8.4', 'MUST', 'whole redirect URIs are registered and compared to the letter, but for the port of a loopback address', 'attacks/redirects.test.ts > ${JSON.stringify(shape)} is no redirect URI'],
    ['8.4', 'SHOULD NOT', 'a scheme of an application is accepted that is no domain name in reverse', "deviates: myapp: is accepted as com.example.app: is (recorded 'admin-clients: redirect uri rules')"],
    ['8.5', 'SHOULD NOT', 'a public client has to authenticate with a secret that all its copies share', 'e2e/rfc_rules.test.ts > RFC 8252 8.1, 8.5: a public client redeems with its verifier, and needs no secret'],
    ['8.6', 'SHOULD NOT', 'a client that another could pose as passes without the person, also when it was allowed before', 'e2e/rfc_rules.test.ts > RFC 8252 8.6: a client that another could pose as is asked about again, whatever was remembered'],
  ],
};
