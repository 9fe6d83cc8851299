import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startDeployment } from './deployment.ts';
import { CREDENTIALS, REDIRECT_URI } from './flow.ts';
import { counted, isWrite } from './statements.ts';

describe('statement budgets', () => {
  it('hold for every operation, and starting or answering a flow writes nothing', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient();
    const budget = async <T>(name: string, limit: number, writes: number, work: () => Promise<T>): Promise<T> => {
      const { value, statements } = await counted(work);
      assert.ok(statements.length > 0, `${name} ran no statement: the count is broken`);
      assert.ok(statements.length <= limit, `${name}: ${statements.length} > ${limit}\n${statements.join('\n')}`);
      const written = statements.filter(isWrite);
      assert.ok(written.length <= writes, `${name} writes ${written.length} > ${writes}\n${written.join('\n')}`);
      return value;
    };

    const machine = { client_id: 'app', client_secret: 'app-secret', grant_type: 'client_credentials' };
    const issued = await budget('client_credentials', 2, 1, () => deployment.token(machine));
    assert.equal(issued.status, 200);
    await budget('introspection', 1, 0, () => deployment.introspect(issued.body.access_token));

    const browser = deployment.browser();
    const all = await counted(async () => {
      const first = await budget('first visit', 1, 0, () => browser.get(deployment.authorizeUrl()));
      const challenge = first.location.searchParams.get('login_challenge') ?? assert.fail();
      await budget('get login request', 1, 0, () =>
        deployment.admin('GET', `/admin/oauth2/auth/requests/login?login_challenge=${challenge}`),
      );
      const accepting = await counted(() => deployment.acceptLogin(challenge));
      assert.deepEqual(accepting.statements, [], 'accepting a login runs no statement');
      const second = await budget('second visit', 4, 1, () => browser.get(accepting.value));
      const consent_challenge = second.location.searchParams.get('consent_challenge') ?? assert.fail();
      await budget('get consent request', 1, 0, () =>
        deployment.admin('GET', `/admin/oauth2/auth/requests/consent?consent_challenge=${consent_challenge}`),
      );
      const consenting = await counted(() => deployment.acceptConsent(consent_challenge));
      assert.deepEqual(consenting.statements, [], 'accepting a consent runs no statement');
      const third = await budget('third visit', 3, 2, () => browser.get(consenting.value));
      return budget('code exchange', 5, 2, () => deployment.exchange(third.location.searchParams.get('code') ?? ''));
    });
    const answersOfApps = 2;
    assert.ok(all.statements.length - answersOfApps <= 12, `the whole flow: ${all.statements.length}`);
    const tokens = all.value.body;
    assert.equal(all.value.status, 200, JSON.stringify(tokens));

    await budget('introspection of a refresh token', 1, 0, () => deployment.introspect(tokens.refresh_token));
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    await budget('userinfo', 1, 0, () => fetch(`${deployment.publicOrigin}/userinfo`, { headers }));
    await budget('refresh', 5, 3, () => deployment.refresh(tokens.refresh_token));
  });

  it('are counted on the engine that was chosen', async (t) => {
    const { deployment, running } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient();
    const { statements } = await counted(() => deployment.admin('GET', '/admin/clients/app'));
    const place = { sqlite: '"client_id" = ?', postgres: '"client_id" = $1', mysql: '`client_id` = ?' };
    const expected = place[running.server.db.dialect.engine];
    assert.ok(statements.length === 1 && statements[0]?.endsWith(expected), statements.join('\n'));
  });

  it('are one higher where the admin API wants a key', async (t) => {
    const config = { gatehouse: { admin: { api_keys: 'required' } } };
    const { deployment } = await startDeployment({ test: t, storage: 'memory', config });
    await deployment.createClient();
    const { body } = await deployment.token({ ...CREDENTIALS, grant_type: 'client_credentials' });
    const { statements } = await counted(() => deployment.introspect(body.access_token));
    assert.equal(statements.length, 2, statements.join('\n'));
    assert.deepEqual(statements.filter(isWrite), []);
    const nothing = () => fetch(`${deployment.adminOrigin}/admin/clients`, { headers: { authorization: 'Bearer x' } });
    assert.deepEqual((await counted(nothing)).statements, [], 'what is no key is not looked for');
  });

  it('are one lower for a user code where guesses are not limited', async (t) => {
    const config = { gatehouse: { throttle: { user_codes: { attempts: 0, attempts_per_address: 0 } } } };
    const { deployment } = await startDeployment({ test: t, storage: 'memory', config });
    const { location } = await deployment.browser().get('/oauth2/device/verify');
    const device_challenge = location.searchParams.get('device_challenge') ?? '';
    const path = `/admin/oauth2/auth/requests/device/accept?${new URLSearchParams({ device_challenge })}`;
    const wrong = await counted(() => deployment.admin('PUT', path, { user_code: 'wrong' }));
    assert.deepEqual([wrong.value.status, wrong.statements.length, wrong.statements.filter(isWrite)], [400, 1, []]);
  });

  it('hold for a device: a right user code costs one look at the guesses, and a poll writes nothing', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    await deployment.createClient({ grant_types: [grant_type] });
    const credentials = { client_id: 'app', client_secret: 'app-secret' };
    const body = new URLSearchParams(credentials);
    const issued = await fetch(`${deployment.publicOrigin}/oauth2/device/auth`, { method: 'POST', body });
    const { user_code, device_code } = (await issued.json()) as Record<string, string>;
    const { value, statements: visit } = await counted(() => deployment.browser().get('/oauth2/device/verify'));
    assert.deepEqual(visit, []);
    const device_challenge = value.location.searchParams.get('device_challenge') ?? '';
    const path = `/admin/oauth2/auth/requests/device/accept?${new URLSearchParams({ device_challenge })}`;
    const right = await counted(() => deployment.admin('PUT', path, { user_code }));
    assert.deepEqual([right.value.status, right.statements.length, right.statements.filter(isWrite)], [200, 2, []]);
    const wrong = await counted(() => deployment.admin('PUT', path, { user_code: 'wrong' }));
    assert.deepEqual([wrong.value.status, wrong.statements.filter(isWrite).length], [400, 1]);
    const poll = await counted(() => deployment.token({ ...credentials, grant_type, device_code: device_code ?? '' }));
    assert.deepEqual(
      [poll.value.body.error, poll.statements.length, poll.statements.filter(isWrite)],
      ['authorization_pending', 2, []],
    );
  });

  it('hold for an answer with code, token and ID token, which is stored as a code alone is', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient({
      grant_types: ['authorization_code', 'implicit'],
      response_types: ['code id_token token'],
    });
    const browser = deployment.browser();
    const request = { response_type: 'code id_token token', nonce: 'nonce-0123456789' };
    const { location: login } = await browser.get(deployment.authorizeUrl(request));
    const atConsent = await deployment.acceptLogin(login.searchParams.get('login_challenge') ?? '');
    const { location: consent } = await browser.get(atConsent);
    const atClient = await deployment.acceptConsent(consent.searchParams.get('consent_challenge') ?? '');
    const { value, statements } = await counted(() => browser.get(atClient));
    assert.match(value.location.hash, /access_token=.*code=.*id_token=/);
    assert.ok(statements.length <= 3, statements.join('\n'));
    assert.equal(statements.filter(isWrite).length, 2, statements.join('\n'));
  });

  it('hold without asking the database where a token cannot be ours', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient();
    const forged = `ory_at_${'A'.repeat(43)}.${'B'.repeat(43)}`;
    assert.deepEqual((await counted(() => deployment.introspect(forged))).statements, []);
    const { statements } = await counted(() => deployment.exchange(forged.replace('_at_', '_ac_')));
    assert.equal(statements.length, 1, 'only the client is read');
  });

  it('makes challenges that fit an address bar', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    await deployment.createClient();
    const url = deployment.authorizeUrl({
      redirect_uri: REDIRECT_URI,
      nonce: 'f3a1c9d27b6e4850',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      login_hint: 'somebody.with.a.long.address@a-company.example.com',
      ui_locales: 'de-CH de en',
      claims: JSON.stringify({
        id_token: { email: { essential: true } },
        userinfo: { given_name: null, family_name: null },
      }),
      resource: 'https://api.example.com/v1/accounts',
      acr_values: 'urn:example:loa:2 urn:example:loa:1',
      device_id: '0a8c5a52-39ef-4f0c-8a15-21b3f07e9a6e',
      utm_campaign: 'autumn-newsletter-2026',
    });
    const { location } = await deployment.browser().get(url);
    const challenge = location.searchParams.get('login_challenge') ?? '';
    assert.ok(url.length >= 690, `${url.length}`);
    assert.ok(challenge.length <= 760, `${challenge.length} characters for a request of ${url.length}`);
  });
});
