import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { startRunningServer } from '../running_server.ts';
import { OUT_OF_DEVELOPMENT, startDeployment } from './deployment.ts';
import { Deployment, type Json, REDIRECT_URI } from './flow.ts';

const ALL_TYPES = {
  grant_types: ['authorization_code', 'refresh_token', 'implicit'],
  response_types: ['code', 'token', 'id_token', 'token id_token', 'code id_token', 'code token', 'code id_token token'],
};
const NONCE = { nonce: 'nonce-0123456789' };
const CODE = ['code'];
const TOKEN = ['access_token', 'expires_in', 'scope', 'token_type'];
const ID_TOKEN = ['id_token'];

let deployment: Deployment;
let close: () => Promise<void>;

before(async () => {
  ({ deployment, close } = await startDeployment({ storage: 'memory' }));
  await deployment.createClient(ALL_TYPES);
  await deployment.createClient({ ...ALL_TYPES, client_id: 'no-implicit', grant_types: ['authorization_code'] });
  await deployment.createClient({ ...ALL_TYPES, client_id: 'no-code', grant_types: ['implicit'] });
  await deployment.createClient({ client_id: 'each-alone', response_types: ['code', 'token', 'id_token'] });
});
after(() => close());

const fragmentOf = (answer: URL): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(answer.hash.slice(1)));

type Parameters = Record<string, string>;

/** What stands in the fragment of the answer. */
async function answerTo(parameters: Parameters, consent: Json = {}, where = deployment): Promise<Parameters> {
  return fragmentOf(await where.authorize({ parameters: { ...NONCE, ...parameters }, consent }));
}

async function claimsOf(jwt = '', where = deployment): Promise<Json> {
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', where.publicOrigin));
  return (await jwtVerify(jwt, keys, { currentDate: where.now() })).payload;
}

const halfHash = (value = ''): string =>
  createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url');

