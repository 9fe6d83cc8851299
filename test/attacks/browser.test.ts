import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { murmur3 } from '../../src/lib/murmur3.ts';
import { startDeployment } from '../e2e/deployment.ts';
import { type Deployment, REDIRECT_URI } from '../e2e/flow.ts';

let deployment: Deployment;
let close: () => Promise<void>;

before(async () => {
  ({ deployment, close } = await startDeployment({ storage: 'memory' }));
  await deployment.createClient();
  await deployment.createClient({ client_id: 'other', client_secret: 'other-secret' });
});
after(() => close());

const challengeIn = (location: URL, name: string): string =>
  location.searchParams.get(name) ?? assert.fail(`no ${name} in ${location}`);
type Browser = ReturnType<Deployment['browser']>;

const startLogin = async (browser: Browser, parameters: Record<string, string> = {}): Promise<string> =>
  challengeIn((await browser.get(deployment.authorizeUrl(parameters))).location, 'login_challenge');

async function startConsent(browser: Browser, parameters: Record<string, string> = {}): Promise<string> {
  const accepted = await deployment.acceptLogin(await startLogin(browser, parameters));
  return challengeIn((await browser.get(accepted)).location, 'consent_challenge');
}

/** Nothing that an answer gives away may be a code, a login or a consent. */
function assertNothing(location: URL, error: string): void {
  assert.equal(location.searchParams.get('error'), error, String(location));
  for (const name of ['code', 'consent_challenge', 'login_challenge']) {
    assert.equal(location.searchParams.get(name), null);
  }
}

/** Two clients that the 32 bits do not tell apart which are in the names of cookies. */
function twins(): [string, string] {
  const known = new Map<string, string>();
  for (let number = 0; ; number++) {
    const client_id = `client-${number}`;
    const hash = String(murmur3(client_id));
    const other = known.get(hash);
    if (other !== undefined) return [other, client_id];
    known.set(hash, client_id);
  }
}

const sessionOf = (browser: Browser) => browser.cookies.get('ory_hydra_session_dev');

describe('RFC 9700 4.7: cross-site request forgery', () => {
  it('a victim who follows the link of an accepted login is not logged in as the attacker', async () => {
    const [attacker, victim] = [deployment.browser(), deployment.browser()];
    const link = await deployment.acceptLogin(await startLogin(attacker), { subject: 'attacker', remember: true });
    assertNothing((await victim.get(link)).location, 'request_forbidden');
    assert.equal(sessionOf(victim), undefined);
  });

  it('nor is one who has a login of their own going on', async () => {
    const [attacker, victim] = [deployment.browser(), deployment.browser()];
    const link = await deployment.acceptLogin(await startLogin(attacker), { subject: 'attacker', remember: true });
    await startLogin(victim);
    assertNothing((await victim.get(link)).location, 'request_forbidden');
    assert.equal(sessionOf(victim), undefined);
  });

  it('a victim who follows the link of an accepted consent gets no code of the attacker', async () => {
    const [attacker, victim] = [deployment.browser(), deployment.browser()];
    const link = await deployment.acceptConsent(await startConsent(attacker));
    await startConsent(victim);
    assertNothing((await victim.get(link)).location, 'request_forbidden');
    assert.ok((await attacker.get(link)).location.searchParams.get('code'), 'and the right browser still does');
  });

  it('the cookie of another client of the same browser does not do', async () => {
    const browser = deployment.browser();
    const link = await deployment.acceptLogin(await startLogin(browser));
    const [own] = [...browser.cookies.entries()];
    const value = own?.[1] ?? assert.fail();
    const stranger = deployment.browser();
    await startLogin(stranger, { client_id: 'other' });
    for (const name of [...stranger.cookies.keys()]) stranger.cookies.set(name, value);
    assertNothing((await stranger.get(link)).location, 'request_forbidden');
  });

  it('the login cookie does not do for the consent', async () => {
    const browser = deployment.browser();
    const link = await deployment.acceptConsent(await startConsent(browser));
    const login = [...browser.cookies].find(([name]) => name.includes('login'))?.[1] ?? assert.fail();
    for (const name of [...browser.cookies.keys()]) if (name.includes('consent')) browser.cookies.set(name, login);
    assertNothing((await browser.get(link)).location, 'request_forbidden');
  });
});

describe('Cookie fixation', () => {
  it('a session that an attacker put into a browser does not become the session of who logs in there', async () => {
    const [attacker, victim] = [deployment.browser(), deployment.browser()];
    await deployment.authorize({ browser: attacker, login: { subject: 'attacker', remember: true } });
    const planted = sessionOf(attacker) ?? assert.fail();
    victim.cookies.set('ory_hydra_session_dev', planted);
    await deployment.authorize({
      browser: victim,
      parameters: { prompt: 'login' },
      login: { subject: 'victim', remember: true },
    });
    assert.notEqual(sessionOf(victim), planted);
    const { location } = await attacker.get(deployment.authorizeUrl());
    const request = await deployment.admin(
      'GET',
      `/admin/oauth2/auth/requests/login?${new URLSearchParams({ login_challenge: challengeIn(location, 'login_challenge') })}`,
    );
    assert.notEqual(request.body.subject, 'victim');
  });

  it('a session cookie that we did not seal, or sealed for something else, is none', async () => {
    const browser = deployment.browser();
    await startLogin(browser);
    const csrf = [...browser.cookies.values()][0] ?? assert.fail();
    for (const value of ['user-1', csrf, 'x'.repeat(4000), '%00', '']) {
      const other = deployment.browser();
      other.cookies.set('ory_hydra_session_dev', value);
      const { location } = await other.get(deployment.authorizeUrl({ prompt: 'none' }));
      assertNothing(location, 'login_required');
    }
  });

  it('a csrf cookie that an attacker made up is not taken over', async () => {
    const victim = deployment.browser();
    await startLogin(victim);
    const [name = ''] = victim.cookies.keys();
    victim.cookies.set(name, 'chosen');
    const link = await deployment.acceptLogin(await startLogin(victim));
    assert.notEqual(victim.cookies.get(name), 'chosen');
    assert.ok(challengeIn((await victim.get(link)).location, 'consent_challenge'));
  });
});

