import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createAccount } from '../../src/account_experience/accounts.ts';
import type { Tokens } from '../e2e/flow.ts';
import { counted } from '../e2e/statements.ts';
import { PASSWORD, Site } from './site.ts';
import { fieldsOf, type Shown, type Visitor } from './visitor.ts';

const PATH = '/oauth2/fallbacks/account/applications';

let site: Site;
before(async () => {
  site = await Site.start();
});
after(() => site.close());

let visitor: Visitor;
let email: string;
let subject: string;
let people = 0;
beforeEach(async () => {
  site.ahead = 0;
  visitor = site.visitor();
  email = `person-${people++}@example.com`;
  subject = (await createAccount(site.server, { email, password: PASSWORD })).subject;
});

/** What the person grants to a client, which takes its tokens. */
async function grant(client_id = 'app', scope = 'openid offline_access', person = subject): Promise<Tokens> {
  const consent = { grant_scope: scope.split(' ').filter(Boolean) };
  const parameters = { client_id, scope };
  const back = await site.deployment.authorize({ parameters, login: { subject: person }, consent });
  const { status, body } = await site.deployment.exchange(back.searchParams.get('code') ?? '', { client_id });
  assert.equal(status, 200, JSON.stringify(body));
  return body as Tokens;
}

const open = () => site.accountPage(visitor, '/applications', email);
const remove = (page: Shown, client_id: string) =>
  visitor.press(page, 'remove', { within: `name="client_id" value="${client_id}"` });
const entries = ({ text }: Shown): string[] => text.match(/<h2>.*?<\/details>/gs) ?? [];

