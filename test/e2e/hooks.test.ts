import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { JsonObject } from '../../src/lib/json.ts';
import { startDeployment } from './deployment.ts';
import { CREDENTIALS, type Deployment, type Json } from './flow.ts';

type Call = {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Json;
  readonly text: string;
};
/** Of the body of a call, what tests look into. */
type Told = {
  readonly request: { readonly payload: Json };
  readonly session: {
    readonly id_token: {
      readonly subject: string;
      readonly expires_at: object;
      readonly headers: { readonly extra: Json };
    };
    readonly consent_challenge: string;
  };
};
const told = (call: Call | undefined): Told => (call?.body ?? assert.fail('no hook was called')) as Told;
type Answer = (response: ServerResponse, call: Call) => unknown;

const EXTENDED = { claims: { plan: 'gold' } };
const MACHINE = { ...CREDENTIALS, grant_type: 'client_credentials' };
/** What only we may say in an access token, and in an ID token. */
const OURS = 'iss sub aud exp nbf iat jti client_id scp ext'.split(' ');
const OURS_OF_ID_TOKENS = 'iss sub aud exp iat jti auth_time sid nonce acr amr at_hash c_hash rat'.split(' ');
const NEVER = '0001-01-01T00:00:00Z';

let site: Server;
let origin: string;
let calls: Call[] = [];
let answers: Readonly<Record<string, Answer>> = {};

before(async () => {
  site = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const call = { path: request.url ?? '', headers: request.headers, body: JSON.parse(text) as Json, text };
    calls.push(call);
    assert.equal(request.method, 'POST');
    const answer = answers[call.path] ?? says(204);
    answer(response, call);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
after(() => {
  site.closeAllConnections();
  site.close();
});
beforeEach(() => {
  calls = [];
  answers = {};
});

/** Objects in each other. */
const nested = (levels: number): Json => (levels === 1 ? {} : { a: nested(levels - 1) });

const says =
  (status: number, body: unknown = ''): Answer =>
  (response) =>
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
const tells = (access_token: Json, id_token: Json = {}) => says(200, { session: { access_token, id_token } });

const withAuth = (config: JsonObject): JsonObject => ({ url: `${origin}/token`, auth: { type: 'api_key', config } });

async function startWithHooks(test: { after(action: () => Promise<void>): void }, config: JsonObject = {}) {
  const oauth2 = {
    token_hook: `${origin}/token`,
    refresh_token_hook: `${origin}/refresh`,
    ...(config.oauth2 as JsonObject),
  };
  const started = await startDeployment({ test, storage: 'memory', config: { ...config, oauth2 } });
  await started.deployment.createClient({
    scope: 'openid offline_access read write',
    audience: ['https://api.example.com'],
  });
  return started;
}

/** Times of a body as seconds from now, within a few; the rest as it is. */
function relative(deployment: Deployment, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry) => relative(deployment, entry));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, relative(deployment, entry)]));
  }
  if (typeof value !== 'string' || value === NEVER || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return value;
  return Math.round((Date.parse(value) - deployment.now().getTime()) / 10_000) * 10 + 0;
}

