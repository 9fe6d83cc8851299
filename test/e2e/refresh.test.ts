import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { write } from '../../src/store/write.ts';
import { chosenEngine } from '../store/engines.ts';
import { startDeployment, startTogether } from './deployment.ts';

describe('rotation with a grace period (oauth2.grant.refresh_token)', () => {
  const graceful = (t: { after(action: () => Promise<void>): void }, rotation_grace_reuse_count: number) =>
    startDeployment({
      test: t,
      storage: 'memory',
      config: { oauth2: { grant: { refresh_token: { rotation_grace_period: '20s', rotation_grace_reuse_count } } } },
    });

  it('accepts a used token until the period ends, gives children of their own, and then ends the chain', async (t) => {
    const { deployment, advance } = await graceful(t, 0);
    await deployment.createClient();
    const first = await deployment.login();
    const one = (await deployment.refresh(first.refresh_token)).body;
    assert.equal(await deployment.isActive(first.access_token), false);
    assert.equal(await deployment.isActive(first.refresh_token), true);
    advance(10);
    const two = (await deployment.refresh(first.refresh_token)).body;
    assert.notEqual(one.refresh_token, two.refresh_token);
    for (const { access_token, refresh_token } of [one, two]) {
      assert.equal(await deployment.isActive(access_token), true);
      assert.equal(await deployment.isActive(refresh_token), true);
    }
    assert.equal((await deployment.refresh(one.refresh_token)).status, 200);
    assert.equal(await deployment.isActive(two.access_token), true);
    advance(10);
    assert.equal(await deployment.isActive(first.refresh_token), false);
    assert.equal((await deployment.refresh(first.refresh_token)).body.error, 'invalid_grant');
    assert.equal(await deployment.isActive(two.access_token), false);
    assert.equal(await deployment.isActive(two.refresh_token), false);
  });

  it('counts the uses, the first one included, also when all come at once', async (t) => {
    const { deployment } = await graceful(t, 3);
    await deployment.createClient();
    const { refresh_token } = await deployment.login();
    const answers = await Promise.all(Array.from({ length: 3 }, () => deployment.refresh(refresh_token)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.equal((await deployment.refresh(refresh_token)).body.error, 'invalid_grant');
    for (const { body } of answers) assert.equal(await deployment.isActive(body.access_token), false);
  });

  it('gives no more than that, however many come at once', async (t) => {
    const { deployment } = await graceful(t, 3);
    await deployment.createClient();
    const { refresh_token } = await deployment.login();
    const answers = await Promise.all(Array.from({ length: 8 }, () => deployment.refresh(refresh_token)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 3);
    for (const { body } of answers) {
      if (body.error !== undefined) assert.equal(body.error, 'invalid_grant');
    }
  });
});

describe('the retry window (gatehouse.refresh_token.retry_window)', () => {
  const config = { gatehouse: { refresh_token: { retry_window: '30s' } } };

  it('gives everybody who comes within it the same successor, also at once', async (t) => {
    const { deployment, advance } = await startDeployment({ test: t, storage: 'memory', config });
    await deployment.createClient();
    const { refresh_token } = await deployment.login();
    const answers = await Promise.all(Array.from({ length: 20 }, () => deployment.refresh(refresh_token)));
    for (const { status, body } of answers) {
      assert.equal(status, 200);
      assert.equal(body.refresh_token, answers[0]?.body.refresh_token);
      assert.equal(body.access_token, answers[0]?.body.access_token);
    }
    advance(10);
    const late = await deployment.refresh(refresh_token);
    assert.equal(late.body.access_token, answers[0]?.body.access_token);
    assert.ok(Number(late.body.expires_in) <= 3590);
    assert.equal(await deployment.isActive(late.body.access_token), true);
    assert.equal((await deployment.refresh(late.body.refresh_token)).status, 200);
  });

  it('ends: after it, a used token is a stolen one', async (t) => {
    const { deployment, advance } = await startDeployment({ test: t, storage: 'memory', config });
    await deployment.createClient();
    const { refresh_token } = await deployment.login();
    const { body } = await deployment.refresh(refresh_token);
    advance(30);
    assert.equal((await deployment.refresh(refresh_token)).body.error, 'invalid_grant');
    assert.equal(await deployment.isActive(body.access_token), false);
  });

  it('is nothing for another client', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory', config });
    await deployment.createClient();
    await deployment.createClient({ client_id: 'other' });
    const { refresh_token } = await deployment.login();
    const { body } = await deployment.refresh(refresh_token);
    assert.equal((await deployment.refresh(refresh_token, { client_id: 'other' })).body.error, 'invalid_grant');
    assert.equal(await deployment.isActive(body.access_token), false);
  });

  it('is nothing for a token that was used before there was one', async (t) => {
    const [before = assert.fail(), since = assert.fail()] = await startTogether(t, chosenEngine('file'), {}, config);
    await before.createClient();
    const { refresh_token } = await before.login();
    const { body } = await before.refresh(refresh_token);
    assert.equal((await since.refresh(refresh_token)).body.error, 'invalid_grant');
    assert.equal(await since.isActive(body.access_token), false);
  });
});

describe('a refresh token', () => {
  it('is good for nothing without the scope for it, wherever it came from', async (t) => {
    const { deployment, running } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient();
    const { refresh_token } = await deployment.login();
    const { db, keys } = running.server;
    const hash = keys.opaque.verify('refresh_token', refresh_token) ?? assert.fail();
    await write({ db }, (tx) => tx.updateTable('tokens').set({ scope: 'openid' }).where('hash', '=', hash).execute());
    const { status, body } = await deployment.refresh(refresh_token);
    assert.deepEqual([status, body.error], [403, 'scope_not_granted']);
  });

  it('RFC 6749 5.2: is refused to a client that may not refresh any more', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient();
    const { refresh_token } = await deployment.login();
    const withoutIt = [{ op: 'replace', path: '/grant_types', value: ['authorization_code'] }];
    assert.equal((await deployment.admin('PATCH', '/admin/clients/app', withoutIt)).status, 200);
    const { status, body } = await deployment.refresh(refresh_token);
    assert.deepEqual([status, body.error], [400, 'unauthorized_client']);
  });
});

describe('JWT access tokens', () => {
  const claimsOf = async (
    t: { after(action: () => Promise<void>): void },
    oauth2: Record<string, boolean | string[]>,
    scope_claim = 'list',
  ) => {
    const { deployment } = await startDeployment({
      test: t,
      storage: 'memory',
      config: { oauth2, strategies: { access_token: 'jwt', jwt: { scope_claim } } },
    });
    await deployment.createClient();
    const consent = { session: { access_token: { tier: 'gold', other: 1, sub: 'forged' } } };
    const answer = await deployment.authorize({ consent });
    const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '');
    return JSON.parse(atob(String(body.access_token).split('.')[1] ?? '')) as Record<string, unknown>;
  };

  it('promote the claims that are allowed, and never replace ours', async (t) => {
    const claims = await claimsOf(t, { allowed_top_level_claims: ['tier', 'sub'] });
    assert.equal(claims.tier, 'gold');
    assert.equal(claims.sub, 'user-1');
    assert.deepEqual(claims.ext, { tier: 'gold', other: 1, sub: 'forged' });
    assert.equal(claims.nbf, claims.iat);
    assert.equal(claims.scope, undefined);
  });

  it('leave out what the configuration switches off', async (t) => {
    const claims = await claimsOf(
      t,
      { allowed_top_level_claims: ['tier'], mirror_top_level_claims: false, exclude_not_before_claim: true },
      'both',
    );
    assert.equal(claims.ext, undefined);
    assert.equal(claims.nbf, undefined);
    assert.equal(claims.scope, 'openid offline_access');
    assert.deepEqual(claims.scp, ['openid', 'offline_access']);
  });

  it('keep the rest under ext where that is asked for', async (t) => {
    const claims = await claimsOf(
      t,
      { allowed_top_level_claims: ['tier'], mirror_top_level_claims: false, preserve_ext_claims: true },
      'string',
    );
    assert.deepEqual(claims.ext, { other: 1, sub: 'forged' });
    assert.equal(claims.scp, undefined);
  });
});
