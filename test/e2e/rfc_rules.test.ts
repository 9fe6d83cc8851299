import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CompactSign, exportJWK, generateKeyPair } from 'jose';
import { chosenEngine } from '../store/engines.ts';
import type { Browser } from './browser.ts';
import { OUT_OF_DEVELOPMENT, startDeployment, startTogether } from './deployment.ts';
import { CREDENTIALS, type Deployment, type Json, REDIRECT_URI } from './flow.ts';

let deployment: Deployment;
let close: () => Promise<void>;
let advance: (seconds: number) => void;

before(async () => {
  ({ deployment, close, advance } = await startDeployment({ storage: 'memory' }));
  await deployment.createClient();
});
after(() => close());

const MACHINE = { ...CREDENTIALS, grant_type: 'client_credentials' };
const PUBLIC = { client_secret: '', token_endpoint_auth_method: 'none' };
const errorOf = (url: URL) => url.searchParams.get('error');
const claimsOf = (jwt: unknown): Json =>
  JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString()) as Json;
const metadataOf = async ({ publicOrigin }: Deployment): Promise<Json> =>
  (await (await fetch(`${publicOrigin}/.well-known/oauth-authorization-server`)).json()) as Json;
const userinfo = (access_token: unknown, init: RequestInit = {}) =>
  fetch(`${deployment.publicOrigin}/userinfo`, { headers: { authorization: `Bearer ${access_token}` }, ...init });

/** Whether the consent app of a next request is told that it may skip its question. */
async function isConsentSkipped(browser: Browser, parameters: Record<string, string>): Promise<unknown> {
  const { location } = await browser.get(deployment.authorizeUrl(parameters));
  const link = await deployment.acceptLogin(location.searchParams.get('login_challenge') ?? '');
  const query = new URLSearchParams({
    consent_challenge: (await browser.get(link)).location.searchParams.get('consent_challenge') ?? '',
  });
  return (await deployment.admin('GET', `/admin/oauth2/auth/requests/consent?${query}`)).body.skip;
}

describe('clients (RFC 6749 section 2)', () => {
  it('RFC 6749 2.2, 3.3, 4.1.2, 5.1: what docs/quickstart.md says of sizes is true', async () => {
    const text = readFileSync(new URL('../../docs/quickstart.md', import.meta.url), 'utf8').replaceAll('\n', ' ');
    const documented = (what: RegExp) => Number(what.exec(text)?.[1] ?? assert.fail(String(what)));
    const { body } = await deployment.admin('POST', '/admin/clients', {});
    assert.equal(String(body.client_id).length, documented(/`client_id` that Gatehouse chooses has (\d+) characters/));
    const size = documented(/code, an opaque access token and a refresh token have (\d+) each/);
    const code = await deployment.code();
    assert.equal(code.length, size);
    const { access_token, refresh_token } = (await deployment.exchange(code)).body;
    assert.equal(String(access_token).length, size);
    assert.equal(String(refresh_token).length, size);
    assert.match(text, /asks for no `scope` is granted none/);
  });

  it('RFC 6749 10.1: a public client is given no secret', async () => {
    const { status, body } = await deployment.admin('POST', '/admin/clients', { token_endpoint_auth_method: 'none' });
    assert.equal(status, 201);
    assert.ok(!('client_secret' in body));
  });
});

