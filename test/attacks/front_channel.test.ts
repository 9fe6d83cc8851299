import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { startDeployment } from '../e2e/deployment.ts';
import type { Deployment } from '../e2e/flow.ts';

let deployment: Deployment;
let close: () => Promise<void>;

before(async () => {
  ({ deployment, close } = await startDeployment({ storage: 'memory' }));
  const response_types = ['code', 'token', 'code id_token', 'code id_token token'];
  await deployment.createClient({
    response_types,
    grant_types: ['authorization_code', 'refresh_token', 'implicit'],
    post_logout_redirect_uris: [],
  });
  await deployment.createClient({ client_id: 'attacker', client_secret: 'attacker-secret', response_types });
});
after(() => close());

type Members = { readonly code: string; readonly access_token: string; readonly id_token: string };

const membersOf = (answer: URL) => Object.fromEntries(new URLSearchParams(answer.hash.slice(1)));
const hybrid = async (): Promise<Members> => {
  const parameters = { response_type: 'code id_token token', nonce: 'nonce-0123456789' };
  return membersOf(await deployment.authorize({ parameters })) as Members;
};
const halfHash = (value: string) => createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url');

describe('RFC 9700 4.5, 4.6: what came through the browser', () => {
  it('ends with its chain when the code of the hybrid flow comes twice, whoever brings it', async () => {
    for (const form of [{}, { client_id: 'attacker', client_secret: 'attacker-secret' }]) {
      const { code, access_token } = await hybrid();
      const { body } = await deployment.exchange(code);
      const chain = [access_token, body.access_token, body.refresh_token];
      for (const token of chain) assert.ok(await deployment.isActive(token));
      assert.equal((await deployment.exchange(code, form)).body.error, 'invalid_grant');
      for (const token of chain) assert.equal(await deployment.isActive(token), false);
    }
  });

  it('fits together, so that a token or a code of another flow shows', async () => {
    const [mine, theirs] = [await hybrid(), await hybrid()];
    const { at_hash, c_hash } = decodeJwt(mine.id_token);
    assert.deepEqual([at_hash, c_hash], [halfHash(mine.access_token), halfHash(mine.code)]);
    assert.notEqual(at_hash, halfHash(theirs.access_token));
    assert.notEqual(c_hash, halfHash(theirs.code));
  });

  it('is neither a code nor a refresh token when it is an access token', async () => {
    const { access_token } = await hybrid();
    assert.equal((await deployment.exchange(access_token)).body.error, 'invalid_grant');
    assert.equal((await deployment.refresh(access_token)).body.error, 'invalid_grant');
  });

  for (const [name, value] of [
    ['response_type', 'token'],
    ['response_mode', 'form_post'],
    ['nonce', 'nonce-of-somebody-else'],
  ] as const) {
    it(`is not had by changing the ${name} on the way`, async () => {
      const browser = deployment.browser();
      const changed = (link: string) => {
        const url = new URL(link);
        url.searchParams.set(name, value);
        return browser.get(url);
      };
      const { location: login } = await browser.get(deployment.authorizeUrl());
      const atConsent = await deployment.acceptLogin(login.searchParams.get('login_challenge') ?? '');
      assert.match((await changed(atConsent)).location.href + (await changed(atConsent)).text, /invalid_request/);
      const { location: consent } = await browser.get(atConsent);
      const atClient = await deployment.acceptConsent(consent.searchParams.get('consent_challenge') ?? '');
      const { location, text } = await changed(atClient);
      assert.match(location.href + text, /invalid_request/);
      assert.doesNotMatch(location.href + text, /ory_(at|ac)_/);
    });
  }

  it('is not sent in an address that servers and logs see', async () => {
    for (const response_type of ['token', 'code id_token', 'code id_token token']) {
      const parameters = { response_type, response_mode: 'query', nonce: 'nonce-0123456789' };
      const { search, hash } = await deployment.authorize({ parameters });
      assert.match(search, /error=unsupported_response_mode/);
      assert.doesNotMatch(search + hash, /ory_(at|ac)_|id_token=/);
    }
  });
});
