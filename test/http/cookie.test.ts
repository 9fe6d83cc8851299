import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setCookie } from '../../src/http/cookie.ts';

const expiry = (maxAge: number, now: number) =>
  /Expires=([^;]*)/.exec(setCookie('name', 'value', maxAge, { path: '/', secure: true }, now))?.[1];

it('RFC 6265 4.1.1: a cookie says when it expires, to the second', () => {
  const now = Date.UTC(2026, 0, 31, 23, 59, 58);
  assert.equal(expiry(1, now), 'Sat, 31 Jan 2026 23:59:59 GMT');
  assert.equal(expiry(1, now + 999), 'Sat, 31 Jan 2026 23:59:59 GMT');
  assert.equal(expiry(1, now + 1000), 'Sun, 01 Feb 2026 00:00:00 GMT');
  assert.equal(expiry(0, now), 'Thu, 01 Jan 1970 00:00:01 GMT');
  assert.equal(expiry(1, now), 'Sat, 31 Jan 2026 23:59:59 GMT');
});