describe('endpoints (RFC 6749 section 3)', () => {
  it('RFC 6749 3.1, 3.2: no address of an endpoint has a fragment', async () => {
    const addresses = Object.entries(await metadataOf(deployment)).filter(([name]) => /_(endpoint|uri)$/.test(name));
    assert.ok(addresses.length >= 7);
    for (const [name, address] of addresses) assert.equal(new URL(String(address)).hash, '', name);
  });

  it('RFC 6749 3.1.2: a redirect URI keeps its query, and cannot have a fragment', async () => {
    const redirect_uri = `${REDIRECT_URI}?tenant=a%20b&keep`;
    await deployment.createClient({ client_id: 'query', redirect_uris: [redirect_uri] });
    for (const parameters of [{}, { scope: 'never' }]) {
      const answer = await deployment.authorize({ parameters: { client_id: 'query', redirect_uri, ...parameters } });
      assert.equal(answer.searchParams.get('tenant'), 'a b', String(answer));
      assert.equal(answer.searchParams.get('keep'), '');
      assert.ok(answer.searchParams.has('code') || errorOf(answer) === 'invalid_scope');
    }
    const { status, body } = await deployment.admin('POST', '/admin/clients', { redirect_uris: [`${REDIRECT_URI}#x`] });
    assert.deepEqual([status, body.error], [400, 'invalid_redirect_uri']);
  });

  it('RFC 6749 3.1.2.2: a client without a redirect URI is answered nowhere', async () => {
    for (const [client_id, values] of Object.entries({ none: {}, 'none-public': PUBLIC })) {
      await deployment.createClient({ client_id, redirect_uris: [], ...values });
      for (const parameters of [{}, { redirect_uri: '', scope: 'read' }]) {
        const answer = await deployment.authorize({ parameters: { client_id, ...parameters } });
        assert.equal(answer.origin, 'https://apps.example.com');
        assert.equal(errorOf(answer), 'invalid_request');
      }
    }
  });

  it('RFC 6749 3.2.1: a confidential client without its secret redeems, refreshes and revokes nothing', async () => {
    const code = await deployment.code();
    const refused = async (form: Record<string, string>, path = '/oauth2/token') => {
      const response = await fetch(`${deployment.publicOrigin}${path}`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'app', ...form }),
      });
      const { error } = (await response.json()) as Json;
      assert.deepEqual([response.status, error], [401, 'invalid_client']);
    };
    await refused({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI });
    const { body } = await deployment.exchange(code);
    await refused({ grant_type: 'refresh_token', refresh_token: String(body.refresh_token) });
    await refused({ token: String(body.access_token) }, '/oauth2/revoke');
    assert.equal(await deployment.isActive(body.access_token), true);
    assert.equal(await deployment.isActive(body.refresh_token), true);
  });

  it('RFC 6749 4.4: client credentials are for a client that is registered for them, and for its own audience', async () => {
    await deployment.createClient({ client_id: 'no-machine', grant_types: ['authorization_code'] });
    const { status, body } = await deployment.token({ ...MACHINE, client_id: 'no-machine' });
    assert.deepEqual([status, body.error], [400, 'unauthorized_client']);
    await deployment.createClient({ client_id: 'reader', audience: ['https://api.example'] });
    const ask = (audience: string) => deployment.token({ ...MACHINE, client_id: 'reader', audience });
    const own = await ask('https://api.example');
    assert.deepEqual((await deployment.introspect(own.body.access_token)).aud, ['https://api.example']);
    for (const audience of ['https://other.example', 'https://api.example https://other.example']) {
      const refused = await ask(audience);
      assert.deepEqual([refused.status, refused.body.error], [400, 'invalid_request'], audience);
    }
  });

  it('RFC 6749 3.3: without a scope none is granted', async () => {
    const { status, body } = await deployment.token(MACHINE);
    assert.deepEqual([status, body.scope], [200, '']);
    assert.equal((await deployment.introspect(body.access_token)).scope, undefined);
  });
});

describe('what is kept (RFC 6749 section 10)', () => {
  it('RFC 6749 10.3, 10.4, 10.5: no token, code or secret stands in the database', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const config = { dsn: `sqlite://${join(folder, 'kept.sqlite')}` };
    const kept = await startDeployment({ storage: 'file', config });
    const { client_secret, registration_access_token } = (
      await kept.deployment.admin('POST', '/admin/clients', { client_id: 'generated' })
    ).body;
    await kept.deployment.createClient();
    const code = await kept.deployment.code();
    const tokens = await kept.deployment.login();
    await kept.close();
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    assert.ok(files.join('').includes('generated'), 'the client is there');
    const secrets = [client_secret, registration_access_token, 'app-secret', code, tokens.id_token];
    for (const secret of [...secrets, tokens.access_token, tokens.refresh_token].map(String)) {
      // The hash of an opaque token is taken of its last part.
      for (const part of [secret, ...(secret.startsWith('ory_') ? secret.slice(7).split('.') : [])]) {
        assert.ok(part.length > 5 && !files.some((text) => text.includes(part)), `${part} is there`);
      }
    }
  });
});

