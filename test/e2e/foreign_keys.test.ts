import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startDeployment } from './deployment.ts';
import type { Deployment, Json } from './flow.ts';
import { makeSigner, type Signer } from './jose.ts';
import { makeOpenSslSigner, type OpenSslSigner } from './openssl.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

type AnySigner = Pick<Signer | OpenSslSigner, 'jwk' | 'sign'>;

const JOSE = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const OPENSSL = ['RS256', 'PS256', 'ES256'] as const;

const SIGNERS: readonly { name: string; alg: string; make(kid: string): Promise<AnySigner> | AnySigner }[] = [
  ...JOSE.map((alg) => ({ name: `jose-${alg}`, alg, make: (kid: string) => makeSigner(alg, kid) })),
  ...OPENSSL.map((alg) => ({ name: `openssl-${alg}`, alg, make: (kid: string) => makeOpenSslSigner(alg, kid) })),
];

describe('RFC 7523: assertions that others sign', () => {
  let deployment: Deployment;
  let close: () => Promise<void>;
  before(async () => {
    ({ deployment, close } = await startDeployment({ storage: 'memory' }));
    await deployment.createClient({ grant_types: [JWT_BEARER] });
  });
  after(() => close());

  const claimsOf = (iss: string, sub: string): Json => {
    const now = Math.floor(deployment.now().getTime() / 1000);
    return { iss, sub, aud: `${deployment.issuer}oauth2/token`, iat: now, exp: now + 60, jti: crypto.randomUUID() };
  };

  const trust = async (issuer: string, { jwk }: AnySigner) => {
    const trusted = { issuer, subject: 'robot', scope: ['read'], expires_at: '2099-01-01T00:00:00Z', jwk };
    const { status } = await deployment.admin('POST', '/admin/trust/grants/jwt-bearer/issuers', trusted);
    assert.equal(status, 201);
  };
  const redeem = (assertion: string) =>
    deployment.token({ client_id: 'app', client_secret: 'app-secret', grant_type: JWT_BEARER, assertion });

  const authenticate = (client_assertion: string) =>
    deployment.token({
      grant_type: 'client_credentials',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion,
    });

  for (const { name, alg, make } of SIGNERS) {
    it(`2.1: ${name} signs for a subject, and nobody else with that name does`, async () => {
      const issuer = `https://${name}.example`;
      const [signer, stranger] = [await make('k'), await make('k')];
      await trust(issuer, signer);
      const { status, body } = await redeem(await signer.sign(claimsOf(issuer, 'robot')));
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal((await deployment.introspect(body.access_token)).sub, 'robot');
      const refused = await redeem(await stranger.sign(claimsOf(issuer, 'robot')));
      assert.deepEqual([refused.status, refused.body.error], [400, 'invalid_grant']);
    });

    it(`2.2: ${name} signs for a client, and nobody else with that name does`, async () => {
      const [signer, stranger] = [await make('k'), await make('k')];
      await deployment.createClient({
        client_id: name,
        client_secret: undefined,
        jwks: { keys: [signer.jwk] },
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: alg,
      });
      const { status, body } = await authenticate(await signer.sign(claimsOf(name, name)));
      assert.equal(status, 200, JSON.stringify(body));
      const refused = await authenticate(await stranger.sign(claimsOf(name, name)));
      assert.deepEqual([refused.status, refused.body.error], [401, 'invalid_client']);
    });
  }

  it('RFC 7518 3.4: an ES256 signature in the form of DER is none', async () => {
    const issuer = 'https://der.example';
    const signer = makeOpenSslSigner('ES256', 'k');
    await trust(issuer, signer);
    const [header, claims] = signer.sign(claimsOf(issuer, 'robot')).split('.');
    const text = `${header}.${claims}`;
    const refused = await redeem(`${text}.${signer.signature(text).toString('base64url')}`);
    assert.deepEqual([refused.status, refused.body.error], [400, 'invalid_grant']);
  });
});
