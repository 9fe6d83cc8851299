import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { audienceOf, checkAudience } from '../../src/oauth/audience.ts';
import { OAuthError } from '../../src/oauth/error.ts';
import { Parameters, queryText, withQuery } from '../../src/oauth/parameters.ts';
import { checkCodeChallenge, checkCodeVerifier } from '../../src/oauth/pkce.ts';
import { checkPrompt } from '../../src/oauth/prompt.ts';
import { isSecureRedirect, matchRedirectUri } from '../../src/oauth/redirect_uri.ts';
import { coversScope } from '../../src/oauth/scope.ts';

const fails = (code: string, action: () => unknown): void =>
  assert.throws(action, (error) => error instanceof OAuthError && error.error === code);

describe('parameters (RFC 6749 appendix B)', () => {
  it('decode form-urlencoded UTF-8', () => {
    const parameters = Parameters.parse('a=1+2&b=%C3%A9&c&=x&a=3&d=%26%3D');
    assert.equal(parameters.get('a'), '1 2');
    assert.deepEqual(parameters.all('a'), ['1 2', '3']);
    assert.equal(parameters.get('b'), 'é');
    assert.equal(parameters.get('c'), '');
    assert.equal(parameters.get('d'), '&=');
    assert.equal(parameters.get('missing'), '');
  });

  it('are refused when they do not decode, or hold NUL', () => {
    for (const text of ['a=%zz', 'a=%', '%ff=1', 'a=%C3', 'a=%00', 'a=\0']) {
      fails('invalid_request', () => Parameters.parse(text));
    }
  });

  it('are written with sorted names, and read back the same', () => {
    const parameters = Parameters.of({ b: "a b+c&d=é'()*!~", a: '' });
    assert.equal(parameters.toString(), 'a=&b=a+b%2Bc%26d%3D%C3%A9%27%28%29%2A%21~');
    assert.equal(Parameters.parse(parameters.toString()).get('b'), "a b+c&d=é'()*!~");
    assert.equal(queryText({ b: "a b+c&d=é'()*!~", a: '' }), parameters.toString());
  });

  it('join the query that a URL has, before its fragment', () => {
    assert.equal(withQuery('https://a.example/cb?z=1&a=2#f', { m: 'x y' }), 'https://a.example/cb?a=2&m=x+y&z=1#f');
    assert.equal(withQuery('app:cb', { code: '1' }), 'app:cb?code=1');
    assert.equal(withQuery('https://a.example?state=theirs', { state: 'ours' }), 'https://a.example?state=ours');
  });
});

describe('scope strategies (Hydra)', () => {
  const wildcard = [
    ['foo', 'foo', true],
    ['foo', 'foo.bar', false],
    ['foo.*', 'foo', false],
    ['foo.*', 'foo.x', true],
    ['foo.*', 'foo.x.y', true],
    ['foo.*', 'foo.', false],
    ['foo.*.z', 'foo.x.z', true],
    ['foo.*.z', 'foo.x.y', false],
    ['foo.*.z', 'foo.x.z.a', false],
    ['*', 'a', true],
    ['*', 'a.b', true],
    ['*', '', false],
    ['foo*', 'foobar', false],
    ['foo*', 'foo*', true],
  ] as const;
  for (const [pattern, scope, expected] of wildcard) {
    it(`wildcard: '${pattern}' ${expected ? 'covers' : 'does not cover'} '${scope}'`, () => {
      assert.equal(coversScope('wildcard', [pattern], scope), expected);
    });
  }
  it('exact: only the same text', () => {
    assert.equal(coversScope('exact', ['foo.*'], 'foo.x'), false);
    assert.equal(coversScope('exact', ['foo.*'], 'foo.*'), true);
  });
});

describe('audience (Hydra)', () => {
  const rows = [
    ['https://a/b', 'https://a/b', true],
    ['https://a/b', 'https://a/b/', true],
    ['https://a/b', 'https://a/b/1', true],
    ['https://a/b', 'https://a/bc', false],
    ['https://a/b', 'http://a/b', false],
    ['https://a', 'https://a:8443', false],
    ['https://a', 'https://evil.a', false],
    ['https://a', 'https://a@evil', false],
    ['api', 'api', true],
    ['api', 'api2', false],
  ] as const;
  for (const [allowed, requested, expected] of rows) {
    it(`'${allowed}' ${expected ? 'covers' : 'does not cover'} '${requested}'`, () => {
      const check = () => checkAudience([requested], [allowed]);
      if (expected) check();
      else fails('invalid_request', check);
    });
  }
  it('is a list once, and a value each when repeated', () => {
    assert.deepEqual(audienceOf(Parameters.parse('audience=a+b')), ['a', 'b']);
    assert.deepEqual(audienceOf(Parameters.parse('audience=a+b&audience=c')), ['a b', 'c']);
    assert.deepEqual(audienceOf(Parameters.parse('')), []);
  });
});