describe('bearer tokens (RFC 6750)', () => {
  it('RFC 6750 3: a challenge names its scheme, and nothing twice', async () => {
    for (const token of ['unknown', 'ory_at_x.y', (await deployment.login()).refresh_token]) {
      const challenge = (await userinfo(token)).headers.get('www-authenticate') ?? '';
      const [, parameters = ''] = /^Bearer (.+)$/.exec(challenge) ?? [];
      const names = [...parameters.matchAll(/(\w+)="([\x20\x21\x23-\x5b\x5d-\x7e]*)"(?:,|$)/g)].map(([, name]) => name);
      assert.ok(names.includes('error'), challenge);
      assert.equal(new Set(names).size, names.length, challenge);
    }
  });

  it('RFC 6750 5.3, RFC 9700 2.3: a token names the audience that was asked for and granted, and no other', async () => {
    const [one, two] = ['https://one.example', 'https://two.example'];
    await deployment.createClient({ client_id: 'heard', audience: [one, two] });
    const parameters = { client_id: 'heard', audience: `${one} ${two}` };
    for (const granted of [[one], [one, two], []]) {
      const answer = await deployment.authorize({ parameters, consent: { grant_access_token_audience: granted } });
      const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '', { client_id: 'heard' });
      assert.deepEqual((await deployment.introspect(body.access_token)).aud, granted);
    }
  });
});

describe('revocation (RFC 7009) and introspection (RFC 7662)', () => {
  it('RFC 7009 2.1: a revocation is a POST with a form', async () => {
    const { access_token } = await deployment.login();
    const address = `${deployment.publicOrigin}/oauth2/revoke`;
    const form = { ...CREDENTIALS, token: access_token };
    assert.equal((await fetch(`${address}?${new URLSearchParams(form)}`)).status, 404);
    for (const body of [JSON.stringify(form), '']) {
      assert.equal((await fetch(address, { method: 'POST', body })).status, 400);
    }
    assert.equal(await deployment.isActive(access_token), true);
    assert.equal((await fetch(address, { method: 'POST', body: new URLSearchParams(form) })).status, 200);
    assert.equal(await deployment.isActive(access_token), false);
  });

  it('RFC 7662 2.1: a hint that is wrong hides nothing', async () => {
    const { access_token, refresh_token } = await deployment.login();
    for (const [token, token_type_hint] of [
      [access_token, 'refresh_token'],
      [refresh_token, 'access_token'],
      [access_token, 'unknown'],
    ] as const) {
      const response = await fetch(`${deployment.adminOrigin}/admin/oauth2/introspect`, {
        method: 'POST',
        body: new URLSearchParams({ token, token_type_hint }),
      });
      assert.equal(((await response.json()) as Json).active, true);
    }
  });
});

