import type { Specification } from './specification.ts';

// biome-ignore format: a row is a line
export const rfc9101: Specification = {
  name: 'RFC 9101',
  title: 'JWT-Secured Authorization Request',
  url: 'https://www.rfc-editor.org/rfc/rfc9101',
  rows: [
    ['4', 'MUST', 'the parameters are the members of the request object, texts as JSON texts, numbers as JSON numbers', 'attacks/request_object.test.ts > of another type are JSON text, and are judged as such'],
    ['4', 'MUST NOT', 'a request object holds request or request_uri', 'attacks/request_object.test.ts > are no request objects'],
    ['4', 'SHOULD', 'iss inside is the client, and aud the server', 'not ours: the client says so; the server looks at neither, Q33'],
    ['5', 'MUST NOT', 'request and request_uri come together', 'e2e/request_object.test.ts > RFC 9101 7: that is not good is answered on the error page with its own code'],
    ['5.2', 'MUST', 'an address that is not the URN of a pushed request is one that the server may fetch from', "attacks/request_uri.test.ts > is the registered one to the letter, and not ${change('http://127.0.0.1/object')}"],
    ['5.2.3', 'MUST', 'the server fetches the object, unless it has it already', 'e2e/request_object.test.ts > RFC 9101 5.2.3: at an address is fetched once, without the fragment, and may be gone when the browser returns'],
    ['6.1', 'MUST', 'an encrypted request object is decrypted', 'not ours: the metadata list no algorithms to encrypt with'],
    ['6.2', 'MUST', 'the signature is verified with a key of the client, by alg and kid of the header', 'attacks/request_object.test.ts > is that of a key to sign with, which the client has'],
    ['6.2', 'MUST', 'the algorithm is one that the client may use', 'attacks/request_object.test.ts > is the registered one, and nothing that is stronger, weaker or none'],
    ['6.2', 'MUST', 'a signature that is not good is an error', 'attacks/jwt.test.ts > is refused with ${what}'],
    ['6.3', 'MUST', 'only what stands in the request object counts', 'deviates: what stands outside fills the gaps, as OpenID Connect Core 6.3.3 says (public_protocol.md 4.2)'],
    ['6.3', 'MUST', 'client_id inside and outside are the same', 'deviates: the one outside counts, and what it gets is for that client alone (public_protocol.md 4.2)'],
    ['6.3', 'MUST', 'what RFC 6749 demands of a request is checked of what was put together', 'attacks/request_object.test.ts > a redirect URI inside has to be registered like one outside'],
    ['7', 'MUST', 'errors are those of RFC 6749, invalid_request_uri and invalid_request_object', 'e2e/request_object.test.ts > RFC 9101 7: that is not good is answered on the error page with its own code'],
    ['10.1', 'SHOULD', 'the algorithm is strong enough', 'attacks/request_object.test.ts > is no other than those of the metadata, where none is registered'],
    ['10.2', 'MUST', 'the source of the request object is authenticated', 'deviates: only where it is signed, which a client that is registered for an algorithm can rely on, Q33 (public_protocol.md 4.2)'],
    ['10.4.1', 'SHOULD', 'the server fetches from no unexpected location, does not wait long, and follows nothing', 'attacks/request_uri.test.ts > is not waited for when it never comes, nor when it comes a byte at a time'],
    ['10.5', 'SHOULD', 'a client can be held to signed request objects', 'deviates: to their algorithm alone, where it sends one; the reference has no require_signed_request_object (public_protocol.md 4.2)'],
  ],
};
