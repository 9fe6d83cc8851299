import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startDeployment } from './deployment.ts';

const CROWD = 100;

const statuses = (answers: readonly { status: number }[]) => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

for (const storage of ['memory', 'file'] as const) {
  describe(`races, SQLite ${storage}`, () => {
    it(`RFC 6749 4.1.2: of ${CROWD} who redeem one code at once one gets tokens, and then nothing of the chain works`, async (t) => {
      const { deployment } = await startDeployment({ test: t, storage });
      await deployment.createClient();
      for (let round = 0; round < 3; round++) {
        const code = await deployment.code();
        const answers = await Promise.all(Array.from({ length: CROWD }, () => deployment.exchange(code)));
        assert.deepEqual(statuses(answers), { 200: 1, 400: CROWD - 1 });
        for (const { status, body } of answers) {
          if (status === 400) assert.equal(body.error, 'invalid_grant');
          else
            for (const name of ['access_token', 'refresh_token'])
              assert.equal(await deployment.isActive(body[name]), false, name);
        }
      }
    });

    it(`RFC 9700 4.14.2: of ${CROWD} who refresh one token at once one succeeds, and then nothing of the chain works`, async (t) => {
      const { deployment } = await startDeployment({ test: t, storage });
      await deployment.createClient();
      for (let round = 0; round < 3; round++) {
        const first = await deployment.login();
        const answers = await Promise.all(Array.from({ length: CROWD }, () => deployment.refresh(first.refresh_token)));
        assert.deepEqual(statuses(answers), { 200: 1, 400: CROWD - 1 });
        const issued = [first, ...answers.filter(({ status }) => status === 200).map(({ body }) => body)];
        for (const tokens of issued as Record<string, unknown>[]) {
          assert.equal(await deployment.isActive(tokens.access_token), false);
          assert.equal(await deployment.isActive(tokens.refresh_token), false);
        }
      }
    });

    it('completes one flow once, however often the browser brings the consent', async (t) => {
      const { deployment } = await startDeployment({ test: t, storage });
      await deployment.createClient();
      const browser = deployment.browser();
      const first = await browser.get(deployment.authorizeUrl());
      const second = await browser.get(
        await deployment.acceptLogin(first.location.searchParams.get('login_challenge') ?? ''),
      );
      const redirect_to = await deployment.acceptConsent(second.location.searchParams.get('consent_challenge') ?? '');
      const answers = await Promise.all(Array.from({ length: 20 }, () => browser.get(redirect_to)));
      const codes = answers.filter(({ location }) => location.searchParams.has('code'));
      const errors = answers
        .map(({ location }) => location.searchParams.get('error'))
        .filter((error) => error !== null);
      assert.equal(codes.length, 1);
      assert.deepEqual(new Set(errors), new Set(['access_denied']));
    });

    it('finishes 16 whole flows at once', async (t) => {
      const { deployment } = await startDeployment({ test: t, storage });
      await deployment.createClient();
      for (let round = 0; round < 3; round++) {
        const flows = await Promise.all(Array.from({ length: 16 }, () => deployment.login()));
        for (const { access_token, refresh_token } of flows) {
          assert.equal(await deployment.isActive(access_token), true);
          assert.equal(await deployment.isActive(refresh_token), true);
        }
      }
    });
  });
}
