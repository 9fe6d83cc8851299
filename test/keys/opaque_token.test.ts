import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { OpaqueTokens, tokenHash } from '../../src/keys/opaque_token.ts';
import { jwtHash } from '../../src/token/access_token.ts';

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

  it('RFC 6749 10.10: hold 208 random bits after the time, never the same', () => {
    const before = Date.now();
    const all = Array.from({ length: 1000 }, () =>
      Buffer.from(tokens.mint('authorization_code').token.slice(7, 50), 'base64url'),
    );
    for (const bytes of all) {
      const time = bytes.readUIntBE(0, 6);
      assert.ok(time >= before && time <= Date.now(), String(time));
    }
    const halves = all.map((bytes) => bytes.subarray(6));
    assert.equal(new Set(halves.map((half) => half.toString('hex'))).size, 1000);
    const ones = Array(208).fill(0);
    for (const half of halves) {
      const bits = [...half].flatMap((byte) => [...byte.toString(2).padStart(8, '0')]);
      assert.equal(bits.length, 208);
      for (const [at, bit] of bits.entries()) ones[at] += Number(bit);
    }
    // Twelve standard deviations: a bit that is always the same, or nearly, is beyond them.
    for (const count of ones) assert.ok(Math.abs(count - 500) < 190, String(count));
  });

  it('of the reference carry HMAC-SHA-512/256 under SHA-256 of the secret, and are found under its hash', () => {
    const bytes = Buffer.alloc(32, 'bytes of somebody else');
    const key = createHash('sha256').update(OLD).digest();
    const signature = createHmac('sha512-256', key).update(bytes).digest('base64url');
    const token = `${bytes.toString('base64url')}.${signature}`;
    for (const given of [token, `ory_at_${token}`])
      assert.deepEqual(tokens.verify('access_token', given), tokenHash(signature));
    assert.equal(new OpaqueTokens([NEW]).verify('access_token', token), undefined);
  });

  it('of ours are found under the time when they were issued and 208 bits of the same hash', () => {
    const { token, hash } = tokens.mint('access_token');
    const [, bytes = '', signature = ''] = /^ory_at_(.+)\.(.+)$/.exec(token) ?? [];
    assert.deepEqual(hash.subarray(0, 6), Buffer.from(bytes, 'base64url').subarray(0, 6));
    assert.deepEqual(hash.subarray(6), tokenHash(signature).subarray(0, 26));
  });

  it('and so are JWT access tokens, by their `jti`, but for those of the reference', () => {
    const jwt = 'header.claims.signature';
    const time = jwtHash(jwt, { jti: '0192f0c1-2233-7abc-8000-000000000000' });
    assert.equal(time.toString('hex'), `0192f0c12233${tokenHash('signature').toString('hex').slice(0, 52)}`);
    for (const jti of ['0192f0c1-2233-4abc-8000-000000000000', '', undefined])
      assert.deepEqual(jwtHash(jwt, { jti }), tokenHash('signature'));
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
