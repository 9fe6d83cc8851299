import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { CompactSign, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { startDeployment } from '../e2e/deployment.ts';
import { type Deployment, type Json, REDIRECT_URI } from '../e2e/flow.ts';
import { forgeries } from './forgeries.ts';

let deployment: Deployment;
let close: () => Promise<void>;

const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const EDWARDS = generateKeyPairSync('ed25519');
const OTHER = 'https://app.example.com/other';
const HEADER = { alg: 'ES256', kid: 'k' };

before(async () => {
  ({ deployment, close } = await startDeployment({ storage: 'memory' }));
  const jwk = { ...KEY.publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig' };
  const encryption = { ...KEY.publicKey.export({ format: 'jwk' }), kid: 'e', use: 'enc' };
  const edwards = { ...EDWARDS.publicKey.export({ format: 'jwk' }), kid: 'ed', use: 'sig' };
  const jwks = { keys: [jwk, encryption, edwards] };
  await deployment.createClient({ jwks, redirect_uris: [REDIRECT_URI, OTHER] });
  await deployment.createClient({ client_id: 'pinned', jwks, request_object_signing_alg: 'ES256' });
  await deployment.createClient({ client_id: 'unsigned', jwks, request_object_signing_alg: 'none' });
  await deployment.createClient({ client_id: 'victim', redirect_uris: ['https://victim.example/cb'] });
});
after(() => close());

const now = () => Math.floor(deployment.now().getTime() / 1000);
const sign = (claims: unknown, header: Json = {}) =>
  new CompactSign(Buffer.from(typeof claims === 'string' ? claims : JSON.stringify(claims)))
    .setProtectedHeader({ ...HEADER, ...header })
    .sign(KEY.privateKey);
const unsigned = (claims: JWTPayload) => new UnsecuredJWT(claims).encode();

/** Posted, so that no line of a header is too long. */
async function ask(request: string, parameters: Record<string, string> = {}) {
  const { status, location } = await deployment.browser().post(deployment.authorizeUrl(parameters), { request });
  assert.ok(status === 302 || status === 303, String(status));
  return location;
}

async function isRefused(request: string, what = '', parameters: Record<string, string> = {}): Promise<void> {
  const location = await ask(request, parameters);
  assert.deepEqual(
    [location.pathname, location.searchParams.get('error')],
    ['/error', 'invalid_request_object'],
    `${what} ${location}`,
  );
}

async function isTaken(request: string, what = '', parameters: Record<string, string> = {}): Promise<void> {
  const location = await ask(request, parameters);
  assert.equal(location.pathname, '/login', `${what} ${location}`);
}

describe('RFC 9101 10.1: the algorithm of a request object', () => {
  it('is the registered one, and nothing that is stronger, weaker or none', async () => {
    await isTaken(await sign({}), 'ES256', { client_id: 'pinned' });
    await isRefused(unsigned({}), 'none', { client_id: 'pinned' });
    await isTaken(unsigned({}), 'none', { client_id: 'unsigned' });
    await isRefused(await sign({}), 'ES256', { client_id: 'unsigned' });
  });

  it('is no other than those of the metadata, where none is registered', async () => {
    const claims = { state: 'state-of-the-attacker' };
    const loot = {
      header: HEADER,
      claims,
      publicKey: createPublicKey(KEY.publicKey.export({ format: 'pem', type: 'spki' })),
    };
    const forged = forgeries({ ...loot, genuine: await sign({}), site: 'https://attacker.example' });
    const { 'alg none': none = '', ...others } = forged;
    await isTaken(none, 'an unsigned object is as good as parameters');
    for (const [what, request] of Object.entries(others)) await isRefused(request, what);
    const named = (alg: string) => new SignJWT({}).setProtectedHeader({ alg, kid: 'ed' }).sign(EDWARDS.privateKey);
    await isTaken(await named('EdDSA'));
    await isRefused(await named('Ed25519'), 'a name that is not announced, though a key of the client verifies it');
  });

  it('none comes without a signature, and without an extension', async () => {
    const [header, claims] = unsigned({}).split('.');
    const [, , signature] = (await sign({})).split('.');
    await isRefused(`${header}.${claims}.${signature}`);
    const extended = Buffer.from('{"alg":"none","crit":["exp"],"exp":1}').toString('base64url');
    await isRefused(`${extended}.${claims}.`);
  });

  it('is that of a key to sign with, which the client has', async () => {
    await isRefused(await sign({}, { kid: 'e' }), 'a key to encrypt with');
    await isRefused(await sign({}, { kid: 'other' }), 'an unknown key');
    await isTaken(await sign({}, { kid: undefined }), 'no kid: the keys are tried');
  });
});

describe('RFC 7519 4.1: the times of a request object', () => {
  it('hold it to its term', async () => {
    await isTaken(await sign({ exp: now() + 60, nbf: now() - 60, iat: now() - 60 }));
    await isTaken(await sign({ exp: now() + 60.5, nbf: 0, iat: 0 }));
    const wrong: readonly Json[] = [
      { exp: now() },
      { exp: now() - 60 },
      { exp: 0 },
      { exp: -1 },
      { nbf: now() + 60 },
      { iat: now() + 60 },
      ...['exp', 'nbf', 'iat'].flatMap((name) =>
        [null, '', String(now() + 60), true, [], {}].map((value) => ({ [name]: value })),
      ),
    ];
    for (const claims of wrong) await isRefused(await sign(claims), JSON.stringify(claims));
    await isRefused(unsigned({ exp: now() - 60 }), 'unsigned ones too');
    await isRefused(await sign('{"exp":1e999}'), 'a number beyond all numbers');
  });
});

describe('RFC 9101 4: the members of a request object', () => {
  it('are no request objects', async () => {
    const nested = await sign({ state: 'state-of-the-inner-one' });
    await isRefused(await sign({ request: nested }));
    await isRefused(await sign({ request_uri: 'https://attacker.example/' }));
    await isRefused(await sign(nested, { cty: 'JWT' }), 'nor is the whole');
  });

  it('are refused when no parameter could be like that', async () => {
    for (const text of ['a\\u0000b', '\\ud800', '\\udc00-']) {
      await isRefused(await sign(`{"state":"state-${text}"}`), text);
      await isRefused(await sign(`{"state-${text}":"x"}`), text);
    }
  });

  it('are as deep and as many as fit in 64 KiB', async () => {
    const deep = await ask(await sign(`{"claims":${'['.repeat(20_000)}${']'.repeat(20_000)}}`));
    assert.ok([null, 'invalid_request_object'].includes(deep.searchParams.get('error')), String(deep));
    await isTaken(await sign({ filler: 'x'.repeat(48_000) }));
    await isRefused(await sign({ filler: 'x'.repeat(50_000) }));
  });

  it('of another type are JSON text, and are judged as such', async () => {
    const cases: readonly [claims: Json, error: string][] = [
      [{ state: 12345678 }, ''],
      [{ max_age: 3600, claims: { id_token: {} }, aud: ['a', 'b'], other: true }, ''],
      [{ state: 7 }, 'invalid_state'],
      [{ state: null }, 'invalid_state'],
      [{ scope: ['openid'] }, 'invalid_scope'],
      [{ scope: {} }, 'invalid_scope'],
      [{ redirect_uri: [REDIRECT_URI] }, 'invalid_request'],
      [{ redirect_uri: null }, 'invalid_request'],
      [{ redirect_uri: '' }, 'invalid_request'],
      [{ response_type: ['code'] }, 'unsupported_response_type'],
      [{ response_type: '' }, 'unsupported_response_type'],
      [{ response_mode: true }, 'unsupported_response_mode'],
      [{ audience: 7 }, 'invalid_request'],
      [{ id_token_hint: {} }, 'invalid_request'],
    ];
    for (const [claims, error] of cases) {
      const location = await ask(await sign(claims));
      assert.equal(location.searchParams.get('error') ?? '', error, `${JSON.stringify(claims)} ${location}`);
    }
  });

  it('with names that mean something to JavaScript are names', async () => {
    await isTaken(await sign('{"__proto__":{"state":"x"},"constructor":"y","toString":"z"}'));
  });
});

describe('RFC 9101 10.7: what stands inside against what stands outside', () => {
  it('the client is the one outside: an object of another client gives that one nothing', async () => {
    const answer = await deployment.authorize({ parameters: { request: await sign({ client_id: 'victim' }) } });
    assert.equal(`${answer.origin}${answer.pathname}`, REDIRECT_URI);
    const { body } = await deployment.exchange(answer.searchParams.get('code') ?? '');
    assert.equal((await deployment.introspect(body.access_token)).client_id, 'app');
    const there = await ask(await sign({ client_id: 'victim', redirect_uri: 'https://victim.example/cb' }));
    assert.deepEqual([there.pathname, there.searchParams.get('error')], ['/error', 'invalid_request']);
    await isRefused(
      await new SignJWT({})
        .setProtectedHeader(HEADER)
        .sign(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    );
  });

  it('a response type inside has to be registered like one outside', async () => {
    const location = await ask(await sign({ response_type: 'token' }));
    assert.equal(location.searchParams.get('error'), 'unsupported_response_type');
    await isTaken(await sign({ response_type: 'code' }), 'inside counts', { response_type: 'token' });
  });

  it('a redirect URI inside has to be registered like one outside', async () => {
    const location = await ask(await sign({ redirect_uri: 'https://attacker.example/cb' }));
    assert.deepEqual([location.pathname, location.searchParams.get('error')], ['/error', 'invalid_request']);
  });

  it('the answer of an app cannot stand inside', async () => {
    const mine = deployment.browser();
    const { location } = await mine.get(deployment.authorizeUrl());
    const accepted = await deployment.acceptLogin(location.searchParams.get('login_challenge') ?? '');
    const login_verifier = new URL(accepted).searchParams.get('login_verifier') ?? assert.fail();
    await isTaken(await sign({ login_verifier, consent_verifier: login_verifier }), 'it is a first visit');
  });
});

describe('RFC 9101 6: between the visits', () => {
  const [asSigned, other] = [{ scope: 'openid read', state: 'state-as-signed' }, { state: 'state-of-another' }];
  const changes: Readonly<Record<string, (query: URLSearchParams) => Promise<void> | void>> = {
    'is left out': (query) => query.delete('request'),
    'is exchanged for another': async (query) => query.set('request', await sign(other)),
    'is exchanged for an unsigned one': (query) => query.set('request', unsigned(other)),
    'loses the scope outside that makes it count': (query) => query.set('scope', 'read'),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`an object that ${what} ends the flow`, async () => {
      const browser = deployment.browser();
      const { location } = await browser.get(deployment.authorizeUrl({ request: await sign(asSigned) }));
      const atConsent = new URL(await deployment.acceptLogin(location.searchParams.get('login_challenge') ?? ''));
      const changed = new URL(atConsent);
      await change(changed.searchParams);
      const second = await browser.get(changed);
      assert.equal(second.location.searchParams.get('error'), 'invalid_request', String(second.location));
      const good = await browser.get(atConsent);
      const atClient = new URL(
        await deployment.acceptConsent(good.location.searchParams.get('consent_challenge') ?? ''),
      );
      const altered = new URL(atClient);
      await change(altered.searchParams);
      const third = await browser.get(altered);
      assert.equal(third.location.searchParams.get('error'), 'invalid_request', String(third.location));
      const last = await browser.get(atClient);
      assert.ok(last.location.searchParams.get('code'), 'the right request still finishes');
    });
  }

  it('a request without an object does not gain one', async () => {
    const browser = deployment.browser();
    const { location } = await browser.get(deployment.authorizeUrl());
    const url = new URL(await deployment.acceptLogin(location.searchParams.get('login_challenge') ?? ''));
    url.searchParams.set('request', await sign(asSigned));
    assert.equal((await browser.get(url)).location.searchParams.get('error'), 'invalid_request');
  });

  it('an object is judged anew where the flow is not its own', async () => {
    const browser = deployment.browser();
    const expired = await sign({ exp: now() - 1 });
    const { location } = await browser.get(deployment.authorizeUrl({ request: await sign(asSigned) }));
    const url = new URL(await deployment.acceptLogin(location.searchParams.get('login_challenge') ?? ''));
    url.searchParams.set('request', expired);
    assert.equal((await browser.get(url)).location.searchParams.get('error'), 'invalid_request_object');
    url.searchParams.set('login_verifier', 'A'.repeat(43));
    assert.equal((await browser.get(url)).location.searchParams.get('error'), 'invalid_request_object');
  });
});
