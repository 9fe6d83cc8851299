import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { startDeployment } from './deployment.ts';
import type { Deployment } from './flow.ts';

const VERIFIER = 'a-verifier-of-enough-characters-0123456789-abc';
const PKCE = {
  code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  code_challenge_method: 'S256',
};

let deployment: Deployment;
let close: () => Promise<void>;
let advance: (seconds: number) => void;

before(async () => {
  ({ deployment, close, advance } = await startDeployment({ storage: 'memory' }));
  await deployment.createClient();
  await deployment.createClient({ client_id: 'other' });
  await deployment.createClient({
    client_id: 'public',
    client_secret: '',
    token_endpoint_auth_method: 'none',
  });
});
after(() => close());

const errorOf = (answer: URL) => answer.searchParams.get('error');

describe('the authorization endpoint', () => {
  it('RFC 6749 4.1.2, RFC 9207 2: the answer carries code, state and issuer', async () => {
    const answer = await deployment.authorize();
    assert.match(answer.searchParams.get('code') ?? '', /^ory_ac_/);
    assert.equal(answer.searchParams.get('state'), 'state-0123456789');
    assert.equal(answer.searchParams.get('iss'), deployment.issuer);
  });

  it('OAuth 2.0 Multiple Response Types 2.1: fragment mode answers in the fragment', async () => {
    const answer = await deployment.authorize({ parameters: { response_mode: 'fragment' } });
    assert.equal(answer.search, '');
    assert.match(answer.hash, /code=ory_ac_/);
  });

  it('OAuth 2.0 Form Post Response Mode: a page posts the answer, and its script is the only one that may run', async () => {
    const browser = deployment.browser();
    const first = await browser.get(deployment.authorizeUrl({ response_mode: 'form_post', state: '"><script>x' }));
    const second = await browser.get(
      await deployment.acceptLogin(first.location.searchParams.get('login_challenge') ?? ''),
    );
    const consent_challenge = second.location.searchParams.get('consent_challenge') ?? '';
    const page = await browser.get(await deployment.acceptConsent(consent_challenge));
    assert.equal(page.status, 200);
    assert.match(page.text, /name="code" value="ory_ac_/);
    assert.ok(!page.text.includes('"><script>x'));
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'sha256-/);
    assert.doesNotMatch(page.headers.get('content-security-policy') ?? '', /unsafe/);
    assert.equal(page.headers.get('x-frame-options'), 'DENY');
  });

  for (const [what, parameters, error] of [
    ['an unknown client', { client_id: 'nobody' }, 'invalid_client'],
    ['no client', { client_id: '' }, 'invalid_client'],
    ['a foreign redirect URI', { redirect_uri: 'https://evil.example/cb' }, 'invalid_request'],
    ['openid without a redirect URI', { redirect_uri: '' }, 'invalid_request'],
    ['an unknown response mode', { response_mode: 'web_message' }, 'unsupported_response_mode'],
  ] as const) {
    it(`RFC 6749 4.1.2.1: ${what} is never answered at the redirect URI`, async () => {
      const answer = await deployment.authorize({ parameters });
      assert.equal(`${answer.origin}${answer.pathname}`, 'https://apps.example.com/error');
      assert.equal(errorOf(answer), error);
    });
  }

  for (const [what, parameters, error] of [
    ['a scope that is not registered', { scope: 'openid admin' }, 'invalid_scope'],
    ['an audience that is not registered', { audience: 'https://api.example' }, 'invalid_request'],
    ['a registration', { registration: '{}' }, 'registration_not_supported'],
    ['no response type', { response_type: '' }, 'unsupported_response_type'],
    ['a response type that is not registered', { response_type: 'token' }, 'unsupported_response_type'],
    ['a short state', { state: '1234567' }, 'invalid_state'],
    ['prompt none without a login', { prompt: 'none' }, 'login_required'],
    ['an unknown prompt', { prompt: 'nonsense' }, 'invalid_request'],
    ['PKCE without S256', { code_challenge: VERIFIER, code_challenge_method: 'plain' }, 'invalid_request'],
  ] as const) {
    it(`RFC 6749 4.1.2.1: ${what} is answered at the redirect URI with ${error}`, async () => {
      const answer = await deployment.authorize({ parameters });
      assert.equal(answer.origin, 'https://app.example.com');
      assert.equal(errorOf(answer), error);
      assert.equal(answer.searchParams.get('iss'), deployment.issuer);
      assert.equal(answer.searchParams.get('state'), 'state' in parameters ? parameters.state : 'state-0123456789');
    });
  }

  it('RFC 6749 3.1.1: whoever names no response type is told that it is missing', async () => {
    const answer = await deployment.authorize({ parameters: { response_type: '' } });
    assert.match(answer.searchParams.get('error_description') ?? '', /'response_type' is missing/);
  });

  it('RFC 6749 10.12: another browser cannot finish, and the right one still can', async () => {
    const browser = deployment.browser();
    const first = await browser.get(deployment.authorizeUrl());
    const afterLogin = await deployment.acceptLogin(first.location.searchParams.get('login_challenge') ?? '');
    assert.equal(errorOf((await deployment.browser().get(afterLogin)).location), 'request_forbidden');
    const second = await browser.get(afterLogin);
    const afterConsent = await deployment.acceptConsent(second.location.searchParams.get('consent_challenge') ?? '');
    assert.equal(errorOf((await deployment.browser().get(afterConsent)).location), 'request_forbidden');
    assert.ok((await browser.get(afterConsent)).location.searchParams.has('code'));
  });

  it('lets two tabs of one client both finish', async () => {
    const browser = deployment.browser();
    const tabs = [await browser.get(deployment.authorizeUrl()), await browser.get(deployment.authorizeUrl())];
    for (const { location } of tabs) {
      const second = await browser.get(
        await deployment.acceptLogin(location.searchParams.get('login_challenge') ?? ''),
      );
      const challenge = second.location.searchParams.get('consent_challenge') ?? '';
      const third = await browser.get(await deployment.acceptConsent(challenge));
      assert.ok(third.location.searchParams.has('code'), String(third.location));
    }
  });

  it('refuses a verifier with another client, a challenge as verifier, and garbage', async () => {
    const browser = deployment.browser();
    const first = await browser.get(deployment.authorizeUrl());
    const challenge = first.location.searchParams.get('login_challenge') ?? '';
    const redirect_to = new URL(await deployment.acceptLogin(challenge));
    const elsewhere = new URL(redirect_to);
    elsewhere.searchParams.set('client_id', 'other');
    assert.equal(errorOf((await browser.get(elsewhere)).location), 'request_forbidden');
    await browser.get(deployment.authorizeUrl({ client_id: 'other' }));
    assert.equal(errorOf((await browser.get(elsewhere)).location), 'request_forbidden');
    for (const login_verifier of [challenge, 'garbage', 'A'.repeat(43), '%00']) {
      const answer = await browser.get(deployment.authorizeUrl({ login_verifier }));
      assert.equal(errorOf(answer.location), 'access_denied', login_verifier);
    }
  });

  it('remembers a login and a consent, and asks the apps to skip', async () => {
    const browser = deployment.browser();
    const remember = { remember: true, remember_for: 3600 };
    await deployment.authorize({ browser, login: remember, consent: remember });
    const first = await browser.get(deployment.authorizeUrl({ prompt: 'none' }));
    const login_challenge = first.location.searchParams.get('login_challenge') ?? assert.fail(String(first.location));
    const question = await deployment.admin(
      'GET',
      `/admin/oauth2/auth/requests/login?login_challenge=${login_challenge}`,
    );
    assert.equal(question.body.skip, true);
    assert.equal(question.body.subject, 'user-1');
    const second = await browser.get(await deployment.acceptLogin(login_challenge));
    const consent_challenge =
      second.location.searchParams.get('consent_challenge') ?? assert.fail(String(second.location));
    const asked = await deployment.admin(
      'GET',
      `/admin/oauth2/auth/requests/consent?consent_challenge=${consent_challenge}`,
    );
    assert.equal(asked.body.skip, true);
    const third = await browser.get(await deployment.acceptConsent(consent_challenge));
    assert.ok(third.location.searchParams.has('code'));
    assert.equal(
      errorOf(await deployment.authorize({ browser, parameters: { prompt: 'none', scope: 'openid read' } })),
      'consent_required',
    );
    const someoneElse = await deployment.acceptLogin(login_challenge, { subject: 'user-2' });
    assert.equal(new URL(someoneElse).searchParams.get('prompt'), 'login');
  });

  it('OpenID Connect Core 3.1.2.1: max_age and prompt=login ask again, and a login that is to be forgotten is', async () => {
    const browser = deployment.browser();
    await deployment.authorize({ browser, login: { remember: true } });
    const isSkipped = async (parameters: Record<string, string>) => {
      const { location } = await browser.get(deployment.authorizeUrl(parameters));
      const challenge = location.searchParams.get('login_challenge');
      const { body } = await deployment.admin('GET', `/admin/oauth2/auth/requests/login?login_challenge=${challenge}`);
      return body.skip;
    };
    assert.equal(await isSkipped({}), true);
    advance(10);
    assert.equal(await isSkipped({ max_age: '3600' }), true);
    assert.equal(await isSkipped({ max_age: '5' }), false);
    assert.equal(await isSkipped({ prompt: 'login' }), false);
    await deployment.authorize({ browser, parameters: { prompt: 'login' }, login: { remember: false } });
    assert.equal(await isSkipped({}), false);
  });

  it('ends a remembered login with its time, whatever the cookie says (Q26)', async () => {
    const browser = deployment.browser();
    await deployment.authorize({ browser, login: { remember: true, remember_for: 60 } });
    advance(61);
    assert.equal(errorOf(await deployment.authorize({ browser, parameters: { prompt: 'none' } })), 'login_required');
  });

  it('lets a flow expire', async () => {
    const browser = deployment.browser();
    const first = await browser.get(deployment.authorizeUrl());
    const redirect_to = await deployment.acceptLogin(first.location.searchParams.get('login_challenge') ?? '');
    advance(1801);
    assert.equal(errorOf((await browser.get(redirect_to)).location), 'request_unauthorized');
  });

  it('a consent that took too long is as good as none', async () => {
    const browser = deployment.browser();
    const first = await browser.get(deployment.authorizeUrl());
    const second = await browser.get(
      await deployment.acceptLogin(first.location.searchParams.get('login_challenge') ?? ''),
    );
    const challenge = second.location.searchParams.get('consent_challenge') ?? '';
    const redirect_to = await deployment.acceptConsent(challenge);
    advance(1801);
    assert.equal(errorOf((await browser.get(redirect_to)).location), 'request_unauthorized');
  });

  it('RFC 6749 5.2: a client that lost the grant type meanwhile redeems nothing', async () => {
    await deployment.createClient({ client_id: 'loser' });
    const answer = await deployment.authorize({ parameters: { client_id: 'loser' } });
    const code = answer.searchParams.get('code') ?? assert.fail(String(answer));
    const patch = [{ op: 'replace', path: '/grant_types', value: ['client_credentials'] }];
    assert.equal((await deployment.admin('PATCH', '/admin/clients/loser', patch)).status, 200);
    const { status, body } = await deployment.exchange(code, { client_id: 'loser' });
    assert.deepEqual([status, body.error], [400, 'unauthorized_client']);
  });

  it('tells the client what the apps said when they turned the person away', async () => {
    const browser = deployment.browser();
    const first = await browser.get(deployment.authorizeUrl());
    const login_challenge = first.location.searchParams.get('login_challenge') ?? '';
    const { body } = await deployment.admin(
      'PUT',
      `/admin/oauth2/auth/requests/login/reject?login_challenge=${login_challenge}`,
      { error: 'account_locked', error_description: 'Locked.', error_hint: 'Call us.', error_debug: 'secret' },
    );
    const answer = (await browser.get(String(body.redirect_to))).location;
    assert.equal(errorOf(answer), 'account_locked');
    assert.equal(answer.searchParams.get('error_description'), 'Locked. Call us.');
    const again = await browser.get(deployment.authorizeUrl());
    const asked = await browser.get(
      await deployment.acceptLogin(again.location.searchParams.get('login_challenge') ?? ''),
    );
    const declined = await deployment.admin(
      'PUT',
      `/admin/oauth2/auth/requests/consent/reject?consent_challenge=${asked.location.searchParams.get('consent_challenge')}`,
      { error: 'not_today', error_description: 'Not today.' },
    );
    const refusal = (await browser.get(String(declined.body.redirect_to))).location;
    assert.equal(errorOf(refusal), 'not_today');
    assert.equal(refusal.searchParams.get('error_description'), 'Not today.');
  });

  it('keeps what is too long for a URL in the database (64 kB of claims)', async () => {
    const claims = {
      groups: Array.from(
        { length: 2000 },
        (_, at) => `group-${at}-${createHash('sha256').update(`${at}`).digest('hex').slice(0, 20)}`,
      ),
    };
    const consent = { session: { id_token: claims, access_token: claims }, grant_scope: ['openid'] };
    const answer = await deployment.authorize({ consent });
    const { status, body } = await deployment.exchange(answer.searchParams.get('code') ?? assert.fail(String(answer)));
    assert.equal(status, 200);
    assert.deepEqual((await deployment.introspect(body.access_token)).ext, claims);
  });
});

describe('the token endpoint', () => {
  it('OpenID Connect Core 2, 3.1.3.6: the ID token is signed by a published key and fits the access token', async () => {
    const code = await deployment.code({ nonce: 'nonce-0123456789', scope: 'openid offline_access' });
    const { body } = await deployment.exchange(code);
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', deployment.publicOrigin));
    const { payload, protectedHeader } = await jwtVerify(String(body.id_token), keys, {
      issuer: deployment.issuer,
      audience: 'app',
      currentDate: deployment.now(),
    });
    assert.equal(protectedHeader.alg, 'RS256');
    assert.equal(payload.nonce, 'nonce-0123456789');
    assert.equal(payload.sub, 'user-1');
    const half = createHash('sha256').update(String(body.access_token)).digest().subarray(0, 16).toString('base64url');
    assert.equal(payload.at_hash, half);
    assert.equal(typeof payload.auth_time, 'number');
    assert.equal(body.token_type, 'bearer');
    assert.equal(body.scope, 'openid offline_access');
  });

  it('RFC 6749 5.1: answers are not for caches', async () => {
    for (const grant_type of ['client_credentials', 'nonsense']) {
      const { headers } = await deployment.token({ client_id: 'app', client_secret: 'app-secret', grant_type });
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('pragma'), 'no-cache');
    }
  });

  it('RFC 6749 4.1.2: a code used twice is refused and revokes what it issued', async () => {
    const code = await deployment.code();
    const { body } = await deployment.exchange(code);
    assert.equal(await deployment.isActive(body.access_token), true);
    assert.equal((await deployment.exchange(code)).body.error, 'invalid_grant');
    assert.equal(await deployment.isActive(body.access_token), false);
    assert.equal(await deployment.isActive(body.refresh_token), false);
  });

  it('RFC 6749 4.1.3: a code is bound to its client and its redirect URI, and lives ten minutes', async () => {
    const code = await deployment.code();
    assert.equal((await deployment.exchange(code, { client_id: 'other' })).body.error, 'invalid_grant');
    assert.equal(
      (await deployment.exchange(code, { redirect_uri: 'https://app.example.com/' })).body.error,
      'invalid_grant',
    );
    assert.equal((await deployment.exchange(code, { redirect_uri: '' })).body.error, 'invalid_grant');
    advance(601);
    assert.equal((await deployment.exchange(code)).body.error, 'invalid_grant');
  });

  it('RFC 7636 4.6: the right verifier redeems; a wrong one burns the code', async () => {
    const right = await deployment.exchange(await deployment.code(PKCE), { code_verifier: VERIFIER });
    assert.equal(right.status, 200);
    for (const code_verifier of ['', `${VERIFIER}x`, 'short']) {
      const code = await deployment.code(PKCE);
      assert.equal((await deployment.exchange(code, { code_verifier })).body.error, 'invalid_grant');
      assert.equal((await deployment.exchange(code, { code_verifier: VERIFIER })).body.error, 'invalid_grant');
      assert.equal((await deployment.exchange(code)).body.error, 'invalid_grant');
    }
  });

  it('RFC 9700 4.8.2: a verifier for a code without a challenge is refused', async () => {
    const code = await deployment.code();
    assert.equal((await deployment.exchange(code, { code_verifier: VERIFIER })).body.error, 'invalid_grant');
  });

  it('RFC 9700 4.14.2: refresh tokens rotate, and an old one that comes back ends the chain', async () => {
    const first = await deployment.login();
    const { status, body: second } = await deployment.refresh(first.refresh_token);
    assert.equal(status, 200);
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.ok(second.id_token);
    assert.equal(await deployment.isActive(first.access_token), false);
    assert.equal(await deployment.isActive(second.access_token), true);
    assert.equal((await deployment.refresh(first.refresh_token)).body.error, 'invalid_grant');
    assert.equal(await deployment.isActive(second.access_token), false);
    assert.equal((await deployment.refresh(second.refresh_token)).body.error, 'invalid_grant');
  });

  it('RFC 6749 6: a refresh token is bound to its client, and a wrong client does not harm it', async () => {
    const { refresh_token } = await deployment.login();
    assert.equal((await deployment.refresh(refresh_token, { client_id: 'other' })).body.error, 'invalid_grant');
    assert.equal((await deployment.refresh(refresh_token)).status, 200);
  });

  it('RFC 6749 4.4: client credentials give an access token and nothing else', async () => {
    const machine = { client_id: 'app', client_secret: 'app-secret', grant_type: 'client_credentials' };
    const { body } = await deployment.token({ ...machine, scope: 'openid offline_access read' });
    assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'scope', 'token_type']);
    const { sub, client_id, scope } = await deployment.introspect(body.access_token);
    assert.deepEqual({ sub, client_id, scope }, { sub: 'app', client_id: 'app', scope: 'openid offline_access read' });
    assert.equal((await deployment.token({ ...machine, scope: 'admin' })).body.error, 'invalid_scope');
    const anonymous = { client_id: 'public', grant_type: 'client_credentials' };
    assert.equal((await deployment.token(anonymous)).body.error, 'invalid_grant');
  });

  it('RFC 6749 2.3, 5.2: a client authenticates with its one method', async () => {
    const grant_type = 'client_credentials';
    assert.equal((await deployment.token({ grant_type })).body.error, 'invalid_request');
    for (const credentials of [
      { client_id: 'app', client_secret: 'wrong-secret' },
      { client_id: 'nobody', client_secret: 'app-secret' },
      { client_id: 'app' },
      { client_id: 'public', client_secret: 'anything' },
    ]) {
      const { status, body } = await deployment.token({ grant_type, ...credentials });
      assert.deepEqual([status, body.error], [401, 'invalid_client'], JSON.stringify(credentials));
    }
    const response = await fetch(`${deployment.publicOrigin}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('app:app-secret')}` },
      body: new URLSearchParams({ grant_type, client_id: 'app', client_secret: 'app-secret' }),
    });
    assert.equal(response.status, 401);
  });

  it('refuses a public client that skips PKCE where that is enforced', async (t) => {
    const enforced = await startDeployment({
      test: t,
      storage: 'memory',
      config: { oauth2: { pkce: { enforced_for_public_clients: true } } },
    });
    await enforced.deployment.createClient();
    await enforced.deployment.createClient({
      client_id: 'public',
      client_secret: '',
      token_endpoint_auth_method: 'none',
    });
    const answer = await enforced.deployment.authorize({ parameters: { client_id: 'public' } });
    assert.equal(errorOf(answer), 'invalid_request');
    assert.ok((await enforced.deployment.authorize()).searchParams.has('code'));
  });
});

