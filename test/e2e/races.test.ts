import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CROWD, checkOneWinner, crowd, ROUNDS, startRace, tally } from './crowd.ts';
import { CREDENTIALS, type Deployment } from './flow.ts';
import { makeSigner } from './jose.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LIVE_CHAIN = 'access_token, refresh_token, used authorization_code, used refresh_token';
/** A client that keeps failing to authenticate is asked to wait: not here. */
const UNCOUNTED = { gatehouse: { throttle: { client_secrets: { attempts: 0 } } } };

describe(`races of ${CROWD}, ${ROUNDS} times`, () => {
  it(`RFC 6749 4.1.2: of ${CROWD} who redeem one code at once one gets tokens, and then nothing of the chain works`, async (test) => {
    const { deployment, chains } = await startRace(test);
    for (let round = 0; round < ROUNDS; round++) {
      const code = await codeOf(deployment);
      const tokens = checkOneWinner(await crowd(() => deployment.exchange(code)), '400 invalid_grant');
      assert.equal(await deployment.isActive(tokens.access_token), false);
      assert.equal(await deployment.isActive(tokens.refresh_token), false);
      assert.deepEqual(await chains(), []);
    }
  });

  it(`RFC 9700 4.14.2: of ${CROWD} who refresh one token at once one succeeds, and then nothing of the chain works`, async (test) => {
    const { deployment, chains } = await startRace(test);
    for (let round = 0; round < ROUNDS; round++) {
      const { body: first } = await deployment.exchange(await codeOf(deployment));
      const second = checkOneWinner(await crowd(() => deployment.refresh(first.refresh_token)), '400 invalid_grant');
      assert.equal(await deployment.isActive(second.refresh_token), false);
      assert.deepEqual(await chains(), []);
    }
  });

  it(`a grace period gives each of ${CROWD} who refresh one token a successor of its own, as many as may`, async (test) => {
    const limit = CROWD / 2;
    const grace = { rotation_grace_period: '1h', rotation_grace_reuse_count: limit };
    const config = { oauth2: { grant: { refresh_token: grace } } };
    const { deployment, chains, clear } = await startRace(test, { config });
    for (let round = 0; round < ROUNDS; round++) {
      const { body: first } = await deployment.exchange(await codeOf(deployment));
      const answers = await crowd(() => deployment.refresh(first.refresh_token), limit);
      assert.deepEqual(tally(answers), { 200: limit });
      assert.equal(new Set(answers.map(({ body }) => body.refresh_token)).size, limit);
      const [chain = ''] = await chains();
      assert.equal(chain.match(/(?<!used )refresh_token/g)?.length, limit);
      assert.equal(chain.match(/access_token/g)?.length, limit);
      const last = await crowd(() => deployment.refresh(first.refresh_token), CROWD - limit);
      assert.deepEqual(tally(last), { '400 invalid_grant': CROWD - limit });
      assert.deepEqual(await chains(), []);
      await clear('tokens');
    }
  });

  it(`a retry window gives all of ${CROWD} who refresh one token the same successor`, async (test) => {
    const config = { gatehouse: { refresh_token: { retry_window: '1h' } } };
    const { deployment, chains, clear } = await startRace(test, { config });
    for (let round = 0; round < ROUNDS; round++) {
      const { body: first } = await deployment.exchange(await codeOf(deployment));
      const answers = await crowd(() => deployment.refresh(first.refresh_token));
      assert.deepEqual(tally(answers), { 200: CROWD });
      assert.equal(new Set(answers.map(({ body }) => `${body.access_token} ${body.refresh_token}`)).size, 1);
      assert.deepEqual(await chains(), [LIVE_CHAIN]);
      assert.equal(await deployment.isActive(answers[0]?.body.refresh_token), true);
      await clear('tokens');
    }
  });

  it('RFC 7592 2.2: a client that gets another secret while it asks for tokens gets them with the old one, or is refused', async (test) => {
    const { deployment, count, clear } = await startRace(test, { config: UNCOUNTED });
    let client_secret = CREDENTIALS.client_secret;
    for (let round = 0; round < ROUNDS; round++) {
      const [old, next] = [client_secret, `secret-of-round-${round}`];
      const ask = (secret: string) =>
        deployment.token({ grant_type: 'client_credentials', client_id: 'app', client_secret: secret });
      const patch = [{ op: 'replace', path: '/client_secret', value: next }];
      const changeAt = placeIn(round);
      const answers = await crowd((at) =>
        at === changeAt ? deployment.admin('PATCH', '/admin/clients/app', patch) : ask(old),
      );
      assert.equal(answers[changeAt]?.status, 200);
      const asked = tally(answers.filter((_, at) => at !== changeAt));
      const { 200: issued = 0, '401 invalid_client': refused = 0 } = asked;
      assert.equal(issued + refused, CROWD - 1, JSON.stringify(asked));
      assert.equal(await count('tokens'), issued);
      assert.deepEqual(tally([await ask(old), await ask(old), await ask(next)]), { '401 invalid_client': 2, 200: 1 });
      client_secret = next;
      await clear('tokens');
    }
  });

  it('a client that is deleted while it redeems its codes leaves nothing of what was issued to it', async (test) => {
    const { deployment, count } = await startRace(test, { config: UNCOUNTED });
    for (let round = 0; round < ROUNDS; round++) {
      const codes = [await codeOf(deployment), await codeOf(deployment)];
      const deleteAt = placeIn(round);
      const answers = await crowd(async (at) => {
        if (at === deleteAt) return deployment.admin('DELETE', '/admin/clients/app');
        const code = codes[at];
        return code
          ? deployment.exchange(code)
          : deployment.token({ ...CREDENTIALS, grant_type: 'client_credentials' });
      });
      assert.equal(answers[deleteAt]?.status, 204);
      for (const { status, body } of answers) {
        if (status >= 300) assert.match(String(body.error), /^invalid_(client|grant)$/);
      }
      assert.deepEqual([await count('tokens'), await count('consents')], [0, 0]);
      await deployment.createClient();
    }
  });

  it('RFC 7009 2.1: a revocation leaves the whole chain, when the refresh was faster, or nothing of it', async (test) => {
    const { deployment, chains, clear } = await startRace(test);
    for (let round = 0; round < ROUNDS; round++) {
      const { body } = await deployment.exchange(await codeOf(deployment));
      const { refresh_token } = body;
      const revoke = () => deployment.revoke(refresh_token);
      const refreshAt = placeIn(round);
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
    const { deployment, count, chains } = await startRace(test);
    const path = '/admin/oauth2/auth/sessions/consent?subject=user-1&client=app';
    for (let round = 0; round < ROUNDS; round++) {
      const code = await codeOf(deployment);
      const exchangeAt = placeIn(round);
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
    const signer = await makeSigner('ES256', 'k');
    const { deployment, count, chains, clear } = await startRace(test, {
      client: {
        client_secret: undefined,
        jwks: { keys: [signer.jwk] },
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
      },
    });
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
    const signer = await makeSigner('ES256', 'k');
    const issuer = 'https://sts.example';
    const { deployment, count, chains, clear } = await startRace(test, { client: { grant_types: [JWT_BEARER] } });
    const trust = { issuer, subject: 'robot', scope: [], expires_at: '2099-01-01T00:00:00Z', jwk: signer.jwk };
    assert.equal((await deployment.admin('POST', '/admin/trust/grants/jwt-bearer/issuers', trust)).status, 201);
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

/** Who of the crowd does something else in this round. */
const placeIn = (round: number): number => Math.floor((round * CROWD) / ROUNDS);

/** Without an ID token, whose signature would be most of the work. */
async function codeOf(deployment: Deployment): Promise<string> {
  const answer = await deployment.authorize({ consent: { grant_scope: ['offline_access'] } });
  return answer.searchParams.get('code') ?? assert.fail(`${answer}`);
}

function claimsOf(server: string, iss: string, sub: string) {
  const now = Math.floor(Date.now() / 1000);
  return { iss, sub, aud: `${server}oauth2/token`, iat: now, exp: now + 60, jti: crypto.randomUUID() };
}
