import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { CompactSign } from 'jose';
import { verifyOwnJwt } from '../../src/keys/jwt.ts';
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
