import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { startDeployment } from '../e2e/deployment.ts';
import { type Deployment, REDIRECT_URI } from '../e2e/flow.ts';

let deployment: Deployment;
let close: () => Promise<void>;

const VERIFIER = 'a-verifier-of-enough-characters-0123456789-abc';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const PKCE = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };

before(async () => {
  ({ deployment, close } = await startDeployment({ storage: 'memory' }));
  await deployment.createClient({ redirect_uris: [REDIRECT_URI, 'https://app.example.com/other'] });
  await deployment.createClient({ client_id: 'attacker', client_secret: 'attacker-secret' });
});
after(() => close());

const refused = async (code: string, form: Record<string, string>, error = 'invalid_grant') => {
  const { status, body } = await deployment.exchange(code, form);
  assert.deepEqual([status, body.error], [400, error], JSON.stringify(body));
};

describe('RFC 9700 4.5: code injection', () => {
  it('a code of one client is nothing to another, and stays good for its own', async () => {
    const code = await deployment.code();
    await refused(code, { client_id: 'attacker', client_secret: 'attacker-secret' });
    assert.equal((await deployment.exchange(code)).status, 200);
  });

  it('a stolen code is worth nothing without the verifier of the browser that asked', async () => {
    const code = await deployment.code(PKCE);
    await refused(code, { code_verifier: 'the-verifier-of-the-attackers-own-flow-0123456789' });
    await refused(code, { code_verifier: VERIFIER });
  });

  it('a code for one redirect URI is not redeemed with another of the same client', async () => {
    await refused(await deployment.code(), { redirect_uri: 'https://app.example.com/other' });
    await refused(await deployment.code(), { redirect_uri: '' });
  });

  it('one code does not carry the random part of another', async () => {
    const [one, two] = [await deployment.code(), await deployment.code()];
    const [head, tail] = [one.slice(0, one.lastIndexOf('.')), two.slice(two.lastIndexOf('.'))];
    await refused(`${head}${tail}`, {});
    assert.equal((await deployment.exchange(one)).status, 200);
    assert.equal((await deployment.exchange(two)).status, 200);
  });

  it('tokens of another kind are no codes', async () => {
    const { access_token, refresh_token } = await deployment.login();
    for (const token of [access_token, refresh_token]) await refused(String(token), {});
    for (const token of [access_token, refresh_token]) {
      await refused(String(token).replace(/^ory_[a-z]+_/, 'ory_ac_'), {});
    }
  });
});

describe('RFC 9700 4.8: PKCE downgrade', () => {
  it('a code with a challenge is not redeemed without a verifier, nor with an empty one', async () => {
    await refused(await deployment.code(PKCE), {});
    await refused(await deployment.code(PKCE), { code_verifier: '' });
  });

  it('after a try without a verifier the right one comes too late', async () => {
    const code = await deployment.code(PKCE);
    await refused(code, {});
    await refused(code, { code_verifier: VERIFIER });
  });

  it('a code without a challenge is not redeemed with a verifier', async () => {
    await refused(await deployment.code(), { code_verifier: VERIFIER }, 'invalid_grant');
  });

  it('the challenge is no verifier, as it would be with plain', async () => {
    await refused(await deployment.code(PKCE), { code_verifier: CHALLENGE });
  });

  for (const [what, parameters] of Object.entries({
    plain: { code_challenge: VERIFIER, code_challenge_method: 'plain' },
    'no method, which means plain': { code_challenge: VERIFIER },
    'an unknown method': { code_challenge: CHALLENGE, code_challenge_method: 's256' },
  })) {
    it(`a request with ${what} gets no code`, async () => {
      const answer = await deployment.authorize({ parameters });
      assert.equal(answer.searchParams.get('code'), null, String(answer));
      assert.equal(answer.searchParams.get('error'), 'invalid_request');
    });
  }

  const mine = createHash('sha256').update('the-verifier-of-the-attackers-own-flow-0123456789').digest('base64url');
  for (const [name, value] of Object.entries({
    code_challenge: mine,
    code_challenge_method: '',
    nonce: 'nonce-of-somebody-else',
    state: 'state-of-somebody-else',
    redirect_uri: 'https://app.example.com/other',
    scope: 'openid',
    response_mode: 'fragment',
    max_age: '100000',
    prompt: 'none',
  })) {
    it(`no visit changes the ${name} of the first`, async () => {
      const browser = deployment.browser();
      const changed = (link: string) => {
        const url = new URL(link);
        url.searchParams.set(name, value);
        return browser.get(url);
      };
      const { location: login } = await browser.get(
        deployment.authorizeUrl({ ...PKCE, prompt: 'login', max_age: '10' }),
      );
      const atConsent = await deployment.acceptLogin(login.searchParams.get('login_challenge') ?? '');
      const second = await changed(atConsent);
      assert.equal(paramOf(second.location, 'error'), 'invalid_request', String(second.location));
      const { location: consent } = await browser.get(atConsent);
      const atClient = await deployment.acceptConsent(consent.searchParams.get('consent_challenge') ?? '');
      const third = await changed(atClient);
      assert.equal(paramOf(third.location, 'error'), 'invalid_request', String(third.location));
      assert.equal(paramOf(third.location, 'code'), null);
      assert.ok(paramOf((await browser.get(atClient)).location, 'code'), 'the right browser still finishes');
    });
  }
});

const paramOf = (url: URL, name: string): string | null =>
  url.searchParams.get(name) ?? new URLSearchParams(url.hash.slice(1)).get(name);
