import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { JWTPayload } from 'jose';
import { startDeployment } from './deployment.ts';
import type { Deployment, Json } from './flow.ts';
import { makeSigner, type Signer } from './jose.ts';

const BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_URL = 'http://issuer.test/oauth2/token';

const claimsFor = (deployment: Deployment, changes: Json = {}): JWTPayload => {
  const now = Math.floor(deployment.now().getTime() / 1000);
  return { iss: 'app', sub: 'app', aud: TOKEN_URL, iat: now, exp: now + 60, jti: crypto.randomUUID(), ...changes };
};

const presentAs = (deployment: Deployment, client_assertion: string, form: Record<string, string> = {}) =>
  deployment.token({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
    ...form,
  });

const keyClient = (alg: string, values: Json) => ({
  client_secret: undefined,
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: alg,
  ...values,
});

describe('client assertions (RFC 7523 section 2.2)', () => {
  for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA']) {
    it(`of ${alg} prove the client, once`, async (t) => {
      const { deployment } = await startDeployment({ test: t, storage: 'memory' });
      const signer = await makeSigner(alg, 'k');
      await deployment.createClient(keyClient(alg, { jwks: { keys: [signer.jwk] } }));
      const assertion = await signer.sign(claimsFor(deployment));
      const answers = await Promise.all(Array.from({ length: 8 }, () => presentAs(deployment, assertion)));
      assert.equal(answers.filter(({ status }) => status === 200).length, 1);
      assert.deepEqual(new Set(answers.map(({ body }) => body.error)), new Set([undefined, 'jti_known']));
    });
  }

  it('that are wrong in one way are refused, and the key that a header brings along is not looked at', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    const [signer, stranger] = [await makeSigner('ES256', 'k'), await makeSigner('ES256', 'k')];
    await deployment.createClient(keyClient('ES256', { jwks: { keys: [signer.jwk] } }));
    const now = Math.floor(deployment.now().getTime() / 1000);
    const wrong: Record<string, Json> = {
      'another issuer': { iss: 'other' },
      'no issuer': { iss: undefined },
      'another audience': { aud: 'https://other.example/token' },
      'an audience that is no text': { aud: 7 },
      expired: { exp: now - 1 },
      'without end': { exp: undefined },
      'an end that is no number': { exp: 'soon' },
      'not valid yet': { nbf: now + 60 },
      'issued in the future': { iat: now + 60 },
      'without jti': { jti: undefined },
      'a jti that is no text': { jti: 7 },
    };
    for (const [name, changes] of Object.entries(wrong)) {
      const { status, body } = await presentAs(deployment, await signer.sign(claimsFor(deployment, changes)));
      assert.deepEqual([status, body.error], [401, 'invalid_client'], name);
    }
    const nobody = await presentAs(deployment, await signer.sign(claimsFor(deployment, { sub: undefined })));
    assert.deepEqual([nobody.status, nobody.body.error], [401, 'invalid_client']);
    assert.match(String(nobody.body.error_description), /has no 'sub'/);
    const forged = [
      await stranger.sign(claimsFor(deployment)),
      await stranger.sign(claimsFor(deployment), { jwk: stranger.jwk }),
      await stranger.sign(claimsFor(deployment), { jku: 'https://attacker.example/keys' }),
      `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(claimsFor(deployment)))}.`,
      'a.b.c',
      '....',
    ];
    for (const assertion of forged) {
      const { status, body } = await presentAs(deployment, assertion);
      assert.deepEqual([status, body.error], [401, 'invalid_client'], assertion);
    }
    const { body } = await presentAs(deployment, await signer.sign(claimsFor(deployment), { kid: 'other' }));
    assert.equal(body.error, 'invalid_request');
    for (const form of [{ client_assertion: '' }, { client_assertion_type: 'urn:other' }]) {
      const answer = await presentAs(deployment, 'x', form as Record<string, string>);
      assert.deepEqual([answer.status, answer.body.error], [400, 'invalid_request']);
    }
  });

  it('may name the issuer as their audience (RFC 7523bis)', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    const signer = await makeSigner('ES256', 'k');
    await deployment.createClient(keyClient('ES256', { jwks: { keys: [signer.jwk] } }));
    const assertion = await signer.sign(claimsFor(deployment, { aud: ['x', deployment.issuer] }));
    assert.equal((await presentAs(deployment, assertion)).status, 200);
  });

  it('follow the keys at jwks_uri when the client changes them, and only so often', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    const [first, second, stranger] = [
      await makeSigner('ES256', 'a'),
      await makeSigner('ES256', 'b'),
      await makeSigner('ES256', 'x'),
    ];
    let keys = [first.jwk];
    const site = await publish(t, () => JSON.stringify({ keys }));
    await deployment.createClient(keyClient('ES256', { jwks_uri: `${site.origin}/jwks.json` }));
    const use = async (signer: Signer) => presentAs(deployment, await signer.sign(claimsFor(deployment)));
    for (let i = 0; i < 3; i += 1) assert.equal((await use(first)).status, 200);
    assert.equal(site.requests(), 1);
    keys = [second.jwk];
    assert.equal((await use(second)).status, 200);
    assert.equal((await use(first)).status, 400, 'what was withdrawn');
    for (let i = 0; i < 20; i += 1) assert.equal((await use(stranger)).status, 400);
    assert.equal(site.requests(), 5);
    assert.equal((await use(second)).status, 200);
  });

  it('of a client whose keys cannot be fetched are refused, and the client is told', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    const signer = await makeSigner('ES256', 'k');
    const site = await publish(t, () => 'x'.repeat(600 * 1024));
    const uris = [
      `${site.origin}/long`,
      'http://127.0.0.1:1/refused',
      'http://169.254.169.254/keys',
      'ftp://x.example/',
    ];
    for (const [at, jwks_uri] of uris.entries()) {
      const client_id = `app-${at}`;
      await deployment.createClient(keyClient('ES256', { client_id, jwks_uri }));
      const assertion = await signer.sign(claimsFor(deployment, { iss: client_id, sub: client_id }));
      const { status, body } = await presentAs(deployment, assertion);
      assert.deepEqual([status, body.error], [401, 'invalid_client'], jwks_uri);
      assert.match(String(body.error_description), /jwks_uri/);
    }
  });

  it('are not fetched for from private addresses where that is forbidden', async (t) => {
    const site = await publish(t, () => '{"keys":[]}');
    const clients = { http: { disallow_private_ip_ranges: true, private_ip_exception_urls: [`${site.origin}/*`] } };
    const { deployment } = await startDeployment({ test: t, storage: 'memory', config: { clients } });
    const register = (jwks_uri: string) =>
      deployment.admin('POST', '/admin/clients', { jwks_uri, redirect_uris: ['https://app.example.com/cb'] });
    const port = new URL(site.origin).port;
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '10.0.0.1', '2130706433', '0.0.0.0']) {
      const { status, body } = await register(`http://${host}:${port}/private/keys`);
      assert.deepEqual([status, body.error], [400, 'invalid_client_metadata'], host);
    }
    assert.equal((await register(`${site.origin}/exempt`)).status, 201);
    assert.equal(site.requests(), 0);
  });
});