describe('what tokens are good for', () => {
  it('OpenID Connect Core 5.3: userinfo tells who it is', async () => {
    const answer = await deployment.authorize({
      consent: { session: { id_token: { email: 'u@example.com', sub: 'forged' } } },
    });
    const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '');
    const userinfo = await fetch(`${deployment.publicOrigin}/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    const claims = (await userinfo.json()) as Record<string, unknown>;
    assert.equal(claims.sub, 'user-1');
    assert.equal(claims.email, 'u@example.com');
    assert.equal(claims.nonce, undefined);
  });

  for (const [what, authorization] of [
    ['no token', ''],
    ['an unknown token', 'Bearer unknown'],
    ['two spaces', 'Bearer  x'],
    ['Basic', 'Basic YTpi'],
  ]) {
    it(`RFC 6750 3: userinfo with ${what} answers 401 with a challenge`, async () => {
      const response = await fetch(
        `${deployment.publicOrigin}/userinfo`,
        authorization ? { headers: { authorization } } : {},
      );
      assert.equal(response.status, 401);
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer error="request_unauthorized"/);
    });
  }

  it('RFC 7662 2.2: access tokens expire', async () => {
    const { access_token } = await deployment.login();
    assert.equal(await deployment.isActive(access_token), true);
    advance(3600);
    assert.deepEqual(await deployment.introspect(access_token), { active: false });
  });

  it('RFC 8414 2: the metadata lists what the registries hold', async () => {
    const response = await fetch(`${deployment.publicOrigin}/.well-known/openid-configuration`);
    const metadata = (await response.json()) as Record<string, unknown>;
    assert.equal(metadata.issuer, deployment.issuer);
    assert.deepEqual(metadata.grant_types_supported, [
      'authorization_code',
      'client_credentials',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'implicit',
    ]);
    assert.deepEqual(metadata.response_modes_supported, ['form_post', 'fragment', 'query']);
    assert.deepEqual(metadata.token_endpoint_auth_methods_supported, [
      'client_secret_basic',
      'client_secret_post',
      'none',
      'private_key_jwt',
    ]);
    assert.ok((metadata.token_endpoint_auth_signing_alg_values_supported as string[]).includes('ES256'));
    assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
    const { request_object_signing_alg_values_supported: algorithms } = metadata as { [name: string]: string[] };
    for (const alg of ['none', 'RS256', 'ES256']) assert.ok(algorithms?.includes(alg), alg);
    for (const alg of algorithms ?? []) assert.doesNotMatch(alg, /^HS/);
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
    const etag = response.headers.get('etag') ?? '';
    const again = await fetch(`${deployment.publicOrigin}/.well-known/openid-configuration`, {
      headers: { 'if-none-match': etag },
    });
    assert.equal(again.status, 304);
  });

  it('RFC 7517 5: the key set shows no private member', async () => {
    const { keys } = (await (await fetch(`${deployment.publicOrigin}/.well-known/jwks.json`)).json()) as {
      keys: object[];
    };
    assert.equal(keys.length, 2);
    for (const key of keys) assert.deepEqual(Object.keys(key).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });
});

describe('JWT access tokens and pairwise subjects', () => {
  it('RFC 7519 7.2: a JWT access token is signed, stored and revocable', async (t) => {
    const jwt = await startDeployment({ test: t, storage: 'memory', config: { strategies: { access_token: 'jwt' } } });
    await jwt.deployment.createClient();
    const first = await jwt.deployment.login();
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', jwt.deployment.publicOrigin));
    const { payload } = await jwtVerify(first.access_token, keys, {
      issuer: jwt.deployment.issuer,
      currentDate: jwt.deployment.now(),
    });
    assert.deepEqual(payload.scp, ['openid', 'offline_access']);
    assert.equal(payload.client_id, 'app');
    assert.equal(await jwt.deployment.isActive(first.access_token), true);
    const [header, claims, signature = ''] = first.access_token.split('.');
    assert.equal(await jwt.deployment.isActive(`${header}.${claims}.${'A'.repeat(signature.length)}`), false);
    assert.equal(await jwt.deployment.isActive(`${btoa('{"alg":"none"}').replaceAll('=', '')}.${claims}.`), false);
    await jwt.deployment.refresh(first.refresh_token);
    assert.equal(await jwt.deployment.isActive(first.access_token), false);
  });

  it('OpenID Connect Core 8.1: two sectors know one person under two names', async (t) => {
    const pairwise = await startDeployment({
      test: t,
      storage: 'memory',
      config: {
        oidc: { subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a-salt-of-12' } } },
      },
    });
    const subjectAt = async (client_id: string, redirect_uri: string, login = {}) => {
      const { deployment } = pairwise;
      const answer = await deployment.authorize({ parameters: { client_id, redirect_uri }, login });
      const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '', { client_id, redirect_uri });
      const introspected = await deployment.introspect(body.access_token);
      assert.equal(introspected.sub, 'user-1');
      const { sub } = JSON.parse(atob(String(body.id_token).split('.')[1] ?? '')) as { sub: string };
      assert.equal(introspected.obfuscated_subject, sub);
      return sub;
    };
    for (const [client_id, redirect_uri] of [
      ['one', 'https://one.example/cb'],
      ['two', 'https://two.example/cb'],
    ] as const) {
      await pairwise.deployment.createClient({ client_id, redirect_uris: [redirect_uri], subject_type: 'pairwise' });
    }
    const one = await subjectAt('one', 'https://one.example/cb');
    assert.match(one, /^[0-9a-f]{64}$/);
    assert.notEqual(await subjectAt('two', 'https://two.example/cb'), one);
    assert.equal(await subjectAt('one', 'https://one.example/cb'), one);
    assert.equal(await subjectAt('two', 'https://two.example/cb', { force_subject_identifier: 'chosen' }), 'chosen');
    assert.equal(await subjectAt('two', 'https://two.example/cb'), 'chosen');
  });
});