describe('the answer of the authorization endpoint', () => {
  for (const [response_type, ...members] of [
    ['token', TOKEN],
    ['id_token', ID_TOKEN],
    ['token id_token', TOKEN, ID_TOKEN],
    ['id_token token', TOKEN, ID_TOKEN],
    ['code id_token', CODE, ID_TOKEN],
    ['id_token code', CODE, ID_TOKEN],
    ['code token', CODE, TOKEN],
    ['token code', CODE, TOKEN],
    ['code id_token token', CODE, ID_TOKEN, TOKEN],
    ['token code id_token', CODE, ID_TOKEN, TOKEN],
  ] as const) {
    it(`OAuth 2.0 Multiple Response Types 3, 5: to '${response_type}' holds ${members.join(', ')}, in the fragment`, async () => {
      const answer = await deployment.authorize({ parameters: { ...NONCE, response_type } });
      const found = fragmentOf(answer);
      assert.equal(answer.search, '');
      assert.deepEqual(Object.keys(found).sort(), [...members.flat(), 'iss', 'state'].sort());
      assert.deepEqual([found.state, found.iss], ['state-0123456789', deployment.issuer]);
      if (found.access_token !== undefined) {
        assert.deepEqual([found.token_type, found.scope], ['bearer', 'openid offline_access']);
        assert.ok(Number(found.expires_in) > 3590 && Number(found.expires_in) <= 3600);
        assert.ok(await deployment.isActive(found.access_token));
      }
      if (found.id_token !== undefined) {
        const claims = await claimsOf(found.id_token);
        assert.deepEqual([claims.iss, claims.sub, claims.aud], [deployment.issuer, 'user-1', ['app']]);
        assert.equal(claims.nonce, NONCE.nonce);
        assert.equal(claims.at_hash, found.access_token && halfHash(found.access_token));
        assert.equal(claims.c_hash, found.code && halfHash(found.code));
      }
      if (found.code !== undefined) assert.equal((await deployment.exchange(found.code)).status, 200);
    });
  }

  it('RFC 6749 4.2.2: has no refresh token, and names the scope that was granted', async () => {
    const found = await answerTo({ response_type: 'token', scope: 'openid offline_access read' });
    assert.equal(found.refresh_token, undefined);
    assert.equal(found.scope, 'openid offline_access');
    assert.equal((await deployment.introspect(found.access_token)).scope, 'openid offline_access');
  });

  it('has no nonce for credentials, which is for the token endpoint to give', async () => {
    const scope = 'openid userinfo_credential_draft_00';
    await deployment.createClient({ ...ALL_TYPES, client_id: 'wallet', scope });
    const request = { client_id: 'wallet', response_type: 'code token', scope };
    const found = await answerTo(request, { grant_scope: scope.split(' ') });
    assert.deepEqual(Object.keys(found).sort(), [...CODE, ...TOKEN, 'iss', 'state'].sort());
    const { body } = await deployment.exchange(found.code ?? '', { client_id: 'wallet' });
    assert.ok(body.c_nonce_draft_00);
  });

  it('OAuth 2.0 Form Post Response Mode 2: is posted with every member, and not for caches', async () => {
    const browser = deployment.browser();
    const request = { ...NONCE, response_type: 'code id_token token', response_mode: 'form_post' };
    const { location: login } = await browser.get(deployment.authorizeUrl(request));
    const { location: consent } = await browser.get(
      await deployment.acceptLogin(login.searchParams.get('login_challenge') ?? ''),
    );
    const page = await browser.get(await deployment.acceptConsent(consent.searchParams.get('consent_challenge') ?? ''));
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('cache-control'), 'no-store');
    const names = [...page.text.matchAll(/ name="(\w+)"/g)].map(([, name]) => name);
    assert.deepEqual(names.sort(), [...CODE, ...TOKEN, ...ID_TOKEN, 'iss', 'state'].sort());
  });

  it('RFC 6749 4.2.2: is given once, whole or not at all', async () => {
    const browser = deployment.browser();
    const request = { ...NONCE, response_type: 'code token' };
    const { location: login } = await browser.get(deployment.authorizeUrl(request));
    const { location: consent } = await browser.get(
      await deployment.acceptLogin(login.searchParams.get('login_challenge') ?? ''),
    );
    const link = await deployment.acceptConsent(consent.searchParams.get('consent_challenge') ?? '');
    const answers = await Promise.all([1, 2, 3, 4].map(() => browser.get(link)));
    const found = answers.map(({ location }) => fragmentOf(location));
    assert.deepEqual(found.map(({ error }) => error ?? 'none').sort(), [
      'access_denied',
      'access_denied',
      'access_denied',
      'none',
    ]);
    for (const { error, code, access_token } of found) {
      assert.deepEqual([code === undefined, access_token === undefined], error ? [true, true] : [false, false]);
    }
  });
});

