import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanPath } from '../../src/http/clean_path.ts';

const CASES: readonly (readonly [path: string, cleaned: string | undefined])[] = [
  ['/', undefined],
  ['/oauth2/auth', undefined],
  ['/oauth2/.hidden', undefined],
  ['/oauth2//auth', '/oauth2/auth'],
  ['/oauth2/./auth', '/oauth2/auth'],
  ['/oauth2/../version', '/version'],
  ['/oauth2/..', '/'],
  ['/../../x', '/x'],
  ['/%2e%2e/x', '/x'],
  ['/a/%2F/b/', '/a/b/'],
  ['//evil.example', '/evil.example'],
  ['///evil.example', '/evil.example'],
  ['//evil.example/%2e%2e', '/'],
  ['/x/..//\\evil.example', '/%5Cevil.example'],
  ['/.//%5cevil.example', '/%5Cevil.example'],
  ['//%09/evil.example', '/%09/evil.example'],
  ['/a//b?c', '/a/b%3Fc'],
  ['//%0d%0alocation:x', '/%0D%0Alocation%3Ax'],
  ['/%ff//', undefined],
];

for (const [path, cleaned] of CASES) {
  test(`${JSON.stringify(path)} leads to ${cleaned ?? 'nowhere else'}`, () => {
    assert.equal(cleanPath(path), cleaned);
  });
}