describe('oauth2.token_hook', () => {
  it('is told of a client that acts for itself, and what it answers is in the token', async (t) => {
    const { deployment } = await startWithHooks(t);
    answers = { '/token': tells(EXTENDED) };
    const audience = 'https://api.example.com';
    const { status, body } = await deployment.token({ ...MACHINE, scope: 'read write', audience });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual((await deployment.introspect(body.access_token)).ext, EXTENDED);
    const [call, ...others] = calls;
    assert.deepEqual(others, []);
    assert.equal(call?.headers['content-type'], 'application/json; charset=UTF-8');
    assert.deepEqual(relative(deployment, call?.body), {
      session: {
        id_token: {
          id_token_claims: {
            jti: '',
            iss: deployment.issuer,
            sub: '',
            aud: null,
            nonce: '',
            exp: NEVER,
            iat: 0,
            rat: NEVER,
            auth_time: NEVER,
            at_hash: '',
            acr: '',
            amr: null,
            c_hash: '',
            ext: null,
          },
          headers: { extra: null },
          expires_at: { access_token: 3600 },
          subject: 'app',
        },
        extra: {},
        kid: '',
        client_id: 'app',
        consent_challenge: '',
        exclude_not_before_claim: false,
        allowed_top_level_claims: [],
        mirror_top_level_claims: true,
      },
      request: {
        client_id: 'app',
        requested_scopes: ['read', 'write'],
        granted_scopes: ['read', 'write'],
        granted_audience: [audience],
        grant_types: ['client_credentials'],
        payload: { grant_type: ['client_credentials'], client_id: ['app'], scope: ['read write'] },
      },
    });
  });

  it('is told of a person, what it adds stays with the tokens, and what the consent says it cannot change', async (t) => {
    const { deployment } = await startWithHooks(t);
    answers = { '/token': tells({ a: 'hook', b: 'hook' }, { email: 'hook@example.com', team: 'red' }) };
    const answer = await deployment.authorize({
      parameters: { scope: 'openid offline_access read', nonce: 'nonce-0123456789' },
      login: { acr: 'gold', amr: ['pwd'] },
      consent: { session: { access_token: { a: 'consent' }, id_token: { email: 'ada@example.com' } } },
    });
    const { body: tokens } = await deployment.exchange(answer.searchParams.get('code') ?? '');
    const { sid, ...claims } = decodeJwt<{ sid: string }>(String(tokens.id_token));
    assert.partialDeepStrictEqual(claims, {
      sub: 'user-1',
      email: 'ada@example.com',
      team: 'red',
      nonce: 'nonce-0123456789',
    });
    assert.match(String(sid), /^[0-9a-f-]{36}$/);
    assert.deepEqual((await deployment.introspect(tokens.access_token)).ext, { a: 'consent', b: 'hook' });
    const { session } = told(calls[0]);
    assert.equal(typeof session.id_token.headers.extra.kid, 'string');
    assert.match(session.consent_challenge, /^[\w-]{16,}$/);
    assert.partialDeepStrictEqual(relative(deployment, calls[0]?.body), {
      session: {
        id_token: {
          id_token_claims: {
            sub: 'user-1',
            aud: ['app'],
            nonce: 'nonce-0123456789',
            exp: NEVER,
            iat: 0,
            rat: 0,
            auth_time: 0,
            acr: 'gold',
            amr: ['pwd'],
            ext: { email: 'ada@example.com', sid },
          },
          expires_at: { access_token: 3600, authorize_code: 600, refresh_token: 2_592_000 },
          subject: 'user-1',
        },
        extra: { a: 'consent' },
      },
      request: {
        requested_scopes: ['openid', 'offline_access', 'read'],
        granted_scopes: [],
        granted_audience: [],
        grant_types: ['authorization_code'],
        payload: { grant_type: ['authorization_code'], client_id: ['app'] },
      },
    });
  });

  it('is told of the assertion of a JWT bearer, and of no other secret', async (t) => {
    const { deployment } = await startWithHooks(t);
    await deployment.createClient({ client_id: 'robot', grant_types: [JWT_BEARER], scope: 'read' });
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
    const expires_at = new Date(deployment.now().getTime() + 3_600_000).toISOString();
    const trust = { issuer: 'https://sts.example.com', subject: 'robot-7', scope: ['read'], jwk, expires_at };
    assert.equal((await deployment.admin('POST', '/admin/trust/grants/jwt-bearer/issuers', trust)).status, 201);
    const assertion = await new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .setIssuer('https://sts.example.com')
      .setSubject('robot-7')
      .setAudience(`${deployment.issuer}oauth2/token`)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    answers = { '/token': tells(EXTENDED) };
    const form = { client_id: 'robot', client_secret: 'app-secret', grant_type: JWT_BEARER, assertion, scope: 'read' };
    const { status, body } = await deployment.token(form);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual((await deployment.introspect(body.access_token)).ext, EXTENDED);
    const { request, session } = told(calls[0]);
    assert.deepEqual(request.payload.assertion, [assertion]);
    assert.equal(session.id_token.subject, 'robot-7');
    const code_verifier = 'secret-verifier-of-more-than-forty-three-characters';
    const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
    const answer = await deployment.authorize({ parameters: { code_challenge, code_challenge_method: 'S256' } });
    const code = answer.searchParams.get('code') ?? '';
    const exchanged = await deployment.exchange(code, {
      code_verifier,
      nonsense: 'secret-nonsense',
    });
    await deployment.refresh(exchanged.body.refresh_token);
    assert.ok(calls.length > 2);
    for (const { text } of calls) {
      for (const secret of ['app-secret', 'secret-', code, String(exchanged.body.refresh_token)])
        assert.ok(!text.includes(secret), secret);
    }
  });

  it('adds to what a person granted to a device', async (t) => {
    const { deployment } = await startWithHooks(t);
    await deployment.createClient({
      client_id: 'tv',
      grant_types: [DEVICE, 'refresh_token'],
      scope: 'openid offline_access read',
    });
    answers = { '/token': tells({ a: 'hook', b: 'hook' }, { team: 'red' }) };
    const tokens = await deviceTokens(deployment);
    assert.deepEqual((await deployment.introspect(tokens.access_token)).ext, { a: 'consent', b: 'hook' });
    assert.equal(decodeJwt(String(tokens.id_token)).team, 'red');
    assert.partialDeepStrictEqual(calls[0]?.body, {
      request: {
        requested_scopes: ['openid', 'read'],
        granted_scopes: [],
        granted_audience: [],
        grant_types: [DEVICE],
      },
    });
    const { expires_at } = told(calls[0]).session.id_token;
    assert.deepEqual(Object.keys(expires_at), ['access_token', 'refresh_token']);
  });

  it('has its key in a header, in a cookie, or nowhere', async (t) => {
    const cases: [JsonObject, string | undefined, string | undefined][] = [
      [{ in: 'header', name: 'X-Hook-Key', value: 'key-1' }, 'key-1', undefined],
      [{ in: 'cookie', name: 'x-hook-key', value: 'key-2' }, undefined, 'x-hook-key=key-2'],
      [{ name: 'X-Hook-Key', value: 'key-3' }, undefined, undefined],
    ];
    for (const [config, header, cookie] of cases) {
      const { deployment } = await startWithHooks(t, { oauth2: { token_hook: withAuth(config) } });
      assert.equal((await deployment.token(MACHINE)).status, 200);
      const { headers } = calls.pop() ?? assert.fail();
      assert.deepEqual([headers['x-hook-key'], headers.cookie], [header, cookie]);
    }
  });

  it('is asked before anything is written, and in no transaction', async (t) => {
    const { deployment } = await startWithHooks(t);
    const statements: string[] = [];
    const hear = (statement: unknown) => void statements.push(String(statement));
    let release: () => void = () => assert.fail('the first hook was not asked');
    answers = {
      '/token': (response) => {
        answers = {};
        release = () => says(204)(response, calls[0] as Call);
      },
    };
    subscribe('gatehouse:statement', hear);
    t.after(() => unsubscribe('gatehouse:statement', hear));
    const first = deployment.token(MACHINE);
    while (calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(
      statements.filter((statement) => /^(insert|update|delete)/i.test(statement)),
      [],
    );
    assert.equal((await deployment.token(MACHINE)).status, 200);
    release();
    assert.equal((await first).status, 200);
    assert.equal(statements.length, 4, 'two for each, as without a hook');
  });

  it('is not asked where the grant is no good, or where nothing is issued', async (t) => {
    const { deployment } = await startWithHooks(t);
    assert.equal((await deployment.token({ ...MACHINE, client_secret: 'wrong' })).status, 401);
    assert.equal((await deployment.token({ ...MACHINE, scope: 'unknown' })).status, 400);
    assert.equal((await deployment.exchange('ory_ac_nothing')).status, 400);
    await deployment.code();
    assert.deepEqual(calls, []);
  });
});

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

async function deviceTokens(deployment: Deployment): Promise<Json> {
  const credentials = { client_id: 'tv', client_secret: 'app-secret' };
  const begun = await fetch(`${deployment.publicOrigin}/oauth2/device/auth`, {
    method: 'POST',
    body: new URLSearchParams({ ...credentials, scope: 'openid read' }),
  });
  const { device_code, user_code } = (await begun.json()) as Record<string, string>;
  const browser = deployment.browser();
  const query = (await browser.get('/oauth2/device/verify')).location.searchParams;
  const device = await deployment.admin('PUT', `/admin/oauth2/auth/requests/device/accept?${query}`, { user_code });
  const login = (await browser.get(String(device.body.redirect_to))).location.searchParams.get('login_challenge') ?? '';
  const consent =
    (await browser.get(await deployment.acceptLogin(login))).location.searchParams.get('consent_challenge') ?? '';
  const session = { access_token: { a: 'consent' } };
  await browser.get(await deployment.acceptConsent(consent, { grant_scope: ['openid', 'read'], session }));
  const { status, body } = await deployment.token({
    ...credentials,
    grant_type: DEVICE,
    device_code: device_code ?? '',
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

describe('oauth2.refresh_token_hook', () => {
  /** Tokens of a person, issued while no hook had anything to say. */
  async function tokensFor(deployment: Deployment): Promise<Json> {
    const session = { access_token: { a: 'consent' }, id_token: { email: 'ada@example.com' } };
    const answer = await deployment.authorize({ consent: { session } });
    const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '');
    calls = [];
    return body;
  }

  it('is asked first, and the token hook is told what it said', async (t) => {
    const { deployment } = await startWithHooks(t);
    const tokens = await tokensFor(deployment);
    answers = { '/refresh': tells({ a: 'refresh' }, { team: 'red' }) };
    const { body: refreshed } = await deployment.refresh(tokens.refresh_token);
    assert.deepEqual((await deployment.introspect(refreshed.access_token)).ext, { a: 'refresh' });
    const { team, email, sid } = decodeJwt(String(refreshed.id_token));
    assert.deepEqual([team, email, sid], ['red', undefined, undefined]);
    assert.deepEqual(
      calls.map(({ path }) => path),
      ['/refresh', '/token'],
    );
    const granted = { client_id: 'app', granted_scopes: ['openid', 'offline_access'], granted_audience: [] };
    const { session, ...rest } = calls[0]?.body ?? {};
    assert.deepEqual(rest, {
      subject: 'user-1',
      requester: { ...granted, grant_types: ['refresh_token'] },
      ...granted,
    });
    assert.partialDeepStrictEqual(relative(deployment, session), {
      id_token: {
        id_token_claims: { sub: 'user-1', rat: 0, ext: { email: 'ada@example.com' } },
        expires_at: { access_token: 3600, authorize_code: 600, refresh_token: 2_592_000 },
      },
      extra: { a: 'consent' },
    });
    assert.partialDeepStrictEqual(calls[1]?.body, {
      session: { id_token: { id_token_claims: { ext: { team: 'red' } } }, extra: { a: 'refresh' } },
      request: {
        ...granted,
        requested_scopes: ['openid', 'offline_access'],
        payload: { grant_type: ['refresh_token'], client_id: ['app'] },
      },
    });
  });

  it('is asked at a refresh alone, and what it says is there at the next one', async (t) => {
    const { deployment } = await startWithHooks(t);
    await deployment.token(MACHINE);
    const tokens = await tokensFor(deployment);
    assert.deepEqual(calls, []);
    answers = { '/refresh': tells({ a: 'refresh' }) };
    const { body: second } = await deployment.refresh(tokens.refresh_token);
    answers = {};
    const { body: third } = await deployment.refresh(second.refresh_token);
    assert.deepEqual((await deployment.introspect(third.access_token)).ext, { a: 'refresh' });
  });

  it('an answer without claims empties them, and one without a body leaves them as they are', async (t) => {
    const { deployment } = await startWithHooks(t);
    const tokens = await tokensFor(deployment);
    const { body: second } = await deployment.refresh(tokens.refresh_token);
    assert.deepEqual((await deployment.introspect(second.access_token)).ext, { a: 'consent' });
    assert.equal(typeof decodeJwt(String(second.id_token)).sid, 'string');
    answers = { '/token': says(200, {}) };
    const { body: third } = await deployment.refresh(second.refresh_token);
    assert.deepEqual((await deployment.introspect(third.access_token)).ext, {});
    assert.equal(decodeJwt(String(third.id_token)).email, undefined);
  });

  it('a session keeps its id where the hook repeats it, and gets no other', async (t) => {
    const { deployment } = await startWithHooks(t);
    const tokens = await tokensFor(deployment);
    const { sid } = decodeJwt(String(tokens.id_token));
    answers = { '/refresh': tells({}, { sid: sid as string }) };
    const { body: second } = await deployment.refresh(tokens.refresh_token);
    assert.equal(decodeJwt(String(second.id_token)).sid, sid);
    answers = { '/refresh': tells({}, { sid: 'another' }) };
    const { body: third } = await deployment.refresh(second.refresh_token);
    assert.equal(decodeJwt(String(third.id_token)).sid, undefined);
  });

  it('is not asked again where a client gets the same answer again', async (t) => {
    const gatehouse = { refresh_token: { retry_window: '30s' } };
    const { deployment } = await startWithHooks(t, { gatehouse });
    const tokens = await tokensFor(deployment);
    const { body: second } = await deployment.refresh(tokens.refresh_token);
    const asked = calls.length;
    const { body: again } = await deployment.refresh(tokens.refresh_token);
    assert.deepEqual([again.access_token, calls.length], [second.access_token, asked]);
  });
});

describe('a token hook that', () => {
  let deployment: Deployment;
  let close: () => Promise<void>;
  before(async () => {
    ({ deployment, close } = await startWithHooks(
      { after: () => {} },
      { strategies: { access_token: 'jwt' }, oauth2: { allowed_top_level_claims: OURS } },
    ));
  });
  after(() => close());

  async function fails(answer: Answer, status: number, error: string, times = 1): Promise<void> {
    calls = [];
    answers = { '/token': answer };
    const { status: given, body, headers } = await deployment.token(MACHINE);
    assert.deepEqual([given, body.error], [status, error], JSON.stringify(body));
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(calls.length, times);
  }

  it('refuses leaves the code as it was', async () => {
    const code = await deployment.code();
    answers = { '/token': says(403, { error: 'no' }) };
    const { status, body } = await deployment.exchange(code);
    assert.deepEqual([status, body.error], [403, 'access_denied']);
    answers = {};
    assert.equal((await deployment.exchange(code)).status, 200);
  });

  it('answers with another status is a failure of ours', async () => {
    for (const status of [201, 202, 301, 302, 307, 400, 401, 404, 409, 501])
      await fails(says(status, {}), 500, 'server_error');
  });

  it('sends us elsewhere is not followed', async () => {
    await fails((response) => response.writeHead(307, { location: `${origin}/elsewhere` }).end(), 500, 'server_error');
    assert.ok(!calls.some(({ path }) => path === '/elsewhere'));
  });

  const bodies: readonly unknown[] = [
    '',
    'x',
    'null',
    '[]',
    '"text"',
    '{"session":',
    '{"session":{"access_token":{"a":"\\u0000"}}}',
    Buffer.from([0x22, 0xff, 0x22]).toString('latin1'),
    { session: 'x' },
    { session: [] },
    { session: { access_token: 'x' } },
    { session: { access_token: [] } },
    { session: { id_token: 1 } },
    { session: { id_token: nested(63) } },
    `{"session":{"access_token":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}}`,
    { session: { access_token: { a: 'x'.repeat(256 * 1024) } } },
  ];
  it('nests its claims is understood, within reason', async () => {
    answers = { '/token': says(200, { session: { access_token: nested(62) } }) };
    const { body } = await deployment.token(MACHINE);
    assert.deepEqual((await deployment.introspect(body.access_token)).ext, nested(62));
  });

  it('answers with nonsense, or with too much, is a failure of ours', async () => {
    for (const body of bodies) await fails(says(200, body), 500, 'server_error');
  });

  it('never stops talking is cut off', async () => {
    await fails(
      (response) => {
        const timer = setInterval(() => response.write('x'.repeat(65_536)), 1);
        response.on('close', () => clearInterval(timer));
      },
      500,
      'server_error',
    );
  });

  it('takes too long is given up', async (t) => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const waits: number[] = [];
    t.mock.method(AbortSignal, 'timeout', (milliseconds: number) => {
      waits.push(milliseconds);
      return timeout(Math.min(milliseconds, 50));
    });
    await fails(() => {}, 500, 'server_error');
    const [longest = 0, ...others] = waits;
    assert.deepEqual(others, []);
    assert.ok(longest > 0 && longest <= 30_000, `${longest}`);
  });

  it('may be better in a moment is asked three times', async () => {
    const refusals = [503, 429];
    answers = { '/token': (response, call) => says(refusals.shift() ?? 204)(response, call) };
    assert.equal((await deployment.token(MACHINE)).status, 200);
    assert.equal(calls.length, 3);
    await fails(says(500), 500, 'server_error', 3);
    await fails((response) => response.destroy(), 500, 'server_error', 3);
  });

  it('wants claims that are ours does not get them', async () => {
    const forged = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'forged']));
    const answer = tells(forged(OURS), forged(OURS_OF_ID_TOKENS));
    answers = { '/token': answer, '/refresh': answer };
    const { body: first } = await deployment.exchange(await deployment.code());
    const { body: second } = await deployment.refresh(first.refresh_token);
    const { body: machine } = await deployment.token(MACHINE);
    for (const token of [
      first.access_token,
      first.id_token,
      second.access_token,
      second.id_token,
      machine.access_token,
    ]) {
      const { ext, ...claims } = decodeJwt(String(token));
      assert.ok(!JSON.stringify(claims).includes('forged'), JSON.stringify(claims));
    }
    const response = await fetch(`${deployment.publicOrigin}/userinfo`, {
      headers: { authorization: `Bearer ${second.access_token}` },
    });
    assert.ok(!(await response.text()).includes('forged'));
  });

  it('names a claim like a prototype changes nothing else', async () => {
    answers = { '/token': says(200, '{"session":{"access_token":{"__proto__":{"active":false},"a":1}}}') };
    const { body } = await deployment.token(MACHINE);
    assert.equal((await deployment.introspect(body.access_token)).active, true);
  });
});

