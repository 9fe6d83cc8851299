import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, it } from 'node:test';
import { checkForm, type FormName, protectForm, TOKEN_FIELD } from '../../src/account_experience/csrf.ts';
import type { AuthorizationServer } from '../../src/authorization_server.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Request } from '../../src/http/request.ts';
import { Mac } from '../../src/keys/mac.ts';
import { OAuthError } from '../../src/oauth/error.ts';
import { Parameters } from '../../src/oauth/parameters.ts';

type Server = Pick<AuthorizationServer, 'config' | 'keys' | 'now'>;

const NOW = 1_700_000_000;
const FORM = 'login challenge-1';

const SECRET = 'a-secret-that-only-tests-use';

function serverWith({ dev = true, secrets = [SECRET], now = NOW } = {}): Server {
  const { config } = loadConfig({
    files: [],
    env: {},
    flags: { dev },
    forced: { dsn: 'memory', secrets: { system: secrets }, urls: { self: { issuer: 'https://id.example.com/' } } },
  });
  const keys = { forms: new Mac(secrets, 'forms') } as AuthorizationServer['keys'];
  return { config, keys, now: () => now * 1000 };
}

const requestWith = (headers: IncomingHttpHeaders): Request => ({
  method: 'POST',
  path: '/oauth2/fallbacks/login',
  query: '',
  params: {},
  headers,
  remote_address: '127.0.0.1',
  body: Buffer.alloc(0),
});

/** What a browser sends back after it saw a form. */
function seen(server: Server, form: FormName = FORM, cookie?: string): { cookie: string; token: string; line: string } {
  const { token, headers } = protectForm(server, requestWith(cookie ? { cookie } : {}), form);
  const line = String(headers['set-cookie']);
  return { cookie: line.split(';')[0] ?? '', token, line };
}

function check(server: Server, headers: IncomingHttpHeaders, token: string, form: FormName = FORM): void {
  checkForm(server, requestWith(headers), Parameters.of({ [TOKEN_FIELD]: token }), form);
}

const isForbidden = (error: unknown) => error instanceof OAuthError && error.status === 403;

describe('the cookie', () => {
  it('is HttpOnly, Lax and in production Secure and of this host alone', () => {
    const { line } = seen(serverWith({ dev: false }));
    assert.match(line, /^__Host-gatehouse_csrf=[\w-]+; Path=\/; /);
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax']) assert.ok(line.includes(`; ${attribute}`), line);
    assert.ok(!line.includes('Domain'));
  });

  it('works without https in development, under another name', () => {
    const { line } = seen(serverWith());
    assert.match(line, /^gatehouse_csrf_dev=/);
    assert.ok(!line.includes('Secure'));
  });

  it('stays the same for a second form, so that both can be sent', () => {
    const server = serverWith();
    const first = seen(server);
    const second = seen(server, 'consent challenge-2', first.cookie);
    assert.equal(second.cookie, first.cookie);
    check(server, { cookie: first.cookie }, first.token);
    check(server, { cookie: first.cookie }, second.token, 'consent challenge-2');
  });

  it('is made anew where it is not one of ours', () => {
    const server = serverWith();
    for (const cookie of [
      'gatehouse_csrf_dev=',
      'gatehouse_csrf_dev=x',
      `gatehouse_csrf_dev=${'x'.repeat(42)}`,
      `gatehouse_csrf_dev=${'x'.repeat(44)}`,
      `gatehouse_csrf_dev=${'x'.repeat(42)}.`,
    ]) {
      const next = seen(server, FORM, cookie);
      assert.notEqual(next.cookie, cookie);
      check(server, { cookie: next.cookie }, next.token);
    }
  });
});

describe('a form is refused', () => {
  const server = serverWith();
  const mine = seen(server);
  const theirs = seen(server);
  const refused = (headers: IncomingHttpHeaders, token: string, form: FormName = FORM, at = server) =>
    assert.throws(() => check(at, headers, token, form), isForbidden);

  it('without cookie, without token, or with what is none', () => {
    refused({}, mine.token);
    for (const token of ['', '.', 'x', String(NOW), `${NOW}.`, `-1.${mine.token}`, `NaN.x`, 'x'.repeat(100_000)]) {
      refused({ cookie: mine.cookie }, token);
    }
  });

  it('that somebody made up, whatever their cookie', () => {
    const stranger = serverWith({ secrets: ['b'.repeat(20)] });
    const forged = seen(stranger, FORM, mine.cookie);
    assert.equal(forged.cookie, mine.cookie);
    check(stranger, { cookie: mine.cookie }, forged.token);
    refused({ cookie: mine.cookie }, forged.token);
  });

  it('but not while the secret that signed it is only no more the first', () => {
    const rotated = serverWith({ secrets: ['c'.repeat(20), SECRET] });
    check(rotated, { cookie: mine.cookie }, mine.token);
  });

  it("with another browser's cookie or token", () => {
    refused({ cookie: theirs.cookie }, mine.token);
    refused({ cookie: mine.cookie }, theirs.token);
  });

  it('with the token of another challenge or another page', () => {
    refused({ cookie: mine.cookie }, mine.token, 'login challenge-2');
    refused({ cookie: mine.cookie }, mine.token, 'consent challenge-1');
  });

  it('after an hour, also when the token claims to be younger, and before its time', () => {
    const later = serverWith({ now: NOW + 3601 });
    check(serverWith({ now: NOW + 3600 }), { cookie: mine.cookie }, mine.token);
    refused({ cookie: mine.cookie }, mine.token, FORM, later);
    refused({ cookie: mine.cookie }, mine.token.replace(String(NOW), String(NOW + 3600)), FORM, later);
    refused({ cookie: mine.cookie }, mine.token, FORM, serverWith({ now: NOW - 1 }));
  });

  it('when the browser says that it came from elsewhere', () => {
    for (const headers of [
      { origin: 'https://evil.example.com' },
      { origin: 'https://id.example.com.evil.example' },
      { origin: 'http://id.example.com' },
      { origin: 'not an origin' },
      { origin: 'https://id.example.com', 'sec-fetch-site': 'same-site' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
    ]) {
      refused({ cookie: mine.cookie, host: 'id.example.com:4444', ...headers }, mine.token);
    }
  });
});

it('a form is taken from our origin, from the host it is sent to, and where the browser does not tell', () => {
  const server = serverWith();
  const { cookie, token } = seen(server);
  for (const headers of [
    {},
    { origin: 'https://id.example.com' },
    { origin: 'null', 'sec-fetch-site': 'same-origin' },
    { origin: 'http://127.0.0.1:4444', host: '127.0.0.1:4444' },
  ]) {
    check(server, { cookie, ...headers }, token);
  }
});
