import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { accountOfPassword, createAccount, setPassword } from '../../src/account_experience/accounts.ts';
import { changePassword } from '../../src/account_experience/change_password.ts';
import { PASSWORD, Site } from './site.ts';

const NEXT = 'another horse, another battery';

let site: Site;
before(async () => {
  site = await Site.start();
});
after(() => site.close());

const create = (email: string) => createAccount(site.server, { email, password: PASSWORD });

describe('changing a password', () => {
  it('takes the current one, and from then on the new one alone lets in', async () => {
    const { subject, email } = await create('change@example.com');
    assert.equal(await changePassword(site.server, subject, PASSWORD, NEXT), undefined);
    assert.equal(await accountOfPassword(site.server, email, PASSWORD), undefined);
    assert.equal((await accountOfPassword(site.server, email, NEXT))?.subject, subject);
  });

  it('refuses a wrong current password, one of nobody, and a new one that will not do', async () => {
    const { subject, email } = await create('refused@example.com');
    for (const [whose, current, next, reason] of [
      [subject, 'wrong', NEXT, 'wrong'],
      ['nobody', PASSWORD, NEXT, 'wrong'],
      [subject, PASSWORD, 'short', 'length'],
      [subject, PASSWORD, 'password1', 'common'],
      [subject, PASSWORD, email, 'common'],
    ] as const) {
      assert.deepEqual(await changePassword(site.server, whose, current, next), { reason }, `${current} ${next}`);
    }
    assert.ok(await accountOfPassword(site.server, email, PASSWORD));
  });

  it('of two at the same time, one counts', async () => {
    const { subject, email } = await create('race@example.com');
    const wanted = [`${NEXT} 1`, `${NEXT} 2`];
    const outcomes = await Promise.all(wanted.map((next) => changePassword(site.server, subject, PASSWORD, next)));
    const [done = -1] = outcomes.flatMap((outcome, at) => (outcome === undefined ? [at] : []));
    assert.deepEqual(outcomes[1 - done], { reason: 'wrong' });
    assert.ok(await accountOfPassword(site.server, email, wanted[done] ?? ''));
  });

  it('NIST SP 800-63B 5.2.2: is not a way to try many passwords, and says when it can be tried again', async () => {
    const { subject, email } = await create('guessed@example.com');
    for (let guess = 0; guess < 10; guess++) {
      assert.deepEqual(await changePassword(site.server, subject, `wrong ${guess}`, NEXT), { reason: 'wrong' });
    }
    const refusal = await changePassword(site.server, subject, PASSWORD, NEXT);
    assert.ok(refusal?.reason === 'throttled', JSON.stringify(refusal));
    assert.ok(refusal.retry_after > 590 && refusal.retry_after <= 601, `${refusal.retry_after}`);
    assert.ok(await accountOfPassword(site.server, email, PASSWORD), 'who logs in is not kept out');
    site.ahead += refusal.retry_after + 1;
    assert.equal(await changePassword(site.server, subject, PASSWORD, NEXT), undefined);
    site.ahead = 0;
  });
});

describe('all logins of a person end', () => {
  /** Whether a browser that was remembered still is. */
  const isRemembered = async (act: (account: { subject: string; email: string }) => Promise<unknown>) => {
    const account = await create(`remembered${Math.random()}@example.com`);
    const visitor = site.visitor();
    const fields = { email: account.email, password: PASSWORD, remember: 'true' };
    const answer = await visitor.press(await site.loginPage(visitor), 'accept', { fields });
    assert.match((await visitor.follow(answer.location)).text, /id="consent-title"/);
    await act(account);
    return /id="consent-title"/.test((await site.loginPage(visitor)).text);
  };

  it('when they change their password', async () => {
    assert.equal(await isRemembered(({ subject }) => changePassword(site.server, subject, PASSWORD, NEXT)), false);
  });

  it('when the operator sets it', async () => {
    assert.equal(await isRemembered(({ email }) => setPassword(site.server, email, NEXT)), false);
  });

  it('but not when a change was refused, or another person changed theirs', async () => {
    assert.equal(await isRemembered(({ subject }) => changePassword(site.server, subject, 'wrong', NEXT)), true);
    const other = await create('other@example.com');
    assert.equal(await isRemembered(() => changePassword(site.server, other.subject, PASSWORD, NEXT)), true);
  });
});
