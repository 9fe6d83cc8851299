import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type JWTPayload, SignJWT } from 'jose';
import { startDeployment } from '../e2e/deployment.ts';
import type { Deployment, Json } from '../e2e/flow.ts';
import { forgeries, type Loot } from './forgeries.ts';

let deployment: Deployment;
let close: () => Promise<void>;
let site: Server;
const asked: string[] = [];

before(async () => {
  site = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('{"keys":[]}');
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  ({ deployment, close } = await startDeployment({
    storage: 'memory',
    config: { strategies: { access_token: 'jwt' } },
  }));
  await deployment.createClient();
});
after(async () => {
  await close();
  site.close();
  assert.deepEqual(asked, [], 'an address in a header was asked');
});

const partsOf = (token: string): [header: Json, claims: Json] => {
  const [header = '', claims = ''] = token.split('.');
  return [
    JSON.parse(Buffer.from(header, 'base64url').toString()),
    JSON.parse(Buffer.from(claims, 'base64url').toString()),
  ];
};

const siteUrl = () => `http://127.0.0.1:${(site.address() as AddressInfo).port}`;

/** A way in for a JWT: what may be had there, and what tells that a token was refused. */
type Door = {
  loot(): Promise<Loot>;
  isTaken(token: string): Promise<boolean>;
};

const now = () => Math.floor(deployment.now().getTime() / 1000);

/** Keys whose private half the attacker does not have. */
const KEYS = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

const jwkOf = (alg: keyof typeof KEYS) => ({
  ...(KEYS[alg].publicKey.export({ format: 'jwk' }) as Json),
  kid: `key-${alg}`,
  use: 'sig',
  alg,
});

async function lootOf(alg: keyof typeof KEYS, claims: JWTPayload): Promise<Loot> {
  const header = { alg, kid: `key-${alg}`, typ: 'JWT' };
  const genuine = await new SignJWT({ ...claims, aud: 'https://elsewhere.example' })
    .setProtectedHeader(header)
    .sign(KEYS[alg].privateKey);
  return { header, claims, publicKey: KEYS[alg].publicKey, genuine, site: siteUrl() };
}

const assertionClaims = (iss: string, sub: string): JWTPayload => ({
  iss,
  sub,
  aud: 'http://issuer.test/oauth2/token',
  iat: now(),
  exp: now() + 60,
  jti: crypto.randomUUID(),
});

const clientAssertion = (alg: keyof typeof KEYS): Door => ({
  async loot() {
    const client_id = `by-${alg}`;
    await deployment.createClient({
      client_id,
      client_secret: undefined,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: alg,
      jwks: { keys: [jwkOf(alg)] },
    });
    return lootOf(alg, assertionClaims(client_id, client_id));
  },
  async isTaken(client_assertion) {
    const { status, body } = await deployment.token({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
    });
    if (status === 200) return true;
    assert.ok(status === 401 || status === 400, String(status));
    assert.match(String(body.error), /^invalid_(client|request)$/);
    return false;
  },
});

const jwtGrant = (alg: keyof typeof KEYS): Door => ({
  async loot() {
    const issuer = `https://${alg.toLowerCase()}.sts.example`;
    await deployment.createClient({
      client_id: `grant-${alg}`,
      grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
    });
    const { status } = await deployment.admin('POST', '/admin/trust/grants/jwt-bearer/issuers', {
      issuer,
      subject: 'robot',
      scope: ['read'],
      expires_at: new Date(deployment.now().getTime() + 3_600_000).toISOString(),
      jwk: jwkOf(alg),
    });
    assert.equal(status, 201);
    return lootOf(alg, assertionClaims(issuer, 'robot'));
  },
  async isTaken(assertion) {
    const { status, body } = await deployment.token({
      client_id: `grant-${alg}`,
      client_secret: 'app-secret',
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      scope: 'read',
      assertion,
    });
    if (status === 200) return true;
    assert.equal(status, 400);
    assert.equal(body.error, 'invalid_grant');
    return false;
  },
});

/** Of a client that is registered for an algorithm: without that, unsigned ones would be as good as parameters. */
const requestObject = (alg: keyof typeof KEYS): Door => ({
  async loot() {
    await deployment.createClient({
      client_id: `asks-${alg}`,
      request_object_signing_alg: alg,
      jwks: { keys: [jwkOf(alg)] },
    });
    return lootOf(alg, { state: 'state-of-the-attacker' });
  },
  async isTaken(request) {
    const outside = deployment.authorizeUrl({ client_id: `asks-${alg}` });
    const { status, location } = await deployment.browser().post(outside, { request });
    assert.equal(status, 302);
    if (location.pathname === '/login') return true;
    assert.deepEqual(
      [location.pathname, location.searchParams.get('error')],
      ['/error', 'invalid_request_object'],
      String(location),
    );
    return false;
  },
});