describe('the JWT bearer grant (RFC 7523 section 2.1)', () => {
  const trusting = async (deployment: Deployment, signer: Signer, values: Json = {}) => {
    await deployment.createClient({ grant_types: [BEARER], audience: ['https://api.example.com'] });
    const { status } = await deployment.admin('POST', '/admin/trust/grants/jwt-bearer/issuers', {
      issuer: 'https://sts.example',
      subject: 'robot',
      scope: ['read'],
      expires_at: '2099-01-01T00:00:00Z',
      jwk: signer.jwk,
      ...values,
    });
    assert.equal(status, 201);
  };
  const redeem = (deployment: Deployment, assertion: string, form: Record<string, string> = {}) =>
    deployment.token({ client_id: 'app', client_secret: 'app-secret', grant_type: BEARER, assertion, ...form });
  const robot = (deployment: Deployment, changes: Json = {}) =>
    claimsFor(deployment, { iss: 'https://sts.example', sub: 'robot', ...changes });

  it('gives a token for the subject to one of many that present an assertion', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    const signer = await makeSigner('ES256', 'k');
    await trusting(deployment, signer);
    const assertion = await signer.sign(robot(deployment));
    const form = { scope: 'read', audience: 'https://api.example.com https://other.example' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => redeem(deployment, assertion, form)));
    const good = answers.filter(({ status }) => status === 200);
    assert.equal(good.length, 1);
    assert.equal(answers.filter(({ body }) => body.error === 'jti_known').length, 7);
    const { sub, scope, aud } = await deployment.introspect(good[0]?.body.access_token);
    assert.deepEqual({ sub, scope, aud }, { sub: 'robot', scope: 'read', aud: ['https://api.example.com', TOKEN_URL] });
    assert.equal(good[0]?.body.refresh_token, undefined);
  });

  it('refuses what the trust does not cover', async (t) => {
    const { deployment, advance } = await startDeployment({ test: t, storage: 'memory' });
    const signer = await makeSigner('ES256', 'k');
    const stranger = await makeSigner('ES256', 'k');
    const expires_at = new Date(deployment.now().getTime() + 3_600_000).toISOString();
    await trusting(deployment, signer, { expires_at });
    const now = Math.floor(deployment.now().getTime() / 1000);
    const refusals: [string, Promise<string>, Record<string, string>, string][] = [
      ['another scope', signer.sign(robot(deployment)), { scope: 'write' }, 'invalid_scope'],
      ['another subject', signer.sign(robot(deployment, { sub: 'you' })), {}, 'invalid_grant'],
      ['no subject', signer.sign(robot(deployment, { sub: undefined })), {}, 'invalid_grant'],
      ['another key', stranger.sign(robot(deployment)), {}, 'invalid_grant'],
      ['no kid, another key', stranger.sign(robot(deployment), { kid: undefined }), {}, 'invalid_grant'],
      ['for somebody else', signer.sign(robot(deployment, { aud: 'https://x.example' })), {}, 'invalid_grant'],
      ['far too long', signer.sign(robot(deployment, { exp: now + 31 * 86400 })), {}, 'invalid_grant'],
      ['no assertion', Promise.resolve(''), {}, 'invalid_request'],
    ];
    for (const [name, assertion, form, error] of refusals) {
      const { status, body } = await redeem(deployment, await assertion, form);
      assert.deepEqual([status, body.error], [400, error], name);
    }
    await deployment.createClient({ client_id: 'public', grant_types: [BEARER], token_endpoint_auth_method: 'none' });
    const nobody = { client_id: 'public', client_secret: '' };
    const { body } = await redeem(deployment, await signer.sign(robot(deployment)), nobody);
    assert.equal(body.error, 'invalid_grant', 'RFC 7523 3.1: whoever presents it is authenticated');
    await deployment.createClient({ client_id: 'other', grant_types: ['client_credentials'] });
    const other = await redeem(deployment, await signer.sign(robot(deployment)), { client_id: 'other' });
    assert.equal(other.body.error, 'unauthorized_client');
    advance(3601);
    const late = await redeem(deployment, await signer.sign(robot(deployment)));
    assert.equal(late.body.error, 'invalid_grant', 'the trust has ended, with or without kid');
  });

  it('RFC 7523 3.1: is refused with the claim that is wrong', async (t) => {
    const { deployment } = await startDeployment({ test: t, storage: 'memory' });
    const signer = await makeSigner('ES256', 'k');
    await trusting(deployment, signer, { subject: '', allow_any_subject: true });
    const now = Math.floor(deployment.now().getTime() / 1000);
    const wrong: [Json, RegExp][] = [
      [{ iss: undefined }, /has no 'iss'/],
      [{ iss: 'https://elsewhere.example' }, /from an issuer that is not trusted/],
      [{ sub: undefined }, /has no 'sub'/],
      [{ aud: 'https://x.example' }, /its 'aud' must be/],
      [{ exp: undefined }, /has no 'exp'/],
      [{ exp: now - 1 }, /has expired/],
      [{ nbf: now + 60 }, /is not valid yet/],
      [{ iat: undefined }, /has no 'iat'/],
      [{ exp: now + 31 * 86400 }, /is valid for longer/],
      [{ jti: undefined }, /has no 'jti'/],
    ];
    for (const [changes, reason] of wrong) {
      const { status, body } = await redeem(deployment, await signer.sign(robot(deployment, changes)));
      assert.deepEqual([status, body.error], [400, 'invalid_grant'], String(reason));
      assert.match(String(body.error_description), reason);
    }
    assert.equal((await redeem(deployment, await signer.sign(robot(deployment)))).status, 200);
  });

  for (const [default_grant_allowed_scope, granted] of [
    [false, ''],
    [true, 'openid offline_access profile email read'],
  ] as const) {
    it(`that asks for no scope gets ${granted === '' ? 'none' : 'all of the client, where that is the default'}`, async (t) => {
      const oauth2 = { client_credentials: { default_grant_allowed_scope } };
      const { deployment } = await startDeployment({ test: t, storage: 'memory', config: { oauth2 } });
      const signer = await makeSigner('ES256', 'k');
      await trusting(deployment, signer);
      const { status, body } = await redeem(deployment, await signer.sign(robot(deployment)));
      assert.deepEqual([status, body.scope], [200, granted]);
      const refused = await redeem(deployment, await signer.sign(robot(deployment)), { scope: 'profile' });
      assert.equal(refused.body.error, 'invalid_scope', 'what is asked for has to be in the trust');
    });
  }

  it('does without iat, jti and the audience of the assertion where the configuration says so', async (t) => {
    const jwt = { jti_optional: true, iat_optional: true, omit_assertion_audience: true, max_ttl: '2m' };
    const { deployment } = await startDeployment({
      test: t,
      storage: 'memory',
      config: { oauth2: { grant: { jwt } } },
    });
    const signer = await makeSigner('ES256', 'k');
    await trusting(deployment, signer);
    const assertion = await signer.sign(robot(deployment, { iat: undefined, jti: undefined }));
    for (let i = 0; i < 2; i += 1) {
      const { status, body } = await redeem(deployment, assertion);
      assert.equal(status, 200);
      assert.deepEqual((await deployment.introspect(body.access_token)).aud, []);
    }
    const long = await signer.sign(robot(deployment, { iat: undefined, exp: (robot(deployment).iat as number) + 300 }));
    assert.equal((await redeem(deployment, long)).body.error, 'invalid_grant');
  });
});

async function publish(test: { after(action: () => void): void }, body: () => string) {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.end(body());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => void server.close());
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: () => requests };
}