describe('redirect URIs (RFC 6749 3.1.2, RFC 8252 7.3)', () => {
  const matches = [
    [['https://a.example/cb'], 'https://a.example/cb', 'https://a.example/cb'],
    [['https://a.example/cb'], '', 'https://a.example/cb'],
    [['http://127.0.0.1/cb'], 'http://127.0.0.1:5555/cb', 'http://127.0.0.1:5555/cb'],
    [['http://[::1]/cb'], 'http://[::1]:5555/cb', 'http://[::1]:5555/cb'],
    [['https://127.0.0.1/cb'], 'http://127.0.0.1:5555/cb', 'http://127.0.0.1:5555/cb'],
    [['com.example:/cb'], 'com.example:/cb', 'com.example:/cb'],
  ] as const;
  for (const [registered, requested, expected] of matches) {
    it(`'${requested}' is fine where ${registered} is registered`, () => {
      assert.equal(matchRedirectUri(requested, registered), expected);
    });
  }
  const refused = [
    [['https://a.example/cb', 'https://a.example/cb2'], ''],
    [[], ''],
    [['https://a.example/cb'], 'https://a.example/cb/'],
    [['https://a.example/cb'], 'https://a.example/cb?x=1'],
    [['https://a.example/cb'], 'https://A.example/cb'],
    [['https://a.example/cb'], 'https://a.example:443/cb'],
    [['https://a.example/cb'], 'https://a.example/cb#f'],
    [['https://a.example/cb'], 'https://a.example/./cb'],
    [['https://a.example/cb'], 'https://a.example.evil/cb'],
    [['https://a.example/cb'], 'https://a.example@evil/cb'],
    [['http://127.0.0.1/cb'], 'https://127.0.0.1:5555/cb'],
    [['http://127.0.0.1/cb'], 'http://127.0.0.1:5555/other'],
    [['http://127.0.0.1/cb'], 'http://127.0.0.1:5555/cb?x=1'],
    [['http://127.0.0.1/cb'], 'http://user@127.0.0.1/cb'],
    [['http://127.0.0.1/cb'], 'http://127.0.0.1.evil.example/cb'],
    [['http://localhost/cb'], 'http://localhost:5555/cb'],
    [['/cb'], '/cb'],
    [['https://a.example/cb#f'], 'https://a.example/cb#f'],
  ] as const;
  for (const [registered, requested] of refused) {
    it(`'${requested}' is refused where '${registered}' is registered`, () => {
      fails('invalid_request', () => matchRedirectUri(requested, registered));
    });
  }
  it('say what is wrong where none is sent and not exactly one is registered', () => {
    for (const registered of [[], ['https://a.example/cb', 'https://b.example/cb']]) {
      assert.throws(() => matchRedirectUri('', registered), /is required unless exactly one is registered/);
    }
  });
  it('are secure over https, on this machine, and in apps', () => {
    for (const uri of [
      'https://a.example',
      'http://localhost:1',
      'http://x.localhost',
      'http://127.0.0.9',
      'http://[::1]',
      'app:/cb',
    ]) {
      assert.equal(isSecureRedirect(uri), true, uri);
    }
    for (const uri of ['http://a.example', 'http://localhost.evil', 'http://127.0.0.1.nip.example']) {
      assert.equal(isSecureRedirect(uri), false, uri);
    }
  });
});

describe('PKCE (RFC 7636)', () => {
  const verifier = 'a'.repeat(43);
  const challenge = createHash('sha256').update(verifier).digest('base64url');

  it('4.4.1: a challenge is required where it is enforced', () => {
    fails('invalid_request', () => checkCodeChallenge('', '', true));
    checkCodeChallenge('', '', false);
  });
  it('RFC 9700 2.1.1: only S256 is accepted', () => {
    checkCodeChallenge(challenge, 'S256', true);
    for (const method of ['plain', '', 's256', 'S512']) {
      fails('invalid_request', () => checkCodeChallenge(challenge, method, false));
    }
  });
  it('4.6: the verifier must hash to the challenge', () => {
    checkCodeVerifier(challenge, verifier);
    for (const wrong of ['', 'a'.repeat(42), 'a'.repeat(44), 'b'.repeat(43), 'a'.repeat(129), `${'a'.repeat(42)} `]) {
      fails('invalid_grant', () => checkCodeVerifier(challenge, wrong));
    }
  });
  it('4.1: the verifier has 43 to 128 unreserved characters, whatever it hashes to', () => {
    const check = (text: string) => checkCodeVerifier(createHash('sha256').update(text).digest('base64url'), text);
    for (const good of ['aZ09-._~'.repeat(8), 'a'.repeat(128)]) check(good);
    for (const wrong of ['a', 'a'.repeat(42), 'a'.repeat(129), `${'a'.repeat(42)} `, `${'a'.repeat(42)}+`]) {
      fails('invalid_grant', () => check(wrong));
    }
  });
  it('RFC 9700 4.8.2: a verifier without a challenge is refused', () => {
    checkCodeVerifier('', '');
    fails('invalid_grant', () => checkCodeVerifier('', verifier));
  });
});

describe('prompt (OpenID Connect Core 3.1.2.1)', () => {
  it('none stands alone', () => {
    fails('invalid_request', () => checkPrompt(['none', 'login']));
    checkPrompt(['none']);
  });
  it('values are known, and case counts', () => {
    checkPrompt(['login', 'consent', 'select_account', 'registration']);
    fails('invalid_request', () => checkPrompt(['Login']));
  });
});

describe('errors (RFC 6749 5.2)', () => {
  it('have descriptions without quotation marks, and keep causes to themselves', () => {
    const error = new OAuthError('invalid_scope', 'not "this"', { debug: 'row 7' });
    assert.ok(error.description().endsWith("not 'this'"));
    assert.ok(!error.description().includes('row 7'));
    assert.ok(error.description(true).endsWith('row 7'));
  });

  it('RFC 6749 4.1.2.1, 5.2: have an alphabet, whatever the client sent', () => {
    const error = new OAuthError('invalid_scope', 'not "a\\b", \n\u00e9, \u{1f511} or ~!#[]', {
      debug: 'line\r\nline',
    });
    for (const description of [error.description(), error.description(true)]) {
      assert.match(description, /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    }
    assert.ok(error.description().endsWith("not 'a?b', ?, ? or ~!#[]"), error.description());
  });
});
