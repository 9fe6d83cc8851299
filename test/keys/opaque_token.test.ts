import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { OpaqueTokens, tokenHash } from '../../src/keys/opaque_token.ts';

const OLD = 'an-old-secret-of-some-length';
const NEW = 'a-new-secret-of-some-length';

describe('opaque tokens', () => {
  const tokens = new OpaqueTokens([NEW, OLD]);

  it('have the format of the reference', () => {
    assert.match(tokens.mint('access_token').token, /^ory_at_[\w-]{43}\.[\w-]{43}$/);
    assert.match(tokens.mint('refresh_token').token, /^ory_rt_[\w-]{43}\.[\w-]{43}$/);
    assert.match(tokens.mint('authorization_code').token, /^ory_ac_[\w-]{43}\.[\w-]{43}$/);
  });

  it('are not made without a secret', () => {
    assert.throws(() => new OpaqueTokens([]).mint('access_token'), /no secret to sign tokens with/);
  });

  it('RFC 6749 10.10: hold 256 random bits, never the same', () => {
    const halves = Array.from({ length: 1000 }, () => tokens.mint('authorization_code').token.slice(7, 50));
    assert.equal(new Set(halves).size, 1000);
    const ones = Array(256).fill(0);
    for (const half of halves) {
      const bits = [...Buffer.from(half, 'base64url')].flatMap((byte) => [...byte.toString(2).padStart(8, '0')]);
      assert.equal(bits.length, 256);
      for (const [at, bit] of bits.entries()) ones[at] += Number(bit);
    }
    // Twelve standard deviations: a bit that is always the same, or nearly, is beyond them.
    for (const count of ones) assert.ok(Math.abs(count - 500) < 190, String(count));
  });

  it('carry HMAC-SHA-512/256 under SHA-256 of the secret', () => {
    const [, random = '', signature = ''] = /^ory_at_(.+)\.(.+)$/.exec(tokens.mint('access_token').token) ?? [];
    const key = createHash('sha256').update(NEW).digest();
    const expected = createHmac('sha512-256', key).update(Buffer.from(random, 'base64url')).digest('base64url');
    assert.equal(signature, expected);
  });

  it('verify to the hash under which they are stored, with the prefix and without', () => {
    const { token, hash } = tokens.mint('access_token');
    assert.deepEqual(tokens.verify('access_token', token), hash);
    assert.deepEqual(tokens.verify('access_token', token.slice('ory_at_'.length)), hash);
    assert.equal(hash.length, 32);
  });

  it('verify under every secret', () => {
    const { token, hash } = new OpaqueTokens([OLD]).mint('refresh_token');
    assert.deepEqual(tokens.verify('refresh_token', token), hash);
    assert.equal(new OpaqueTokens([NEW]).verify('refresh_token', token), undefined);
  });

  it('do not pass for another kind', () => {
    assert.equal(tokens.verify('refresh_token', tokens.mint('access_token').token), undefined);
  });

  it('are refused with any character changed, added or taken away', () => {
    const { token } = tokens.mint('access_token');
    // Of some characters only a part counts where base64url is decoded.
    for (let at = 0; at < token.length; at++) {
      for (const other of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        if (other !== token[at]) assert.equal(tokens.verify('access_token', changed), undefined, `${at} ${other}`);
      }
    }
    for (const text of [`${token}x`, token.slice(0, -1), '', '.', 'ory_at_.', `${token}.${token}`]) {
      assert.equal(tokens.verify('access_token', text), undefined, text);
    }
  });

  it('are known when they come again, which makes nothing else good', () => {
    const { token, hash } = tokens.mint('access_token');
    for (let time = 0; time < 3; time++) assert.deepEqual(tokens.verify('access_token', token), hash);
    const end = token.endsWith('A') ? 'B' : 'A';
    assert.equal(tokens.verify('access_token', token.slice(0, -1) + end), undefined);
    assert.equal(tokens.verify('refresh_token', token), undefined);
    assert.equal(tokens.verify('access_token', token.replace('ory_at_', 'ory_rt_')), undefined);
    assert.equal(new OpaqueTokens(['another-secret-of-some-length']).verify('access_token', token), undefined);
  });

  it('are stored as the reference stores access tokens, cut to 32 bytes', () => {
    const stored = createHash('sha384').update('signature').digest('hex');
    assert.equal(tokenHash('signature').toString('hex'), stored.slice(0, 64));
  });
});