describe('the tokens of the authorization endpoint', () => {
  it('OpenID Connect Core 5.3: open userinfo, as the person of the ID token', async () => {
    const { access_token, id_token } = await answerTo({ response_type: 'token id_token' });
    const headers = { authorization: `Bearer ${access_token}` };
    const response = await fetch(`${deployment.publicOrigin}/userinfo`, { headers });
    assert.equal(response.status, 200);
    const { sub } = (await response.json()) as Json;
    assert.equal(sub, (await claimsOf(id_token)).sub);
  });

  it('carry the claims and the audience of the consent', async () => {
    await deployment.createClient({ ...ALL_TYPES, client_id: 'audience', audience: ['https://api.example'] });
    const consent = {
      grant_access_token_audience: ['https://api.example'],
      session: { id_token: { email: 'ada@example.com', c_hash: 'made-up' }, access_token: { plan: 'gold' } },
    };
    const request = { client_id: 'audience', response_type: 'token id_token', audience: 'https://api.example' };
    const { access_token, id_token } = await answerTo(request, consent);
    const { aud, ext } = await deployment.introspect(access_token);
    assert.deepEqual([aud, ext], [['https://api.example'], { plan: 'gold' }]);
    const claims = await claimsOf(id_token);
    assert.deepEqual([claims.email, claims.c_hash], ['ada@example.com', undefined]);
  });

  it('live as long as the client has it for the implicit grant, and those of the code as long as for the code', async () => {
    await deployment.createClient({
      ...ALL_TYPES,
      client_id: 'short',
      implicit_grant_access_token_lifespan: '5m',
      implicit_grant_id_token_lifespan: '7m',
      authorization_code_grant_access_token_lifespan: '11m',
      authorization_code_grant_id_token_lifespan: '13m',
    });
    const lifeOf = async (id_token: unknown) => {
      const { exp, iat } = await claimsOf(String(id_token));
      return Number(exp) - Number(iat);
    };
    const near = (value: unknown, wanted: number) =>
      assert.ok(Number(value) <= wanted && Number(value) > wanted - 10, `${value}, not ${wanted}`);
    const front = await answerTo({ client_id: 'short', response_type: 'code id_token token' });
    near(front.expires_in, 300);
    assert.equal(await lifeOf(front.id_token), 420);
    const { body } = await deployment.exchange(front.code ?? '', { client_id: 'short' });
    near(body.expires_in, 660);
    assert.equal(await lifeOf(body.id_token), 780);
  });

  it('RFC 9068 2.2: are JWTs where the client has such, and the hash of the ID token fits', async () => {
    await deployment.createClient({ ...ALL_TYPES, client_id: 'jwt', access_token_strategy: 'jwt' });
    const { access_token, id_token } = await answerTo({ client_id: 'jwt', response_type: 'token id_token' });
    const claims = await claimsOf(access_token);
    assert.deepEqual([claims.sub, claims.client_id, claims.scp], ['user-1', 'jwt', ['openid', 'offline_access']]);
    assert.equal((await claimsOf(id_token)).at_hash, halfHash(access_token));
    assert.ok(await deployment.isActive(access_token));
  });

  it('OpenID Connect Core 8.1: the ID token has the pairwise subject', async (t) => {
    const subject_identifiers = { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a-salt-for-tests' } };
    const config = { oidc: { subject_identifiers } };
    const { deployment: pairwise } = await startDeployment({ test: t, storage: 'memory', config });
    await pairwise.createClient({ ...ALL_TYPES, subject_type: 'pairwise' });
    const found = await answerTo({ response_type: 'code id_token token' }, {}, pairwise);
    const { sub } = await claimsOf(found.id_token, pairwise);
    assert.match(String(sub), /^[0-9a-f]{64}$/);
    const { body } = await pairwise.exchange(found.code ?? '');
    assert.equal((await claimsOf(String(body.id_token), pairwise)).sub, sub);
    assert.equal((await pairwise.introspect(found.access_token)).sub, 'user-1');
  });
});

describe('the hybrid flow', () => {
  it('OpenID Connect Core 3.3.3.6: both ID tokens are of one login, and each fits what came with it', async () => {
    const front = await answerTo({ response_type: 'code id_token token' });
    const { body } = await deployment.exchange(front.code ?? '');
    const [first, second] = [await claimsOf(front.id_token), await claimsOf(String(body.id_token))];
    for (const name of ['iss', 'sub', 'aud', 'auth_time', 'sid', 'nonce', 'c_hash']) {
      assert.deepEqual(second[name], first[name] ?? assert.fail(name), name);
    }
    assert.equal(second.at_hash, halfHash(String(body.access_token)));
    assert.notEqual(body.access_token, front.access_token);
    assert.ok(await deployment.isActive(front.access_token));
    const { body: refreshed } = await deployment.refresh(body.refresh_token);
    assert.equal((await claimsOf(String(refreshed.id_token))).c_hash, undefined);
  });

  it('OpenID Connect Core 3.3.2.11: a code that came alone leaves no c_hash behind', async () => {
    const { id_token } = await deployment.login();
    assert.equal((await claimsOf(id_token)).c_hash, undefined);
  });

  it('OpenID Connect Core 3.3.2.5: without the scope openid there is no ID token, and the rest is there', async () => {
    const found = await answerTo({ response_type: 'code id_token token' }, { grant_scope: ['offline_access'] });
    assert.deepEqual([found.id_token, found.error], [undefined, undefined]);
    assert.ok(found.code && found.access_token);
    const { body } = await deployment.exchange(found.code);
    assert.equal(body.id_token, undefined);
    const { error, access_token } = await answerTo(
      { response_type: 'token id_token' },
      { grant_scope: ['offline_access'] },
    );
    assert.deepEqual([error, access_token], ['unsupported_response_type', undefined]);
  });

  it('RFC 7636 4.4.1: where PKCE is required, whatever holds a code requires it', async (t) => {
    const config = { oauth2: { pkce: { enforced: true } } };
    const { deployment: strict } = await startDeployment({ test: t, storage: 'memory', config });
    await strict.createClient(ALL_TYPES);
    for (const response_type of ['code id_token', 'code token', 'code id_token token']) {
      assert.equal((await answerTo({ response_type }, {}, strict)).error, 'invalid_request', response_type);
    }
    assert.ok((await answerTo({ response_type: 'token id_token' }, {}, strict)).access_token);
    const verifier = 'a-verifier-of-enough-characters-0123456789-abc';
    const code_challenge = createHash('sha256').update(verifier).digest('base64url');
    const pkce = { response_type: 'code id_token', code_challenge, code_challenge_method: 'S256' };
    const { code = '' } = await answerTo(pkce, {}, strict);
    assert.equal((await strict.exchange(code, { code_verifier: verifier })).status, 200);
    const { code: other = '' } = await answerTo(pkce, {}, strict);
    assert.equal((await strict.exchange(other)).body.error, 'invalid_grant');
  });
});

describe('what a request for tokens needs', () => {
  for (const [what, parameters, error] of [
    ['no nonce for an ID token', { response_type: 'id_token', nonce: '' }, 'invalid_request'],
    ['no nonce for an ID token beside a token', { response_type: 'token id_token', nonce: '' }, 'invalid_request'],
    ['no nonce for an ID token beside a code', { response_type: 'code id_token', nonce: '' }, 'invalid_request'],
    ['no nonce for all three', { response_type: 'code id_token token', nonce: '' }, 'invalid_request'],
    ['a short nonce', { response_type: 'id_token', nonce: '1234567' }, 'insufficient_entropy'],
    ['a short nonce beside a code', { response_type: 'code token', nonce: '1234567' }, 'insufficient_entropy'],
    ['a client without the implicit grant', { client_id: 'no-implicit', response_type: 'token' }, 'invalid_grant'],
    ['such a client, for an ID token', { client_id: 'no-implicit', response_type: 'id_token' }, 'invalid_grant'],
    ['such a client, for both', { client_id: 'no-implicit', response_type: 'code token' }, 'invalid_grant'],
    ['a client without the code grant', { client_id: 'no-code', response_type: 'code id_token' }, 'invalid_grant'],
    ['a plain challenge', { response_type: 'code token', code_challenge: 'a'.repeat(43) }, 'invalid_request'],
    ['a short state', { response_type: 'token', state: '1234567' }, 'invalid_state'],
    ['no redirect URI', { response_type: 'code token', scope: 'read', redirect_uri: '' }, 'invalid_request'],
    ['a prompt that shows nothing', { response_type: 'id_token', prompt: 'none' }, 'login_required'],
  ] as const) {
    it(`OpenID Connect Core 3.2.2.6, 3.3.2.6: ${what} is answered in the fragment with ${error}`, async () => {
      const found = await answerTo(parameters);
      assert.equal(found.error, error, JSON.stringify(found));
      assert.deepEqual(Object.keys(found).sort(), ['error', 'error_description', 'iss', 'state']);
    });
  }

  it('RFC 6749 4.2.1: a token alone needs neither a nonce nor a redirect URI', async () => {
    for (const nonce of ['', 'short']) assert.ok((await answerTo({ response_type: 'token', nonce })).access_token);
    assert.ok((await answerTo({ response_type: 'token', scope: 'read', redirect_uri: '' })).access_token);
    assert.ok((await answerTo({ response_type: 'code token', nonce: '' })).access_token);
    assert.ok((await answerTo({ client_id: 'no-implicit', response_type: 'code id_token' })).id_token);
  });

  // Hydra: until the response type is known to be good, it has no default response mode.
  for (const [what, parameters, error] of [
    [
      'a combination of which only the parts are registered',
      { client_id: 'each-alone', response_type: 'code token' },
      'unsupported_response_type',
    ],
    ['an unknown word', { response_type: 'token none' }, 'unsupported_response_type'],
    ['a word that comes twice', { response_type: 'token token' }, 'unsupported_response_type'],
    ['a scope that is not registered', { response_type: 'token', scope: 'openid admin' }, 'invalid_scope'],
    ['tokens in the query', { response_type: 'token', response_mode: 'query' }, 'unsupported_response_mode'],
    ['an ID token in the query', { response_type: 'id_token', response_mode: 'query' }, 'unsupported_response_mode'],
    [
      'a hybrid answer in the query',
      { response_type: 'code token', response_mode: 'query' },
      'unsupported_response_mode',
    ],
  ] as const) {
    it(`OAuth 2.0 Multiple Response Types 3: ${what} is answered in the query with ${error}`, async () => {
      const answer = await deployment.authorize({ parameters: { ...NONCE, ...parameters } });
      assert.equal(answer.hash, '');
      assert.deepEqual([...answer.searchParams.keys()].sort(), ['error', 'error_description', 'iss', 'state']);
      assert.equal(answer.searchParams.get('error'), error);
    });
  }

  it('RFC 6749 3.1.1: response types have their case', async () => {
    for (const response_type of ['CODE', 'Token', 'code ID_TOKEN']) {
      assert.equal((await answerTo({ response_type })).error, 'unsupported_response_type', response_type);
    }
  });

  it('RFC 9700 2.1: no token goes over plain http, but to this machine', async (t) => {
    const { deployment: real } = await startDeployment({ test: t, storage: 'memory', config: OUT_OF_DEVELOPMENT });
    const redirect_uris = ['http://app.example.com/cb', 'http://127.0.0.1/cb', REDIRECT_URI];
    await real.createClient({ ...ALL_TYPES, redirect_uris });
    for (const response_type of ['token', 'id_token', 'code token']) {
      const errors = [];
      for (const redirect_uri of redirect_uris) {
        errors.push((await answerTo({ response_type, redirect_uri }, {}, real)).error);
      }
      assert.deepEqual(errors, ['invalid_request', undefined, undefined], response_type);
    }
  });
});

it('RFC 8414 2: the metadata has the response types, and the grant type that clients need for them', async () => {
  const response = await fetch(`${deployment.publicOrigin}/.well-known/openid-configuration`);
  const metadata = (await response.json()) as Record<string, string[]>;
  const wanted = ['code', 'code id_token', 'code token', 'id_token', 'token', 'token id_token', 'token id_token code'];
  assert.deepEqual(metadata.response_types_supported, wanted);
  assert.ok(metadata.grant_types_supported?.includes('implicit'));
  assert.equal(new Set(metadata.grant_types_supported).size, metadata.grant_types_supported?.length);
});

it('RFC 6749 4.2: the token endpoint knows no implicit grant', async () => {
  const { status, body } = await deployment.token({
    client_id: 'app',
    client_secret: 'app-secret',
    grant_type: 'implicit',
  });
  assert.deepEqual([status, body.error], [400, 'invalid_request']);
});

it('OpenID Connect Core 3.3.2.10: oauth4webapi takes the answer of the hybrid flow, and no code from another one', async (t) => {
  const running = await startRunningServer({
    URLS_LOGIN: 'https://apps.example.com/login',
    URLS_CONSENT: 'https://apps.example.com/consent',
  });
  t.after(() => running.close());
  const real = new Deployment(running.addresses, running.issuer);
  await real.createClient(ALL_TYPES);
  const issuer = new URL(running.issuer);
  const insecure = { [oauth.allowInsecureRequests]: true };
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  const client: oauth.Client = { client_id: 'app' };
  const parameters = { ...NONCE, response_type: 'code id_token' };
  const [one, other] = [await real.authorize({ parameters }), await real.authorize({ parameters })];
  const validate = (answer: URL) =>
    oauth.validateCodeIdTokenResponse(as, client, answer, NONCE.nonce, 'state-0123456789', undefined, insecure);

  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    oauth.ClientSecretPost('app-secret'),
    await validate(one),
    REDIRECT_URI,
    oauth.nopkce,
    insecure,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
    expectedNonce: NONCE.nonce,
    requireIdToken: true,
  });
  assert.equal(oauth.getValidatedIdTokenClaims(tokens)?.sub, 'user-1');

  const injected = new URLSearchParams(other.hash.slice(1));
  injected.set('code', fragmentOf(one).code ?? '');
  other.hash = injected.toString();
  await assert.rejects(validate(other), /c_hash/);
});
