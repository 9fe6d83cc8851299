import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CROWD, checkOneWinner, crowd, ROUNDS, tablesOf, tally } from './crowd.ts';
import { startDeployment } from './deployment.ts';
import { CREDENTIALS, type Deployment } from './flow.ts';
import { makeSigner } from './jose.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LIVE_CHAIN = 'access_token, refresh_token, used authorization_code, used refresh_token';

describe(`races of ${CROWD}, ${ROUNDS} times`, () => {
  it(`RFC 6749 4.1.2: of ${CROWD} who redeem one code at once one gets tokens, and then nothing of the chain works`, async (test) => {
    const { deployment, running } = await startDeployment({ test, storage: 'file' });
    await deployment.createClient();
    for (let round = 0; round < ROUNDS; round++) {
      const code = await codeOf(deployment);
      const tokens = checkOneWinner(await crowd(() => deployment.exchange(code)), '400 invalid_grant');
      assert.equal(await deployment.isActive(tokens.access_token), false);
      assert.equal(await deployment.isActive(tokens.refresh_token), false);
      assert.deepEqual(await tablesOf(running).chains(), []);
    }
  });

  it(`RFC 9700 4.14.2: of ${CROWD} who refresh one token at once one succeeds, and then nothing of the chain works`, async (test) => {
    const { deployment, running } = await startDeployment({ test, storage: 'file' });
    await deployment.createClient();
    for (let round = 0; round < ROUNDS; round++) {
      const { body: first } = await deployment.exchange(await codeOf(deployment));
      const second = checkOneWinner(await crowd(() => deployment.refresh(first.refresh_token)), '400 invalid_grant');
      assert.equal(await deployment.isActive(second.refresh_token), false);
      assert.deepEqual(await tablesOf(running).chains(), []);
    }
  });

  it('RFC 7009 2.1: a revocation leaves the whole chain, when the refresh was faster, or nothing of it', async (test) => {
    const { deployment, running } = await startDeployment({ test, storage: 'file' });
    await deployment.createClient();
    const { chains, clear } = tablesOf(running);
    for (let round = 0; round < ROUNDS; round++) {
      const { body } = await deployment.exchange(await codeOf(deployment));
      const { refresh_token } = body;
      const revoke = () => deployment.revoke(refresh_token);
      const refreshAt = (round * CROWD) / ROUNDS;
      const answers = await crowd((at) => (at === refreshAt ? deployment.refresh(refresh_token) : revoke()));
      const refreshed = answers[refreshAt] ?? assert.fail();
      const revoked = answers.filter((answer) => answer !== refreshed);
      assert.deepEqual(tally(revoked), { 200: CROWD - 1 });
      const left = await chains();
      if (refreshed.status === 200) assert.ok(left.length === 0 || left[0] === LIVE_CHAIN, `${left}`);
      else assert.deepEqual([refreshed.body.error, left], ['invalid_grant', []]);
      for (const token of [refreshed.body.access_token, refreshed.body.refresh_token]) {
        if (token !== undefined) assert.equal(await deployment.isActive(token), left.length > 0);
      }
      await clear('tokens');
    }
  });

  it('a consent that is taken back leaves no token, whether the code was redeemed before or not', async (test) => {
    const { deployment, running } = await startDeployment({ test, storage: 'file' });
    await deployment.createClient();
    const { count, chains } = tablesOf(running);
    const path = '/admin/oauth2/auth/sessions/consent?subject=user-1&client=app';
    for (let round = 0; round < ROUNDS; round++) {
      const code = await codeOf(deployment);
      const exchangeAt = (round * CROWD) / ROUNDS;
      const answers = await crowd((at) =>
        at === exchangeAt ? deployment.exchange(code) : deployment.admin('DELETE', path),
      );
      const exchanged = answers[exchangeAt] ?? assert.fail();
      const revoked = answers.filter((answer) => answer !== exchanged);
      assert.deepEqual(tally(revoked), { 204: CROWD - 1 });
      if (exchanged.status !== 200) assert.equal(exchanged.body.error, 'invalid_grant');
      else assert.equal(await deployment.isActive(exchanged.body.access_token), false);
      assert.deepEqual(await chains(), []);
      assert.equal(await count('consents'), 0);
    }
  });

  it('RFC 7523 3: of all who authenticate with one assertion one is the client', async (test) => {
    const { deployment, running } = await startDeployment({ test, storage: 'file' });
    const signer = await makeSigner('ES256', 'k');
    await deployment.createClient({
      client_secret: undefined,
      jwks: { keys: [signer.jwk] },
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
    });
    const { count, chains, clear } = tablesOf(running);
    for (let round = 1; round <= ROUNDS; round++) {
      const client_assertion = await signer.sign(claimsOf(deployment.issuer, 'app', 'app'));
      const present = () =>
        deployment.token({
          grant_type: 'client_credentials',
          client_assertion_type: ASSERTION_TYPE,
          client_assertion,
        });
      checkOneWinner(await crowd(present), '400 jti_known');
      assert.equal(await count('used_jtis'), round);
      assert.deepEqual(await chains(), ['access_token']);
      await clear('tokens');
    }
  });

  it('RFC 7523 3: of all who redeem one assertion one gets a token', async (test) => {
    const { deployment, running } = await startDeployment({ test, storage: 'file' });
    const signer = await makeSigner('ES256', 'k');
    const issuer = 'https://sts.example';
    await deployment.createClient({ grant_types: [JWT_BEARER] });
    const trust = { issuer, subject: 'robot', scope: [], expires_at: '2099-01-01T00:00:00Z', jwk: signer.jwk };
    assert.equal((await deployment.admin('POST', '/admin/trust/grants/jwt-bearer/issuers', trust)).status, 201);
    const { count, chains, clear } = tablesOf(running);
    for (let round = 1; round <= ROUNDS; round++) {
      const assertion = await signer.sign(claimsOf(deployment.issuer, issuer, 'robot'));
      const redeem = () => deployment.token({ ...CREDENTIALS, grant_type: JWT_BEARER, assertion });
      checkOneWinner(await crowd(redeem), '400 jti_known');
      assert.equal(await count('used_jtis'), round);
      assert.deepEqual(await chains(), ['access_token']);
      await clear('tokens');
    }
  });
});

/** Without an ID token, whose signature would be most of the work. */
async function codeOf(deployment: Deployment): Promise<string> {
  const answer = await deployment.authorize({ consent: { grant_scope: ['offline_access'] } });
  return answer.searchParams.get('code') ?? assert.fail(`${answer}`);
}

function claimsOf(server: string, iss: string, sub: string) {
  const now = Math.floor(Date.now() / 1000);
  return { iss, sub, aud: `${server}oauth2/token`, iat: now, exp: now + 60, jti: crypto.randomUUID() };
}
