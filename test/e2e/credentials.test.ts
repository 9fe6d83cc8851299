import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createRemoteJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { startDeployment } from './deployment.ts';
import { CREDENTIALS, type Deployment, type Json } from './flow.ts';

const SCOPE = 'openid offline_access userinfo_credential_draft_00';
const FORMAT = 'jwt_vc_json';
const ALGORITHMS = ['PS256', 'RS256', 'ES256', 'PS384', 'RS384', 'ES384', 'PS512', 'RS512', 'ES512', 'EdDSA'];

let deployment: Deployment;
let close: () => Promise<void>;
let advance: (seconds: number) => void;

before(async () => {
  ({ deployment, close, advance } = await startDeployment({
    storage: 'memory',
    config: { ttl: { access_token: '10h', vc_nonce: '20m' } },
  }));
  await deployment.createClient({ scope: `${SCOPE} read` });
});
after(() => close());

/** Tokens of a person of whom something is known, and the nonce that came with them. */
async function tokensFor(grant_scope = SCOPE.split(' ')): Promise<Json> {
  const answer = await deployment.authorize({
    parameters: { scope: SCOPE, nonce: 'nonce-0123456789' },
    consent: {
      grant_scope,
      session: { id_token: { email: 'ada@example.com', id: 'taken', sub: 'taken', sid: 'taken' } },
    },
  });
  const { status, body } = await deployment.exchange(answer.searchParams.get('code') ?? '');
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function post(token: unknown, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${deployment.publicOrigin}/credentials`, {
    method: 'POST',
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
}

const withProof = (token: unknown, jwt: unknown) =>
  post(token, {
    format: FORMAT,
    types: ['VerifiableCredential', 'UserInfoCredential'],
    proof: { proof_type: 'jwt', jwt },
  });

async function refused(answer: ReturnType<typeof post>, status = 400, error = 'invalid_request'): Promise<void> {
  const { status: given, headers, body } = await answer;
  assert.deepEqual([given, body.error], [status, error], JSON.stringify(body));
  assert.equal(headers.get('content-type'), 'application/json');
  assert.equal(typeof body.error_description, 'string');
}

const keyPair = (alg: string) => generateKeyPair(alg, { extractable: true });

type Wanted = { readonly alg?: string; readonly claims?: Json; readonly header?: Json };

async function proofOf(nonce: unknown, { alg = 'ES256', claims = {}, header = {} }: Wanted = {}): Promise<string> {
  const { privateKey, publicKey } = await keyPair(alg);
  return new SignJWT({ nonce: nonce as string, ...claims })
    .setProtectedHeader({ alg, jwk: await exportJWK(publicKey), ...header })
    .sign(privateKey);
}

describe('POST /credentials (OpenID Connect UserInfo Verifiable Credentials, draft 00)', () => {
  it('a nonce comes with the tokens where both scopes are granted, and there alone', async () => {
    const tokens = await tokensFor();
    assert.equal(typeof tokens.c_nonce_draft_00, 'string');
    assert.equal(tokens.c_nonce_expires_in_draft_00, 1200);
    const refreshed = await deployment.refresh(tokens.refresh_token);
    assert.equal(typeof refreshed.body.c_nonce_draft_00, 'string');
    assert.notEqual(refreshed.body.c_nonce_draft_00, tokens.c_nonce_draft_00);
    for (const scope of [['openid'], ['userinfo_credential_draft_00']]) {
      const { c_nonce_draft_00, c_nonce_expires_in_draft_00 } = await tokensFor(scope);
      assert.deepEqual([c_nonce_draft_00, c_nonce_expires_in_draft_00], [undefined, undefined]);
    }
  });

  for (const alg of ALGORITHMS) {
    it(`a holder with a key for ${alg} gets a credential about the person that anybody can verify`, async () => {
      const { access_token, c_nonce_draft_00 } = await tokensFor();
      const { privateKey, publicKey } = await keyPair(alg);
      const jwk = await exportJWK(publicKey);
      const proof = await new SignJWT({ nonce: c_nonce_draft_00 as string })
        .setProtectedHeader({ alg, jwk })
        .sign(privateKey);
      const { status, headers, body } = await withProof(access_token, proof);
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
      assert.deepEqual(Object.keys(body).sort(), ['credential_draft_00', 'format']);
      assert.equal(body.format, FORMAT);
      const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', deployment.publicOrigin));
      const { payload, protectedHeader } = await jwtVerify(String(body.credential_draft_00), keys, {
        issuer: deployment.issuer,
        currentDate: deployment.now(),
      });
      assert.equal(typeof protectedHeader.kid, 'string');
      assert.match(payload.sub ?? '', /^did:jwk:[\w-]+$/);
      const holder = JSON.parse(Buffer.from(payload.sub?.slice('did:jwk:'.length) ?? '', 'base64url').toString());
      assert.deepEqual(holder, jwk);
      const now = Math.floor(deployment.now().getTime() / 1000);
      assert.ok(Math.abs((payload.iat ?? 0) - now) < 5);
      assert.deepEqual([payload.nbf, payload.exp], [payload.iat, (payload.iat ?? 0) + 3600]);
      assert.match(payload.jti ?? '', /^[0-9a-f-]{36}$/);
      assert.deepEqual(payload.vc, {
        '@context': ['https://www.w3.org/2018/credentials/v1'],
        type: ['VerifiableCredential', 'UserInfoCredential'],
        credentialSubject: { email: 'ada@example.com', sub: 'user-1', id: payload.sub },
      });
    });
  }

  it('public_protocol.md Q38: a credential lives from when it is made, however old the access token is', async () => {
    const { access_token } = await tokensFor();
    advance(3 * 3600);
    const { body } = await post(access_token, { format: FORMAT });
    const { body: made } = await withProof(access_token, await proofOf(body.c_nonce));
    const { exp = 0 } = decodeJwt(String(made.credential_draft_00));
    assert.ok(exp > deployment.now().getTime() / 1000 + 3590);
  });

  it('without a proof the answer has a nonce to make one with', async () => {
    const { access_token } = await tokensFor(['openid']);
    for (const body of [{ format: FORMAT }, { format: FORMAT, proof: null }]) {
      const { status, headers, body: priming } = await post(access_token, body);
      assert.equal(status, 400);
      assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
      assert.deepEqual([priming.error, priming.format], ['missing_proof', 'jwt_vc']);
      assert.equal(priming.c_nonce_expires_in, 1200);
      assert.equal((await withProof(access_token, await proofOf(priming.c_nonce))).status, 200);
    }
  });

  it('the token of a client alone makes a credential about nobody', async () => {
    const { body } = await deployment.token({ ...CREDENTIALS, grant_type: 'client_credentials', scope: 'read' });
    assert.equal(body.c_nonce_draft_00, undefined);
    const { body: priming } = await post(body.access_token, { format: FORMAT });
    const { body: made } = await withProof(body.access_token, await proofOf(priming.c_nonce));
    const { vc, sub } = decodeJwt<{ vc: { credentialSubject: Json } }>(String(made.credential_draft_00));
    assert.deepEqual(vc.credentialSubject, { id: sub });
  });

  it('the endpoint is in the discovery document, with what a proof may be signed with', async () => {
    const response = await fetch(`${deployment.publicOrigin}/.well-known/openid-configuration`);
    const metadata = (await response.json()) as Json;
    assert.equal(metadata.credentials_endpoint_draft_00, `${deployment.issuer}credentials`);
    assert.deepEqual(metadata.credentials_supported_draft_00, [
      {
        format: FORMAT,
        types: ['VerifiableCredential', 'UserInfoCredential'],
        cryptographic_binding_methods_supported: ['jwk'],
        cryptographic_suites_supported: ALGORITHMS,
      },
    ]);
  });

  it('its address in the discovery document can be another', async (t) => {
    const address = 'https://edge.example.com/vc';
    const { deployment } = await startDeployment({
      test: t,
      storage: 'memory',
      config: { webfinger: { oidc_discovery: { verifiable_credentials_url: address } } },
    });
    const response = await fetch(`${deployment.publicOrigin}/.well-known/openid-configuration`);
    assert.equal(((await response.json()) as Json).credentials_endpoint_draft_00, address);
  });

  it('pages of other origins ask first, as at the other endpoints that take tokens', async () => {
    const response = await fetch(`${deployment.publicOrigin}/credentials`, { method: 'OPTIONS' });
    assert.equal(response.status, 200);
  });
});

describe('POST /credentials refuses', () => {
  let tokens: Json;
  beforeEach(async () => {
    tokens = await tokensFor();
  });

  it('a token that is missing, unknown, expired, or not an access token', async () => {
    const body = { format: FORMAT };
    await refused(post(undefined, body), 401, 'request_unauthorized');
    await refused(post('nothing', body), 401, 'request_unauthorized');
    await refused(post(`ory_at_${'A'.repeat(43)}.${'B'.repeat(43)}`, body), 401, 'request_unauthorized');
    await refused(post(tokens.refresh_token, body));
    await refused(post(tokens.id_token, body), 401, 'request_unauthorized');
    advance(11 * 3600);
    await refused(post(tokens.access_token, body), 401, 'invalid_token');
  });

  const bodies: readonly unknown[] = [
    '',
    'x',
    'null',
    '[]',
    '"text"',
    '{"format":"jwt_vc_json"',
    '{"format":"jwt_vc_json","proof":{"proof_type":"jwt","jwt":"\\u0000"}}',
    {},
    { format: '' },
    { format: null },
    { format: 'jwt_vc' },
    { format: 'ldp_vc' },
    { format: [FORMAT] },
    { format: FORMAT, types: 'UserInfoCredential' },
    { format: FORMAT, types: [1] },
    { format: FORMAT, proof: 'x' },
    { format: FORMAT, proof: [] },
    { format: FORMAT, proof: {} },
    { format: FORMAT, proof: { jwt: 'x' } },
    { format: FORMAT, proof: { proof_type: 'cwt', jwt: 'x' } },
    { format: FORMAT, proof: { proof_type: 'jwt' } },
    { format: FORMAT, proof: { proof_type: 'jwt', jwt: null } },
    { format: FORMAT, proof: { proof_type: 'jwt', jwt: 1 } },
    { format: FORMAT, proof: { proof_type: 'jwt', jwt: '' } },
    { format: FORMAT, proof: { proof_type: 'jwt', jwt: 'a.b.c' } },
    { format: FORMAT, proof: { proof_type: 'jwt', jwt: `${'x'.repeat(300_000)}..` } },
  ];
  it('a body in another shape', async () => {
    for (const body of bodies) await refused(post(tokens.access_token, body));
  });

  it('a nonce that is missing, of another type, made up, changed, or of another access token', async () => {
    const nonce = String(tokens.c_nonce_draft_00);
    const changed = `${nonce.slice(0, -4)}${nonce.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
    const other = await tokensFor();
    for (const value of [undefined, null, 1, {}, [nonce], '', 'x', changed, other.c_nonce_draft_00]) {
      await refused(withProof(tokens.access_token, await proofOf(value)));
    }
    assert.equal((await withProof(tokens.access_token, await proofOf(nonce))).status, 200);
  });

  it('a good proof under another type', async () => {
    const jwt = await proofOf(tokens.c_nonce_draft_00);
    for (const proof_type of ['', 'JWT', 'cwt', undefined]) {
      await refused(post(tokens.access_token, { format: FORMAT, proof: { proof_type, jwt } }));
    }
  });

  it('a good proof with an algorithm that is not announced', async () => {
    await refused(withProof(tokens.access_token, await proofOf(tokens.c_nonce_draft_00, { alg: 'Ed25519' })));
  });

  it('a nonce that has expired', async () => {
    advance(1199);
    assert.equal((await withProof(tokens.access_token, await proofOf(tokens.c_nonce_draft_00))).status, 200);
    advance(1);
    await refused(withProof(tokens.access_token, await proofOf(tokens.c_nonce_draft_00)));
  });

  it('RFC 8725 3.1: a proof that the public key in its header does not verify', async () => {
    const nonce = tokens.c_nonce_draft_00 as string;
    const [mine, other] = [await keyPair('ES256'), await keyPair('ES256')];
    const open = await exportJWK(mine.publicKey);
    const secret = Buffer.from('a-secret-of-thirty-two-characters');
    const oct = { kty: 'oct', k: secret.toString('base64url') };
    const sign = (header: Json) =>
      new SignJWT({ nonce }).setProtectedHeader({ alg: 'ES256', ...header } as { alg: string }).sign(mine.privateKey);
    const plain = [{ alg: 'none', jwk: open }, { nonce }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const good = await sign({ jwk: open });
    const [header, , signature] = good.split('.');
    const proofs = [
      await sign({}),
      await sign({ jwk: null }),
      await sign({ jwk: 'x' }),
      await sign({ jwk: [] }),
      await sign({ jwk: {} }),
      await sign({ kid: 'x' }),
      await sign({ jwk: await exportJWK(other.publicKey) }),
      await sign({ jwk: await exportJWK(mine.privateKey) }),
      await sign({ jwk: { ...open, x: 'AAAA' } }),
      await sign({ jwk: { ...open, x: 1 } }),
      await sign({ jwk: { ...open, crv: 'P-384' } }),
      await sign({ jwk: { ...open, alg: 'ES384' } }),
      await sign({ jwk: { ...open, use: 'enc' } }),
      await sign({ jwk: open, crit: 'x' }).catch(() => `${header}.e30.${signature}`),
      await new SignJWT({ nonce }).setProtectedHeader({ alg: 'HS256', jwk: oct as never }).sign(secret),
      `${plain}.`,
      `${header}.${Buffer.from(JSON.stringify({ nonce, exp: 1 })).toString('base64url')}.${signature}`,
      good.slice(0, -8),
      `${good}.x`,
    ];
    for (const proof of proofs) await refused(withProof(tokens.access_token, proof));
    assert.equal((await withProof(tokens.access_token, good)).status, 200);
    assert.equal(
      (await withProof(tokens.access_token, await sign({ jwk: { ...open, use: 'sig', alg: 'ES256' } }))).status,
      200,
    );
  });

  it('RFC 7519 4.1.4, 4.1.5: a proof that has expired or is not valid yet', async () => {
    const now = Math.floor(deployment.now().getTime() / 1000);
    const attempt = async (claims: Json) =>
      withProof(tokens.access_token, await proofOf(tokens.c_nonce_draft_00, { claims }));
    for (const claims of [{ exp: now - 10 }, { exp: 'x' }, { nbf: now + 100 }, { nbf: 'x' }])
      await refused(attempt(claims));
    assert.equal((await attempt({ exp: now + 100, nbf: now - 10 })).status, 200);
  });
});