describe('Challenges and verifiers', () => {
  const admin = (method: string, path: string, query: Record<string, string>, body?: object) =>
    deployment.admin(method, `/admin/oauth2/auth/requests/${path}?${new URLSearchParams(query)}`, body);

  it('one kind does not stand for another', async () => {
    const browser = deployment.browser();
    const login_challenge = await startLogin(browser);
    const consent_challenge = await startConsent(deployment.browser());
    assert.equal((await admin('GET', 'consent', { consent_challenge: login_challenge })).status, 404);
    assert.equal((await admin('GET', 'login', { login_challenge: consent_challenge })).status, 404);
    assert.equal((await admin('PUT', 'consent/accept', { consent_challenge: login_challenge }, {})).status, 404);
    assert.equal(
      (await admin('PUT', 'login/accept', { login_challenge: consent_challenge }, { subject: 'x' })).status,
      404,
    );
    assert.equal((await admin('GET', 'logout', { logout_challenge: login_challenge })).status, 404);
  });

  it('a challenge is no verifier, and a login verifier no consent verifier', async () => {
    const browser = deployment.browser();
    const login_verifier = await startLogin(browser);
    assertNothing((await browser.get(deployment.authorizeUrl({ login_verifier }))).location, 'access_denied');
    const accepted = new URL(await deployment.acceptLogin(await startLogin(browser)));
    const consent_verifier = accepted.searchParams.get('login_verifier') ?? assert.fail();
    assertNothing((await browser.get(deployment.authorizeUrl({ consent_verifier }))).location, 'access_denied');
  });

  it('a verifier of one client is nothing at another, in the same browser', async () => {
    const browser = deployment.browser();
    await startLogin(browser, { client_id: 'other' });
    for (const link of [
      await deployment.acceptLogin(await startLogin(browser)),
      await deployment.acceptConsent(await startConsent(browser)),
    ]) {
      const swapped = new URL(link);
      swapped.searchParams.set('client_id', 'other');
      const { location } = await browser.get(swapped);
      assert.equal(location.searchParams.get('code'), null, String(location));
      assert.ok(location.searchParams.get('error'), String(location));
    }
  });

  it('nor at one whose cookies have the same names', async () => {
    const [first, second] = twins();
    for (const client_id of [first, second]) await deployment.createClient({ client_id });
    const browser = deployment.browser();
    await startLogin(browser, { client_id: second });
    for (const link of [
      await deployment.acceptLogin(await startLogin(browser, { client_id: first })),
      await deployment.acceptConsent(await startConsent(browser, { client_id: first })),
    ]) {
      const swapped = new URL(link);
      swapped.searchParams.set('client_id', second);
      assertNothing((await browser.get(swapped)).location, 'invalid_client');
    }
  });

  it('what was consented to is what is granted, whatever the last visit says', async () => {
    const browser = deployment.browser();
    const link = new URL(await deployment.acceptConsent(await startConsent(browser), { grant_scope: ['openid'] }));
    link.searchParams.set('scope', 'openid offline_access profile email read');
    const { location } = await browser.get(link);
    const code = location.searchParams.get('code');
    if (code === null) return assert.ok(location.searchParams.get('error'));
    const { body } = await deployment.exchange(code);
    assert.equal(body.scope, 'openid');
    assert.equal(body.refresh_token, undefined);
  });

  it('a verifier works once', async () => {
    const browser = deployment.browser();
    const link = await deployment.acceptConsent(await startConsent(browser));
    assert.ok((await browser.get(link)).location.searchParams.get('code'));
    const { location } = await browser.get(link);
    assert.equal(location.searchParams.get('code'), null);
    assert.ok(location.searchParams.get('error'));
  });

  it('a changed bit makes a challenge nobody’s', async () => {
    const challenge = await startLogin(deployment.browser());
    for (const at of [0, Math.floor(challenge.length / 2), challenge.length - 2]) {
      const changed = `${challenge.slice(0, at)}${challenge[at] === 'A' ? 'B' : 'A'}${challenge.slice(at + 1)}`;
      assert.equal((await admin('GET', 'login', { login_challenge: changed })).status, 404);
    }
  });
});

describe('RFC 9700 4.4: mix-up', () => {
  it('every answer to a client names its issuer, errors too', async () => {
    const browser = deployment.browser();
    for (const parameters of [{}, { scope: 'never' }, { prompt: 'none' }]) {
      const answer = await deployment.authorize({ browser, parameters });
      assert.equal(answer.origin + answer.pathname, REDIRECT_URI);
      assert.equal(answer.searchParams.get('iss'), deployment.issuer);
    }
  });

  it('a client cannot be sent an issuer of somebody’s choice', async () => {
    const answer = await deployment.authorize({ parameters: { iss: 'https://attacker.example' } });
    assert.deepEqual(answer.searchParams.getAll('iss'), [deployment.issuer]);
  });
});
