import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { CompactSign } from 'jose';
import { readJwt, verifyOwnJwt } from '../../src/keys/jwt.ts';
import type { SigningKeys } from '../../src/keys/signing_keys.ts';
import { OAuthError } from '../../src/oauth/error.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const keysWith = (findOrReload: (kid: string) => Promise<unknown>) => ({ findOrReload }) as unknown as SigningKeys;
const ours = keysWith(async (kid) => (kid === 'ours' ? { kid, alg: 'RS256', publicKey } : undefined));

const signed = (alg: string, kid = 'ours') =>
  new CompactSign(Buffer.from('{"sub":"user-1"}')).setProtectedHeader({ alg, kid }).sign(privateKey);

describe('a JWT of our own', () => {
  it('RFC 8725 3.1: verifies with the algorithm of its key, and with no other that the key could do', async () => {
    assert.deepEqual(await verifyOwnJwt(ours, await signed('RS256')), { sub: 'user-1' });
    for (const alg of ['PS256', 'RS512']) assert.equal(await verifyOwnJwt(ours, await signed(alg)), undefined, alg);
    assert.equal(await verifyOwnJwt(ours, await signed('RS256', 'theirs')), undefined);
  });

  it('is not called a forgery while nobody can tell which keys there are', async () => {
    const away = keysWith(() => Promise.reject(new OAuthError('temporarily_unavailable')));
    await assert.rejects(verifyOwnJwt(away, await signed('RS256')), { error: 'temporarily_unavailable' });
  });
});

describe('a JWT of somebody else', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const read = (header: unknown, claims: unknown = {}) => readJwt(`${part(header)}.${part(claims)}.AAAA`);

  it('RFC 7515 4.1: has a header whose members are what they should be, or is none', () => {
    assert.deepEqual(read({ alg: 'RS256', kid: 'a' })?.kid, 'a');
    assert.deepEqual(read({ alg: 'RS256' })?.kid, '');
    for (const header of [{}, { alg: 5 }, { alg: null }, { alg: 'RS256', kid: 5 }, { alg: 'RS256', kid: {} }]) {
      assert.equal(read(header), undefined, JSON.stringify(header));
    }
    assert.equal(read({ alg: 'RS256', crit: ['exp'] }), undefined, 'RFC 7515 4.1.11');
    for (const claims of [[], 'claims', null, 5]) assert.equal(read({ alg: 'RS256' }, claims), undefined);
  });
});