describe('PKCE (RFC 7636)', () => {
  it('RFC 7636 4.4.1: the client is told what is wrong with its challenge', async (t) => {
    const descriptionOf = (answer: URL) => answer.searchParams.get('error_description') ?? '';
    const plain = { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' };
    assert.match(descriptionOf(await deployment.authorize({ parameters: plain })), /'code_challenge_method' must be/);
    const config = { oauth2: { pkce: { enforced: true } } };
    const { deployment: strict } = await startDeployment({ test: t, storage: 'memory', config });
    await strict.createClient();
    assert.match(descriptionOf(await strict.authorize()), /'code_challenge' is required/);
  });

  it('RFC 7636 4.6: a code that was issued without PKCE is worth nothing where that is required since', async (t) => {
    const strict = { oauth2: { pkce: { enforced: true } } };
    const [before = assert.fail(), since = assert.fail()] = await startTogether(t, chosenEngine('file'), {}, strict);
    await before.createClient();
    const code = await before.code();
    const { status, body } = await since.exchange(code);
    assert.deepEqual([status, body.error], [400, 'invalid_request']);
    assert.equal((await before.exchange(code)).status, 200);
  });
});

describe('JSON Web Tokens (RFC 7519, RFC 7523)', () => {
  let sign: (claims: string) => Promise<string>;
  before(async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    for (const client_id of ['keyed', 'keyed-too']) {
      await deployment.createClient({
        client_id,
        client_secret: undefined,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', use: 'sig', alg: 'ES256' }] },
      });
    }
    sign = (claims) =>
      new CompactSign(Buffer.from(claims)).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(privateKey);
  });

  const now = () => Math.floor(deployment.now().getTime() / 1000);
  const claims = (changes: Json = {}) => ({
    iss: 'keyed',
    sub: 'keyed',
    aud: `${deployment.issuer}oauth2/token`,
    exp: now() + 60,
    jti: crypto.randomUUID(),
    ...changes,
  });
  const present = async (text: string, form: Record<string, string> = {}) =>
    deployment.token({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await sign(text),
      ...form,
    });

  it('RFC 7519 2, 4.1.4: a time may have a fraction, and a token is no good at its end', async () => {
    assert.equal((await present(JSON.stringify(claims({ exp: now() + 60.5, nbf: now() - 0.5 })))).status, 200);
    for (const exp of [now() - 0.5, now()]) {
      assert.equal((await present(JSON.stringify(claims({ exp })))).status, 401, 'its end is past or now');
    }
  });

  it('RFC 7519 4: of a claim that comes twice the last counts, and one that nobody knows is ignored', async () => {
    const twice = (first: string, last: string) =>
      JSON.stringify(claims({ sub: undefined, 'https://example.com/unknown': [{}] })).replace(
        '{',
        `{"sub":"${first}","sub":"${last}",`,
      );
    assert.equal((await present(twice('other', 'keyed'))).status, 200);
    assert.equal((await present(twice('keyed', 'other'), { client_id: 'keyed' })).status, 401);
  });

  it('RFC 7519 4.1.7: no two tokens have the same jti', async (t) => {
    const jwt = await startDeployment({ test: t, storage: 'memory', config: { strategies: { access_token: 'jwt' } } });
    await jwt.deployment.createClient();
    const { access_token, id_token } = await jwt.deployment.login();
    const tokens = [access_token, id_token];
    for (let at = 0; at < 20; at++) tokens.push(String((await jwt.deployment.token(MACHINE)).body.access_token));
    assert.equal(new Set(tokens.map((token) => claimsOf(token).jti)).size, tokens.length);
  });

  it('RFC 7523 2.1: a client that presents an assertion as a grant authenticates too', async () => {
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    await deployment.createClient({ client_id: 'bearer', grant_types: [grant_type] });
    const grant = { grant_type, assertion: await sign(JSON.stringify(claims())) };
    const wrong = await deployment.token({ ...grant, client_id: 'bearer', client_secret: 'wrong' });
    assert.deepEqual([wrong.status, wrong.body.error], [401, 'invalid_client']);
    assert.equal((await deployment.token(grant)).body.error, 'invalid_request');
  });

  it('RFC 7523 2.2, 3: a client_id beside the assertion is that of the assertion', async () => {
    assert.equal((await present(JSON.stringify(claims()), { client_id: 'keyed' })).status, 200);
    for (const [changes, form] of [
      [{}, { client_id: 'keyed-too' }],
      [{ sub: 'keyed-too' }, {}],
      [{ iss: 'keyed-too' }, {}],
      [{ sub: 'nobody', iss: 'nobody' }, {}],
    ] as const) {
      const { status, body } = await present(JSON.stringify(claims(changes)), form as Record<string, string>);
      assert.deepEqual([status, body.error], [401, 'invalid_client'], JSON.stringify([changes, form]));
    }
  });
});