/** A token that the server signed, the claims that the attacker would rather have, and the published key. */
async function lootOfServer(kind: 'access_token' | 'id_token', claims: Json): Promise<Loot> {
  const tokens = (await deployment.login()) as unknown as Record<string, string>;
  const genuine = tokens[kind] ?? assert.fail();
  const [header, own] = partsOf(genuine);
  const answer = await fetch(new URL('/.well-known/jwks.json', deployment.publicOrigin));
  const { keys } = (await answer.json()) as { keys: Json[] };
  const key = keys.find(({ kid }) => kid === header.kid) ?? assert.fail('the key is not published');
  return { header, claims: { ...own, ...claims }, publicKey: publicKeyOf(key), genuine, site: siteUrl() };
}

const publicKeyOf = (jwk: Json): KeyObject => createPublicKey({ key: jwk, format: 'jwk' });

const DOORS: Readonly<Record<string, Door>> = {
  'a client assertion (RS256)': clientAssertion('RS256'),
  'a client assertion (ES256)': clientAssertion('ES256'),
  'the assertion of a JWT bearer grant (RS256)': jwtGrant('RS256'),
  'the assertion of a JWT bearer grant (ES256)': jwtGrant('ES256'),
  'a request object (RS256)': requestObject('RS256'),
  'a request object (ES256)': requestObject('ES256'),
  'a JWT access token at introspection': {
    loot: () => lootOfServer('access_token', { sub: 'somebody-else' }),
    isTaken: async (token) => (await deployment.introspect(token)).active === true,
  },
  'a JWT access token at userinfo': {
    loot: () => lootOfServer('access_token', { sub: 'somebody-else' }),
    async isTaken(token) {
      const { status } = await fetch(new URL('/userinfo', deployment.publicOrigin), {
        method: 'POST',
        body: new URLSearchParams({ access_token: token }),
      });
      if (status !== 200) assert.equal(status, 401);
      return status === 200;
    },
  },
  'the id_token_hint of a logout': {
    loot: () => lootOfServer('id_token', { sub: 'somebody-else' }),
    async isTaken(id_token_hint) {
      const { location } = await deployment.browser().post('/oauth2/sessions/logout', { id_token_hint });
      return location.searchParams.get('error') !== 'invalid_request';
    },
  },
  'the id_token_hint of an authorization request': {
    loot: () => lootOfServer('id_token', { sub: 'somebody-else' }),
    async isTaken(id_token_hint) {
      const browser = deployment.browser();
      const { location } = await browser.post(deployment.authorizeUrl({ prompt: 'none' }), { id_token_hint });
      // Taken, it would be a login that is required.
      return location.searchParams.get('error') !== 'invalid_request';
    },
  },
};

const NAMES = Object.keys(
  forgeries({
    header: { alg: 'RS256' },
    claims: {},
    publicKey: KEYS.RS256.publicKey,
    genuine: 'a.b.c',
    site: '',
  }),
);

for (const [name, door] of Object.entries(DOORS)) {
  describe(`RFC 8725: ${name}`, () => {
    let forged: Record<string, string>;
    let loot: Loot;
    before(async () => {
      loot = await door.loot();
      forged = forgeries(loot);
    });

    for (const what of NAMES) {
      it(`is refused with ${what}`, async () => {
        assert.equal(await door.isTaken(forged[what] ?? assert.fail()), false);
      });
    }
  });
}

describe('the doors', () => {
  it('are open to what is genuine, so that the refusals say something', async () => {
    for (const alg of ['RS256', 'ES256'] as const) {
      const sign = (claims: JWTPayload) =>
        new SignJWT(claims).setProtectedHeader({ alg, kid: `key-${alg}` }).sign(KEYS[alg].privateKey);
      const client = `by-${alg}`;
      assert.ok(await DOORS[`a client assertion (${alg})`]?.isTaken(await sign(assertionClaims(client, client))));
      const issuer = `https://${alg.toLowerCase()}.sts.example`;
      const grant = DOORS[`the assertion of a JWT bearer grant (${alg})`];
      assert.ok(await grant?.isTaken(await sign(assertionClaims(issuer, 'robot'))));
      assert.ok(await DOORS[`a request object (${alg})`]?.isTaken(await sign({ state: 'state-of-the-client' })));
    }
    const { access_token, id_token } = (await deployment.login()) as unknown as Record<string, string>;
    assert.ok(await DOORS['a JWT access token at introspection']?.isTaken(access_token ?? ''));
    assert.ok(await DOORS['a JWT access token at userinfo']?.isTaken(access_token ?? ''));
    assert.ok(await DOORS['the id_token_hint of a logout']?.isTaken(id_token ?? ''));
    assert.ok(await DOORS['the id_token_hint of an authorization request']?.isTaken(id_token ?? ''));
  });
});
