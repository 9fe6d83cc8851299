import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formHeaders } from '../../src/account_experience/form_action.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { JsonObject } from '../../src/lib/json.ts';

const ISSUER = 'https://id.example.com';

function formAction(redirect_uris: string[] | null, query: Record<string, string> = {}, urls: JsonObject = {}): string {
  const { config } = loadConfig({
    files: [],
    env: {},
    flags: { dev: true },
    forced: { secrets: { system: ['a-secret-that-only-tests-use'] }, urls: { self: { issuer: ISSUER }, ...urls } },
  });
  const headers = formHeaders(
    { config },
    {
      challenge: 'challenge',
      client: { client_id: 'app', redirect_uris },
      request_url: `${ISSUER}/oauth2/auth?${new URLSearchParams(query)}`,
      requested_scope: [],
      requested_access_token_audience: [],
      skip: false,
      subject: '',
      oidc_context: {},
    },
  );
  const policy = String(headers['content-security-policy']);
  assert.match(policy, /^default-src 'none'; .*; frame-ancestors 'none'$/);
  return /form-action ([^;]*);/.exec(policy)?.[1] ?? '';
}

const OWN = `'self' ${ISSUER}`;

it('a form leads to the authorization endpoint and to the redirect URI of the request', () => {
  const registered = ['https://one.example.com/cb', 'https://two.example.com:8443/cb'];
  assert.equal(formAction(registered, { redirect_uri: String(registered[1]) }), `${OWN} https://two.example.com:8443`);
});

it('RFC 6749 3.1.2.3: the one that is registered need not be in the request', () => {
  assert.equal(formAction(['https://app.example.com/cb']), `${OWN} https://app.example.com`);
});

it('RFC 8252 7.3: the port of a loopback address is that of the request', () => {
  const redirect_uri = 'http://127.0.0.1:52000/cb';
  assert.equal(formAction(['http://127.0.0.1/cb'], { redirect_uri }), `${OWN} http://127.0.0.1:52000`);
});

it('RFC 8252 7.1: an application on the device is named by its scheme', () => {
  assert.equal(formAction(['com.example.app:/cb']), `${OWN} com.example.app:`);
});

it('a redirect URI that is not registered is not allowed', () => {
  const redirect_uri = 'https://evil.example.com/cb';
  assert.equal(formAction(['https://app.example.com/cb'], { redirect_uri }), `${OWN} https://app.example.com`);
  assert.equal(formAction(null, { redirect_uri }), OWN);
});

it('where a request object names the redirect URI, all that are registered may be meant', () => {
  const registered = ['https://one.example.com/cb', 'https://two.example.com/cb', 'https://one.example.com/other'];
  const query = { request: 'e30.e30.', redirect_uri: String(registered[0]) };
  assert.equal(formAction(registered, query), `${OWN} https://one.example.com https://two.example.com`);
});

it('the pages of others that may come next are allowed', () => {
  const urls = { consent: 'https://consent.example.com/ask', error: 'https://error.example.com/' };
  assert.equal(
    formAction(['https://app.example.com/cb'], {}, urls),
    `${OWN} https://consent.example.com https://error.example.com https://app.example.com`,
  );
});

it('CSP3 2.3.1: what a policy cannot spell is named by its scheme, and nothing ends the directive', () => {
  for (const [uri, source] of [
    ['http://[::1]:8080/cb', 'http:'],
    ["https://a;script-src/'unsafe-inline'", 'https:'],
    ['https://*/cb', 'https:'],
    ['https://a,b/cb', 'https:'],
  ] as const) {
    assert.equal(formAction([uri]), `${OWN} ${source}`, uri);
  }
});

it('a client with thousands of redirect URIs does not make a header that nobody accepts', () => {
  const registered = Array.from({ length: 3000 }, (_, at) => `https://app${at}.example.com/cb`);
  assert.ok(formAction(registered, { request: 'e30.e30.' }).length < 2000);
});
