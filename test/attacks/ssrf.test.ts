import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { startDeployment } from '../e2e/deployment.ts';
import type { Deployment, Json } from '../e2e/flow.ts';
import { withNames } from './names.ts';

let deployment: Deployment;
let close: () => Promise<void>;
let site: Server;
let port: number;
let asked = 0;
let body: () => string = () => '{"keys":[]}';
let sign: (client_id: string) => Promise<string>;
let jwk: Json;

before(async () => {
  site = createServer((request, response) => {
    asked++;
    if (request.url === '/redirect') return response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end();
    if (request.url === '/never') return;
    if (request.url === '/endless') {
      const timer = setInterval(() => response.write('x'.repeat(65_536)), 1);
      response.on('close', () => clearInterval(timer));
      return;
    }
    response.end(body());
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  port = (site.address() as AddressInfo).port;
  ({ deployment, close } = await startDeployment({
    storage: 'memory',
    config: {
      clients: {
        http: { disallow_private_ip_ranges: true, private_ip_exception_urls: [`http://127.0.0.1:${port}/allowed/**`] },
      },
    },
  }));
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  jwk = { ...(await exportJWK(publicKey)), kid: 'k', use: 'sig', alg: 'ES256' };
  const now = Math.floor(deployment.now().getTime() / 1000);
  sign = (client_id) =>
    new SignJWT({ iss: client_id, sub: client_id, jti: crypto.randomUUID(), exp: now + 60 })
      .setAudience('http://issuer.test/oauth2/token')
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .sign(privateKey);
});
after(async () => {
  await close();
  site.closeAllConnections();
  site.close();
});

let clients = 0;

async function register(jwks_uri: string): Promise<{ status: number; client_id: string }> {
  const client_id = `client-${clients++}`;
  const { status } = await deployment.admin('POST', '/admin/clients', {
    client_id,
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks_uri,
  });
  return { status, client_id };
}

async function authenticate(client_id: string) {
  return deployment.token({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await sign(client_id),
  });
}

describe('RFC 9700 and OWASP: what a client makes the server ask for', () => {
  const literals = [
    '127.0.0.1',
    '127.1',
    '127.255.255.254',
    '0x7f.1',
    '0x7f000001',
    '2130706433',
    '017700000001',
    '0177.0.0.1',
    '0.0.0.0',
    '0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '3232235521',
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[fd00::1]',
    '[fc00::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:7f00:1]',
    '\uff11\uff12\uff17.0.0.1',
    '127\u30020\u30020\u30021',
    'localhost',
    'LOCALHOST.',
    'sub.localhost',
  ];
  for (const host of literals) {
    it(`${host} is refused when it is registered`, async () => {
      assert.equal((await register(`http://${host}:${port}/jwks.json`)).status, 400);
    });
  }

  const later = [
    '169.254.169.254',
    '[fe80::1]',
    '[::ffff:169.254.169.254]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '100.64.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
  ];
  for (const host of later) {
    it(`${host} is asked for nothing`, async () => {
      const { status, client_id } = await register(`http://${host}:${port}/jwks.json`);
      if (status === 400) return;
      const started = performance.now();
      const answer = await authenticate(client_id);
      assert.equal(answer.status, 401);
      assert.equal(answer.body.error, 'invalid_client');
      assert.ok(performance.now() - started < 2000, 'it was refused, and not waited for');
    });
  }

  const hidden = ['169.254.1.1', '[fe80::1]', '[::ffff:8.8.8.8]', '[::ffff:0:7f00:1]', '[64:ff9b::808:808]'];
  const members: Readonly<Record<string, (host: string) => Json>> = {
    jwks_uri: (host) => ({ jwks_uri: `http://${host}/keys` }),
    backchannel_logout_uri: (host) => ({ backchannel_logout_uri: `http://${host}/logout` }),
    sector_identifier_uri: (host) => ({ sector_identifier_uri: `https://${host}/sector` }),
    request_uris: (host) => ({ request_uris: ['http://93.184.215.14/r', `http://${host}/r`] }),
  };
  for (const [name, memberFor] of Object.entries(members)) {
    it(`${name} may lead to nothing private, however it is written`, async () => {
      for (const host of ['127.0.0.1', '10.0.0.1', '[::1]', ...hidden]) {
        const { status, body } = await deployment.admin('POST', '/admin/clients', memberFor(host));
        assert.deepEqual([status, body.error], [400, 'invalid_client_metadata'], host);
      }
    });

    it(`${name} may not be changed to lead to something private`, async () => {
      const client_id = `changed-${name}`;
      await deployment.createClient({ client_id });
      const changed = await deployment.admin('PUT', `/admin/clients/${client_id}`, memberFor('169.254.169.254'));
      assert.deepEqual([changed.status, changed.body.error], [400, 'invalid_client_metadata']);
    });
  }

  it('a name that leads inside is refused when it is registered', async () => {
    await withNames({ 'inside.example': ['10.1.2.3'] }, async () => {
      assert.equal((await register('http://inside.example/jwks.json')).status, 400);
    });
  });

  it('a name that has changed between check and use is asked for nothing', async () => {
    asked = 0;
    await withNames({ 'rebinding.example': ['93.184.215.14', '127.0.0.1'] }, async () => {
      const { status, client_id } = await register(`http://rebinding.example:${port}/jwks.json`);
      assert.equal(status, 201);
      const answer = await authenticate(client_id);
      assert.deepEqual([answer.status, answer.body.error], [401, 'invalid_client']);
    });
    assert.equal(asked, 0);
  });

  it('what is exempt is asked, so that the refusals say something', async () => {
    body = () => JSON.stringify({ keys: [jwk] });
    const { status, client_id } = await register(`http://127.0.0.1:${port}/allowed/jwks.json`);
    assert.equal(status, 201);
    assert.equal((await authenticate(client_id)).status, 200);
  });

  it('an exemption does not reach further than it says', async () => {
    for (const uri of [
      `http://127.0.0.1:${port}/allowed`,
      `http://127.0.0.1:${port}/other/allowed/jwks.json`,
      `http://127.0.0.1:${port + 1}/allowed/jwks.json`,
      `https://127.0.0.1:${port}/allowed/jwks.json`,
      `http://user@127.0.0.1:${port}/allowed/jwks.json`,
    ]) {
      assert.equal((await register(uri)).status, 400, uri);
    }
  });

  for (const scheme of ['file:///etc/passwd', 'ftp://93.184.215.14/keys', 'gopher://93.184.215.14/', 'data:,{}']) {
    it(`${scheme} is not fetched`, async () => {
      const { status, client_id } = await register(scheme);
      if (status === 400) return;
      assert.equal((await authenticate(client_id)).status, 401);
    });
  }
});

describe('What comes back', () => {
  let open: Awaited<ReturnType<typeof startDeployment>>;
  before(async () => {
    open = await startDeployment({ storage: 'memory' });
  });
  after(() => open.close());

  async function tryWith(path: string) {
    const client_id = `open-${clients++}`;
    const created = await open.deployment.admin('POST', '/admin/clients', {
      client_id,
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks_uri: `http://127.0.0.1:${port}${path}`,
    });
    assert.equal(created.status, 201);
    return open.deployment.token({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await sign(client_id),
    });
  }

  it('a redirect is not followed', async () => {
    asked = 0;
    assert.equal((await tryWith('/redirect')).status, 401);
    assert.equal(asked, 1);
  });

  it('an answer without end is cut off', async () => {
    const before = process.memoryUsage().rss;
    assert.equal((await tryWith('/endless')).status, 401);
    assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
  });

  it('an answer that never comes is not waited for', async () => {
    const started = performance.now();
    assert.equal((await tryWith('/never')).status, 401);
    assert.ok(performance.now() - started < 20_000);
  });

  for (const text of [
    '',
    'no json',
    '[]',
    '{"keys":7}',
    '{"keys":[7,null,[]]}',
    '{"keys":[{"kty":"oct","k":"AAAA"}]}',
  ]) {
    it(`${JSON.stringify(text)} is no key set, and what it says is not repeated`, async () => {
      body = () => text;
      const answer = await tryWith('/keys');
      assert.ok(answer.status === 401 || answer.status === 400, String(answer.status));
      if (text.length > 5) assert.ok(!JSON.stringify(answer.body).includes(text));
    });
  }
});