describe('native applications (RFC 8252)', () => {
  it('RFC 8252 8.1, 8.5: a public client redeems with its verifier, and needs no secret', async () => {
    const client_id = 'public-with-pkce';
    await deployment.createClient({ client_id, ...PUBLIC, grant_types: ['authorization_code', 'refresh_token'] });
    const code_verifier = 'v'.repeat(43);
    const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
    const form = { grant_type: 'authorization_code', client_id, redirect_uri: REDIRECT_URI };
    const newCode = () => deployment.code({ client_id, code_challenge, code_challenge_method: 'S256' });
    const { status, body } = await deployment.token({ ...form, code: await newCode(), code_verifier });
    assert.equal(status, 200);
    const refreshed = await deployment.token({
      grant_type: 'refresh_token',
      client_id,
      refresh_token: String(body.refresh_token),
    });
    assert.equal(refreshed.status, 200);
    assert.notEqual(refreshed.body.refresh_token, body.refresh_token, 'it rotates');
    const stolen = await deployment.token({ ...form, code: await newCode() });
    assert.equal(stolen.body.error, 'invalid_grant');
  });

  it('RFC 8252 8.6: a client that another could pose as is asked about again, whatever was remembered', async () => {
    const isSkipped = async (client_id: string, redirect_uri: string, values: Json) => {
      await deployment.createClient({ client_id, redirect_uris: [redirect_uri], ...values });
      const browser = deployment.browser();
      const remember = { remember: true };
      const parameters = { client_id, redirect_uri };
      await deployment.authorize({ browser, parameters, login: remember, consent: remember });
      return isConsentSkipped(browser, parameters);
    };
    assert.equal(await isSkipped('native', 'com.example.app:/cb', PUBLIC), false);
    assert.equal(await isSkipped('claimed', 'https://app.example.com/native', PUBLIC), true);
    assert.equal(await isSkipped('proven', 'com.example.app:/cb', {}), true);
  });

  it('RFC 6749 10.2: with prompt=none no public client is answered where others read along', async (t) => {
    const { deployment: real } = await startDeployment({ test: t, storage: 'memory', config: OUT_OF_DEVELOPMENT });
    const [open, secure] = ['http://app.example.com/callback', REDIRECT_URI];
    const redirect_uris = [open, secure];
    await real.createClient({ client_id: 'public', redirect_uris, ...PUBLIC });
    await real.createClient({ client_id: 'proven', redirect_uris });
    const browser = real.browser();
    const remember = { remember: true };
    for (const client_id of ['public', 'proven']) {
      await real.authorize({ browser, parameters: { client_id }, login: remember, consent: remember });
    }
    const afterLogin = async (client_id: string, redirect_uri: string): Promise<URL> => {
      const { location } = await browser.get(real.authorizeUrl({ client_id, redirect_uri, prompt: 'none' }));
      const link = await real.acceptLogin(
        location.searchParams.get('login_challenge') ?? assert.fail(String(location)),
      );
      return (await browser.get(link)).location;
    };
    assert.equal(errorOf(await afterLogin('public', open)), 'consent_required');
    for (const location of [await afterLogin('public', secure), await afterLogin('proven', open)]) {
      assert.ok(location.searchParams.has('consent_challenge'), String(location));
    }
  });
});