it('one hook does without the other', async (t) => {
  const config = { oauth2: { refresh_token_hook: `${origin}/refresh` } };
  const { deployment } = await startDeployment({ test: t, storage: 'memory', config });
  await deployment.createClient();
  const { refresh_token } = await deployment.login();
  assert.deepEqual(calls, []);
  assert.equal((await deployment.refresh(refresh_token)).status, 200);
  assert.deepEqual(
    calls.map(({ path }) => path),
    ['/refresh'],
  );
});

it('what is wrong with a hook is told where causes are shown, and nowhere else', async (t) => {
  answers = { '/token': (response) => response.destroy() };
  for (const expose_internal_errors of [true, false]) {
    const { deployment } = await startWithHooks(t, { oauth2: { expose_internal_errors } });
    const { body } = await deployment.token(MACHINE);
    assert.equal(String(body.error_description).includes('socket hang up'), expose_internal_errors);
  }
});

it('a hook at a private address is not called where that is forbidden, unless it is an exception', async (t) => {
  const forbidden = await startWithHooks(t, { clients: { http: { disallow_private_ip_ranges: true } } });
  const { status, body } = await forbidden.deployment.token(MACHINE);
  assert.deepEqual([status, body.error, calls.length], [500, 'server_error', 0]);
  const http = { disallow_private_ip_ranges: true, private_ip_exception_urls: [`${origin}/token`] };
  const exempt = await startWithHooks(t, { clients: { http } });
  assert.equal((await exempt.deployment.token(MACHINE)).status, 200);
  assert.equal(calls.length, 1);
});
