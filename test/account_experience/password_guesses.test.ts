import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createAccount } from '../../src/account_experience/accounts.ts';
import { PASSWORD, Site } from './site.ts';
import { fieldsOf, type Shown, type Visitor } from './visitor.ts';

const LIMITS = { attempts: 3, attempts_per_address: 8, attempts_per_account: 5, window: '10m' };

let site: Site;
before(async () => {
  site = await Site.start({ gatehouse: { trusted_proxies: ['127.0.0.1'], throttle: { passwords: LIMITS } } });
});
after(() => site.close());

let places = 0;
/** An address that nobody came from before. */
const somewhere = () => `198.51.100.${++places}`;

let people = 0;
let email: string;
beforeEach(async () => {
  site.ahead += 3600;
  email = `person${++people}@example.com`;
  await createAccount(site.server, { email, password: PASSWORD });
});

type Try = { readonly from: string; readonly email?: string; readonly password?: string; readonly visitor?: Visitor };

async function log(visitor: Visitor, { from, password = 'wrong', ...typed }: Try): Promise<Shown> {
  const fields = { email: typed.email ?? email, password };
  return visitor.press(await site.loginPage(visitor), 'accept', { fields, headers: { 'x-forwarded-for': from } });
}

const attempt = ({ visitor = site.visitor(), ...typed }: Try) => log(visitor, typed);
const statuses = (answers: readonly Shown[]) => answers.map(({ status }) => status);

async function inTurn(count: number, next: (at: number) => Promise<Shown>): Promise<number[]> {
  const answers: Shown[] = [];
  for (let at = 0; at < count; at++) answers.push(await next(at));
  return statuses(answers);
}