describe('my applications', () => {
  it('says so when there are none', async () => {
    const page = await open();
    assert.equal(page.status, 200);
    assert.match(page.text, /id="no-applications"/);
    assert.deepEqual(entries(page), []);
  });

  it('tells what was granted to whom, in words, since when, and when it was last used', async () => {
    site.ahead = -60 * 24 * 3600;
    const { refresh_token } = await grant('app', 'openid offline_access');
    const since = site.deployment.now().toISOString().slice(0, 10);
    await grant('app', 'openid email');
    site.ahead = -40 * 24 * 3600;
    await site.deployment.refresh(refresh_token);
    const used = site.deployment.now().toISOString().slice(0, 10);
    site.ahead = 0;
    const [entry = '', ...others] = entries(await open());
    assert.deepEqual(others, []);
    assert.ok(entry.includes('Looms &#38; &#60;Sons&#62;'), entry);
    assert.ok(!entry.includes('<Sons>'));
    assert.deepEqual([...entry.matchAll(/<li>(.*?)<\/li>/g)].map(([, text]) => text).toSorted(), [
      'Keep its access while you are away',
      'Know who you are',
      'See your e-mail address',
    ]);
    assert.deepEqual(
      [...entry.matchAll(/<time datetime="(.*?)">/g)].map(([, day]) => day),
      [since, used],
    );
  });

  it('names a scope that has no words by itself, and a grant of nothing', async () => {
    await site.deployment.createClient({ client_id: 'reader' });
    await grant('reader', 'read');
    assert.match(entries(await open())[0] ?? '', /<li><code>read<\/code><\/li>/);
    await site.deployment.createClient({ client_id: 'nothing' });
    await grant('nothing', '');
    assert.match(entries(await visitor.get(PATH))[0] ?? '', /nothing beyond knowing that you signed in/);
  });

  it('lists a client once, also where an earlier consent covered a later one', async () => {
    const consent = { grant_scope: ['openid'], remember: true };
    await site.deployment.authorize({ parameters: { scope: 'openid' }, login: { subject }, consent });
    await site.deployment.authorize({ parameters: { scope: 'openid' }, login: { subject }, consent });
    assert.equal(entries(await open()).length, 1);
  });

  it('takes back one application with its tokens, says so, and leaves the others', async () => {
    await site.deployment.createClient({ client_id: 'other', client_name: 'Other' });
    const mine = await grant();
    const kept = await grant('other');
    const answer = await remove(await open(), 'app');
    assert.equal(answer.status, 303);
    const page = await visitor.follow(answer.location);
    assert.match(page.text, /id="removed" role="status"><strong><bdi>Looms &#38; &#60;Sons&#62;<\/bdi><\/strong>/);
    assert.equal(entries(page).length, 1);
    assert.equal(await site.deployment.isActive(mine.access_token), false);
    assert.equal((await site.deployment.refresh(mine.refresh_token)).status, 400);
    assert.equal(await site.deployment.isActive(kept.access_token), true);
  });

  it('takes back a remembered consent, so that the person is asked again', async () => {
    const fields = { email, password: PASSWORD, remember: 'true' };
    const login = await visitor.press(await site.loginPage(visitor), 'accept', { fields });
    const consent = await visitor.press(await visitor.follow(login.location), 'accept', {
      fields: { remember: 'true' },
    });
    await visitor.follow(consent.location);
    assert.match((await site.loginPage(visitor)).location, /[?&]code=/);
    await remove(await visitor.get(PATH), 'app');
    assert.match((await site.loginPage(visitor)).text, /id="consent-title"/);
  });

  it('says nothing that a link would have it say', async () => {
    await grant();
    const page = await open();
    const { location } = await remove(page, 'app');
    for (const news of ['true', 'Your money', Buffer.from('Your money').toString('base64url'), '%00']) {
      assert.doesNotMatch((await visitor.get(`${PATH}?news=${news}`)).text, /id="removed"/);
    }
    const other = site.visitor();
    await site.accountPage(other, '/applications');
    assert.doesNotMatch((await other.get(location)).text, /id="removed"/);
  });

  it('twice is no error, and neither is what is not there', async () => {
    await grant();
    const page = await open();
    await remove(page, 'app');
    for (const client_id of ['app', 'nobody', '', 'x'.repeat(10_000)]) {
      const answer = await visitor.press(page, 'remove', { within: 'client_id', fields: { client_id } });
      assert.equal(answer.status, 303, client_id.slice(0, 20));
      assert.doesNotMatch(answer.location, /news=/);
    }
  });

  it('shows and ends nothing of another person', async () => {
    const theirs = await grant('app', 'openid offline_access', site.account.subject);
    await site.deployment.createClient({ client_id: 'theirs', client_name: 'Theirs alone' });
    await grant('theirs', 'openid', site.account.subject);
    const mine = await grant();
    const page = await open();
    assert.doesNotMatch(page.text, /Theirs alone/);
    const answer = await visitor.press(page, 'remove', { within: 'client_id', fields: { client_id: 'theirs' } });
    assert.doesNotMatch((await visitor.follow(answer.location)).text, /Theirs alone/);
    await visitor.press(page, 'remove', { within: 'client_id', fields: { subject: site.account.subject } });
    assert.equal(await site.deployment.isActive(mine.access_token), false);
    assert.equal(await site.deployment.isActive(theirs.access_token), true);
    assert.equal(entries(await site.accountPage(site.visitor(), '/applications')).length, 2);
  });

  it('is read with three statements, and comes in pages, the latest first', async () => {
    const client_ids = Array.from({ length: 45 }, (_, at) => `many-${people}-${at}`);
    for (const [at, client_id] of client_ids.entries()) {
      await site.deployment.createClient({ client_id, client_name: client_id });
      site.ahead = at - 100;
      await grant(client_id);
    }
    site.ahead = 0;
    const names = (page: Shown) => entries(page).map((entry) => /<h2><bdi>(.*?)<\/bdi>/.exec(entry)?.[1]);
    const { value: first, statements } = await counted(async () => {
      await open();
      return counted(() => visitor.get(PATH));
    }).then(({ value }) => value);
    assert.equal(statements.length, 3, statements.join('\n'));
    const href = (page: Shown, id: string) => /href="([^"]*)"/.exec(page.text.split(`id="${id}"`)[1] ?? '')?.[1] ?? '';
    const second = await visitor.get(href(first, 'next').replaceAll('&#38;', '&'));
    const third = await visitor.get(href(second, 'next').replaceAll('&#38;', '&'));
    assert.deepEqual([...names(first), ...names(second), ...names(third)], client_ids.toReversed());
    assert.doesNotMatch(third.text, /id="next"/);
    assert.deepEqual(names(await visitor.get(href(third, 'previous').replaceAll('&#38;', '&'))), names(second));
    for (const page of ['0', '-1', '1.5', 'x', '1e9', '99999999999', '']) {
      assert.deepEqual(names(await visitor.get(`${PATH}?page=${page}`)), names(first), page);
    }
    assert.match((await visitor.get(`${PATH}?page=99999`)).text, /id="no-applications"/);
  });
});

it('the form of one application holds its id and nothing else of it', async () => {
  await grant();
  const form = /<details>.*?<\/details>/s.exec((await open()).text)?.[0] ?? '';
  assert.deepEqual(
    fieldsOf({ text: form }).map(([name]) => name),
    ['csrf_token', 'client_id'],
  );
});