describe('metadata (RFC 8414)', () => {
  it('RFC 8414 2, OpenID Connect Discovery 3: what is required is there, and every address uses https', async (t) => {
    const urls = { self: { issuer: 'https://issuer.test/tenant' } };
    const { deployment: real } = await startDeployment({ test: t, storage: 'memory', config: { dev: false, urls } });
    const metadata = await metadataOf(real);
    assert.equal(metadata.issuer, 'https://issuer.test/tenant');
    for (const name of ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri']) {
      assert.equal(typeof metadata[name], 'string', name);
    }
    for (const [name, address] of Object.entries(metadata)) {
      if (/_(endpoint|uri)$/.test(name)) assert.match(String(address), /^https:\/\/issuer\.test\/tenant\//, name);
    }
    const { response_types_supported, subject_types_supported, token_endpoint_auth_signing_alg_values_supported } =
      metadata as Record<string, string[]>;
    assert.ok(response_types_supported?.includes('code'));
    assert.deepEqual(subject_types_supported, ['public']);
    assert.ok(token_endpoint_auth_signing_alg_values_supported?.includes('RS256'));
    assert.ok(!token_endpoint_auth_signing_alg_values_supported?.includes('none'));
  });

  it('RFC 8414 2: every endpoint that the metadata name is there', async () => {
    const metadata = await metadataOf(deployment);
    const names = Object.keys(metadata).filter((name) => /_(endpoint|uri)$/.test(name));
    for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri']) assert.ok(names.includes(name), name);
    for (const name of names) {
      const { pathname } = new URL(String(metadata[name]));
      const answers = await Promise.all(
        ['GET', 'POST'].map((method) =>
          fetch(`${deployment.publicOrigin}${pathname}`, { method, redirect: 'manual' }).then(({ status }) => status),
        ),
      );
      assert.ok(
        answers.some((status) => status !== 404),
        `${name}: ${answers}`,
      );
    }
  });
});

describe('best current practice (RFC 9700)', () => {
  it('RFC 9700 2.4: the password of a person is no grant', async () => {
    const grant_types = ['password', 'authorization_code'];
    await deployment.createClient({ client_id: 'password', grant_types });
    const form = { grant_type: 'password', username: 'user-1', password: 'a password', scope: 'openid' };
    const { status, body } = await deployment.token({ ...CREDENTIALS, client_id: 'password', ...form });
    assert.deepEqual([status, body.error], [400, 'invalid_request']);
    assert.ok(!((await metadataOf(deployment)).grant_types_supported as string[]).includes('password'));
  });

  it('RFC 9700 2.1: no code goes over plain http, but to this machine', async (t) => {
    const { deployment: real } = await startDeployment({ test: t, storage: 'memory', config: OUT_OF_DEVELOPMENT });
    const redirect_uris = ['http://app.example.com/cb', 'http://127.0.0.1/cb', REDIRECT_URI];
    await real.createClient({ redirect_uris });
    const codes = [];
    for (const redirect_uri of redirect_uris) {
      const answer = await real.authorize({ parameters: { redirect_uri } });
      codes.push(answer.searchParams.has('code'));
      if (!codes.at(-1)) assert.equal(errorOf(answer), 'invalid_request');
    }
    assert.deepEqual(codes, [false, true, true]);
  });

  it('RFC 9700 4.14.2: a refresh token that is not used ends, and one that is used lives on', async () => {
    const [idle, busy] = [await deployment.login(), await deployment.login()];
    advance(20 * 86400);
    const { body } = await deployment.refresh(busy.refresh_token);
    advance(15 * 86400);
    assert.equal((await deployment.refresh(idle.refresh_token)).body.error, 'invalid_grant');
    assert.equal((await deployment.refresh(body.refresh_token)).status, 200);
  });

  it('RFC 9700 4.15: a client that registers itself does not choose by what name it is known', async (t) => {
    const config = { oidc: { dynamic_client_registration: { enabled: true } } };
    const { deployment: open } = await startDeployment({ test: t, storage: 'memory', config });
    const response = await fetch(`${open.publicOrigin}/oauth2/register`, {
      method: 'POST',
      body: JSON.stringify({ client_id: 'user-1', redirect_uris: [REDIRECT_URI] }),
    });
    assert.equal(response.status, 201);
    assert.match(((await response.json()) as { client_id: string }).client_id, /^[0-9a-f-]{36}$/);
  });
});

describe('OpenID Connect Core', () => {
  it('OpenID Connect Core 2: the header of an ID token brings no key along', async () => {
    const { id_token } = await deployment.login();
    const header = JSON.parse(Buffer.from(id_token.split('.')[0] ?? '', 'base64url').toString()) as Json;
    assert.deepEqual(Object.keys(header).sort(), ['alg', 'kid', 'typ']);
  });

  it('OpenID Connect Core 2: auth_time is when the person logged in, also when the login was remembered', async () => {
    const browser = deployment.browser();
    const remember = { remember: true };
    const authTimeOf = async (parameters: Record<string, string>) => {
      const answer = await deployment.authorize({ browser, parameters, login: remember, consent: remember });
      return claimsOf((await deployment.exchange(answer.searchParams.get('code') ?? '')).body.id_token).auth_time;
    };
    const first = await authTimeOf({});
    advance(100);
    assert.equal(await authTimeOf({ max_age: '3600' }), first);
    assert.ok(Number(await authTimeOf({ max_age: '50' })) >= Number(first) + 100);
  });

  it('OpenID Connect Core 3.1.2.1: what the client asks for without need is no error where it is not known', async () => {
    const parameters = { display: 'hologram', ui_locales: 'tlh', claims_locales: 'tlh', acr_values: 'unobtainium' };
    assert.ok((await deployment.authorize({ parameters })).searchParams.has('code'));
  });

  it('OpenID Connect Core 3.1.2.1: prompt=none beside another value shows no page', async () => {
    const browser = deployment.browser();
    for (const prompt of ['none login', 'none consent', 'select_account none']) {
      const answer = await deployment.authorize({ browser, parameters: { prompt } });
      assert.equal(answer.origin + answer.pathname, REDIRECT_URI);
      assert.ok(errorOf(answer), prompt);
    }
    await deployment.authorize({ browser, login: { remember: true }, consent: { remember: true } });
    for (const prompt of ['none login', 'none consent', 'select_account none']) {
      const answer = await deployment.authorize({ browser, parameters: { prompt } });
      assert.equal(answer.origin + answer.pathname, REDIRECT_URI);
      assert.ok(errorOf(answer), prompt);
    }
  });

  it('OpenID Connect Core 3.1.2.1: prompt=consent asks, though a consent is remembered', async () => {
    const browser = deployment.browser();
    const remember = { remember: true };
    await deployment.authorize({ browser, login: remember, consent: remember });
    assert.equal(await isConsentSkipped(browser, {}), true);
    assert.equal(await isConsentSkipped(browser, { prompt: 'consent' }), false);
  });

  it('OpenID Connect Core 3.1.2.1: an ID token that has expired is still a hint', async () => {
    const { id_token } = await deployment.login();
    advance(7200);
    assert.ok(Number(claimsOf(id_token).exp) < deployment.now().getTime() / 1000);
    const answer = await deployment.authorize({ parameters: { id_token_hint: id_token } });
    assert.ok(answer.searchParams.has('code'), String(answer));
  });

  it('OpenID Connect Core 3.1.3.1: a good secret in another way than the registered one is refused', async () => {
    const grant_type = 'client_credentials';
    await deployment.createClient({ client_id: 'basic', token_endpoint_auth_method: 'client_secret_basic' });
    const withBasic = async (client_id: string) => {
      const response = await fetch(`${deployment.publicOrigin}/oauth2/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${client_id}:app-secret`)}` },
        body: new URLSearchParams({ grant_type }),
      });
      return response.status;
    };
    assert.deepEqual([await withBasic('basic'), await withBasic('app')], [200, 401]);
    assert.equal((await deployment.token({ ...MACHINE, client_id: 'basic' })).status, 401);
    assert.equal((await deployment.token(MACHINE)).status, 200);
  });

  it('OpenID Connect Core 5.3.1: userinfo takes GET and POST, with the token in the header', async () => {
    const { access_token } = await deployment.login();
    for (const method of ['GET', 'POST']) {
      const response = await userinfo(access_token, { method, headers: { authorization: `Bearer ${access_token}` } });
      assert.equal(response.status, 200);
      assert.equal(((await response.json()) as Json).sub, 'user-1');
    }
  });

  it('OpenID Connect Core 12.2: a refreshed ID token has the nonce of the first, and fits the new access token', async () => {
    const code = await deployment.code({ nonce: 'nonce-0123456789' });
    const { refresh_token } = (await deployment.exchange(code)).body;
    const { access_token, id_token } = (await deployment.refresh(refresh_token)).body;
    assert.equal(claimsOf(id_token).nonce, 'nonce-0123456789');
    const half = createHash('sha256').update(String(access_token)).digest().subarray(0, 16).toString('base64url');
    assert.equal(claimsOf(id_token).at_hash, half);
  });
});