describe('NIST SP 800-63B 5.2.2: wrong passwords', () => {
  it('are counted for one account at one address: then the right one is refused there too, and says until when', async () => {
    const from = somewhere();
    assert.deepEqual(await inTurn(3, () => attempt({ from })), [401, 401, 401]);
    const refused = await attempt({ from, password: PASSWORD });
    assert.equal(refused.status, 429);
    const wait = Number(refused.headers.get('retry-after'));
    assert.ok(wait > 590 && wait <= 601, `${wait}`);
    assert.match(
      refused.text,
      /id="login-error" role="alert"[^>]*>Too many passwords were wrong. Please wait 1[01] minutes/,
    );
    assert.equal(new Map(fieldsOf(refused)).get('email'), email);
    assert.equal(refused.location, '');
    assert.equal((await attempt({ from: somewhere(), password: PASSWORD })).status, 303, 'elsewhere it is let in');
    site.ahead += wait;
    assert.equal((await attempt({ from, password: PASSWORD })).status, 303);
  });

  it('are forgiven to who then sends the right one within the limit', async () => {
    const from = somewhere();
    assert.deepEqual(await inTurn(2, () => attempt({ from })), [401, 401]);
    assert.equal((await attempt({ from, password: PASSWORD })).status, 303);
  });

  it('are counted for an address of nobody as for one of somebody, however it is written', async () => {
    const texts: string[] = [];
    for (const who of [email, `nobody${people}@example.com`]) {
      const from = somewhere();
      const answers = [who, who.toUpperCase(), ` ${who}`, who];
      assert.deepEqual(await inTurn(4, (at) => attempt({ from, email: answers[at] ?? '' })), [401, 401, 401, 429]);
      const page = await attempt({ from, email: who });
      texts.push(page.text.replaceAll(who, '').replaceAll(/(csrf_token" value|login_challenge)="?=?[^"&]*/g, ''));
    }
    assert.equal(texts[0], texts[1]);
  });

  it('are counted for one address, whosever they are', async () => {
    const from = somewhere();
    const names = Array.from({ length: 9 }, (_, at) => `sprayed${people}.${at}@example.com`);
    assert.deepEqual(await inTurn(9, (at) => attempt({ from, email: names[at] ?? '' })), [...Array(8).fill(401), 429]);
    assert.equal((await attempt({ from, password: PASSWORD })).status, 429);
    assert.equal((await attempt({ from: somewhere(), password: PASSWORD })).status, 303);
  });

  it('are counted for one account from anywhere, which keeps nobody out of a browser that is known', async () => {
    const [home, visitor] = [somewhere(), site.visitor()];
    assert.equal((await attempt({ from: home, password: PASSWORD, visitor })).status, 303);
    assert.deepEqual(await inTurn(6, () => attempt({ from: somewhere() })), [401, 401, 401, 401, 401, 429]);
    assert.equal((await attempt({ from: somewhere(), password: PASSWORD })).status, 429);
    assert.equal((await attempt({ from: somewhere(), password: PASSWORD, visitor })).status, 303);
    site.ahead += 601;
    assert.equal(
      (await attempt({ from: somewhere(), password: PASSWORD })).status,
      303,
      'not for longer than a window',
    );
  });

  it('in a known browser are counted for it alone, wherever it is', async () => {
    const visitor = site.visitor();
    await attempt({ from: somewhere(), password: PASSWORD, visitor });
    assert.deepEqual(await inTurn(4, () => attempt({ from: somewhere(), visitor })), [401, 401, 401, 429]);
    assert.equal((await attempt({ from: somewhere(), password: PASSWORD, visitor })).status, 429);
    assert.equal((await attempt({ from: somewhere(), password: PASSWORD })).status, 303, 'any other is let in');
  });

  it('in a browser that is known for one account are counted for another as anywhere', async () => {
    const [from, visitor, other] = [somewhere(), site.visitor(), `nobody${people}@example.com`];
    await attempt({ from, password: PASSWORD, visitor });
    assert.deepEqual(await inTurn(4, () => attempt({ from, email: other, visitor })), [401, 401, 401, 429]);
    assert.equal((await attempt({ from, password: PASSWORD, visitor })).status, 303);
  });

  it('count as those of an unknown browser where its cookie is not ours', async () => {
    const from = somewhere();
    for (const value of ['', 'x', Buffer.alloc(100).toString('base64url')]) {
      const visitor = site.visitor();
      visitor.cookies.set('gatehouse_browser_dev', value);
      assert.equal((await attempt({ from, visitor })).status, 401, value);
    }
    assert.equal((await attempt({ from })).status, 429);
  });

  it('that come at once are no way around the limit', async () => {
    const from = somewhere();
    const page = await site.loginPage(site.visitor());
    assert.equal(page.status, 200);
    const crowd = Array.from({ length: 20 }, (_, at) =>
      attempt({ from, password: at === 19 ? PASSWORD : `wrong ${at}` }),
    );
    const answers = statuses(await Promise.all(crowd));
    // Those that were hashed side by side pass together: one more for each thread that hashes.
    const tried = answers.filter((status) => status !== 429).length;
    assert.ok(tried >= 3 && tried <= 3 + 2 * 4, answers.join(' '));
  });

  it('are counted on the page of who only wants to see their account too', async () => {
    const [from, visitor] = [somewhere(), site.visitor()];
    const signIn = async (password: string) => {
      const page = await visitor.get('/oauth2/fallbacks/account/login?page=account');
      return visitor.press(page, 'accept', { fields: { email, password }, headers: { 'x-forwarded-for': from } });
    };
    assert.deepEqual(await inTurn(3, () => signIn('wrong')), [401, 401, 401]);
    const refused = await signIn(PASSWORD);
    assert.equal(refused.status, 429);
    assert.match(refused.text, /Too many passwords were wrong/);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    assert.equal((await attempt({ from, password: PASSWORD })).status, 429);
  });
});

it('where a proxy is not named, nobody is counted by its address', async () => {
  const other = await Site.start({ gatehouse: { throttle: { passwords: { ...LIMITS, attempts_per_account: 0 } } } });
  try {
    for (let at = 0; at < 5; at++) {
      const visitor = other.visitor();
      const page = await other.loginPage(visitor);
      const headers = { 'x-forwarded-for': '198.51.100.1' };
      const fields = { email: 'nobody@example.com', password: 'wrong' };
      assert.equal((await visitor.press(page, 'accept', { fields, headers })).status, 401);
    }
  } finally {
    await other.close();
  }
});
