import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { UnsecuredJWT } from 'jose';
import { startDeployment } from '../e2e/deployment.ts';
import { withNames } from './names.ts';

type Started = Awaited<ReturnType<typeof startDeployment>>;

/** One that may call anybody but the credentials of a cloud machine, and one that calls public addresses alone. */
let open: Started;
let guarded: Started;
let site: Server;
let port: number;
let asked: string[] = [];
let body: string | Buffer = '';

const OBJECT = new UnsecuredJWT({ state: 'state-from-object' }).encode();

before(async () => {
  site = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/redirect') return response.writeHead(302, { location: '/object' }).end();
    if (request.url === '/created') return response.writeHead(201).end(OBJECT);
    if (request.url === '/never') return;
    if (request.url === '/drip') {
      const timer = setInterval(() => response.write('a'), 100);
      response.on('close', () => clearInterval(timer));
      return;
    }
    if (request.url === '/endless') {
      const timer = setInterval(() => response.write('x'.repeat(65_536)), 1);
      response.on('close', () => clearInterval(timer));
      return;
    }
    if (request.url === '/broken') return request.socket.destroy();
    response.end(body);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  port = (site.address() as AddressInfo).port;
  const clients = { http: { disallow_private_ip_ranges: true } };
  open = await startDeployment({ storage: 'memory' });
  guarded = await startDeployment({ storage: 'memory', config: { clients } });
});
after(async () => {
  await open.close();
  await guarded.close();
  site.closeAllConnections();
  site.close();
});

let clients = 0;

/** What becomes of a request whose object is at an address; the client has registered that, unless another one is given. */
async function ask({ deployment }: Started, request_uri: string, registered = request_uri): Promise<string> {
  const client_id = `client-${clients++}`;
  await deployment.createClient({ client_id, request_uris: [registered], jwks: { keys: [] } });
  asked = [];
  body = OBJECT;
  const url = deployment.authorizeUrl({ client_id, request_uri, scope: 'openid' });
  const { status, location } = await deployment.browser().get(url);
  assert.equal(status, 302);
  if (location.pathname === '/login') return 'taken';
  assert.equal(location.pathname, '/error', String(location));
  return String(location.searchParams.get('error'));
}

const here = (path: string) => `http://127.0.0.1:${port}${path}`;

describe('RFC 9101 10.4.1: an address of a request object', () => {
  it('is fetched when it is registered, so that the refusals say something', async () => {
    assert.equal(await ask(open, here('/object')), 'taken');
    assert.deepEqual(asked, ['/object']);
  });

  for (const change of [
    (uri: string) => `${uri}/`,
    (uri: string) => `${uri}?x`,
    (uri: string) => `${uri}#x`,
    (uri: string) => uri.replace('object', 'obj%65ct'),
    (uri: string) => uri.replace('http://', 'HTTP://'),
    (uri: string) => uri.replace('http://', 'http://user@'),
    (uri: string) => uri.replace('/object', '/./object'),
    (uri: string) => ` ${uri}`,
    (uri: string) => uri.replace('127.0.0.1', 'localhost'),
  ]) {
    it(`is the registered one to the letter, and not ${change('http://127.0.0.1/object')}`, async () => {
      assert.equal(await ask(open, change(here('/object')), here('/object')), 'invalid_request_uri');
      assert.deepEqual(asked, []);
    });
  }

  it('may have a fragment, which stays here', async () => {
    const registered = here('/object?x=1#GkurKxf5T0Y-mnPFCHqWOMiZi4VS138cQO_V7PZHAdM');
    assert.equal(await ask(open, registered), 'taken');
    assert.deepEqual(asked, ['/object?x=1']);
    assert.equal(await ask(open, here('/object?x=1'), registered), 'invalid_request_uri');
    assert.deepEqual(asked, []);
  });

  for (const uri of [
    'file:///etc/passwd',
    'data:,x',
    'gopher://127.0.0.1/',
    'urn:ietf:params:oauth:request_uri:a',
    'x',
  ]) {
    it(`${uri} is not fetched, though it is registered`, async () => {
      assert.equal(await ask(open, uri), 'invalid_request_uri');
    });
  }
});

describe('OWASP: a request object on the inside', () => {
  for (const host of ['169.254.169.254', '[fe80::1]', '[::ffff:169.254.169.254]', '[::ffff:a9fe:a9fe]']) {
    it(`${host} is never asked, whatever is configured`, async () => {
      const started = performance.now();
      assert.equal(await ask(open, `http://${host}/latest/meta-data`), 'invalid_request_uri');
      assert.ok(performance.now() - started < 2000, 'it was refused, and not waited for');
    });
  }

  it('a name that comes to lead inside is asked for nothing', async () => {
    await withNames({ 'rebinding.example': ['93.184.215.14', '127.0.0.1'] }, async () => {
      assert.equal(await ask(guarded, `http://rebinding.example:${port}/object`), 'invalid_request_uri');
    });
    assert.deepEqual(asked, []);
    await withNames({ 'metadata.example': ['169.254.169.254'] }, async () => {
      assert.equal(await ask(open, `http://metadata.example:${port}/object`), 'invalid_request_uri');
    });
  });

  for (const host of ['100.64.0.1', '198.18.0.1', '[2002:7f00:1::]', '255.255.255.255']) {
    it(`${host} is not asked where only public addresses are`, async () => {
      assert.equal(await ask(guarded, `http://${host}:${port}/object`), 'invalid_request_uri');
    });
  }
});

describe('RFC 9101 5.2.3: what comes back', () => {
  it('is not followed to somewhere else', async () => {
    assert.equal(await ask(open, here('/redirect')), 'invalid_request_uri');
    assert.deepEqual(asked, ['/redirect']);
  });

  it('comes with the status 200, or is nothing', async () => {
    assert.equal(await ask(open, here('/created')), 'invalid_request_uri');
    assert.equal(await ask(open, here('/broken')), 'invalid_request_uri');
    assert.equal(await ask(open, `http://127.0.0.1:1/object`), 'invalid_request_uri');
  });

  it('is cut off when it has no end', async () => {
    const before = process.memoryUsage().rss;
    assert.equal(await ask(open, here('/endless')), 'invalid_request_uri');
    assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
  });

  it('is not waited for when it never comes, nor when it comes a byte at a time', async () => {
    const started = performance.now();
    const answers = await Promise.all([ask(open, here('/never')), ask(open, here('/drip'))]);
    assert.deepEqual(answers, ['invalid_request_uri', 'invalid_request_uri']);
    assert.ok(performance.now() - started < 20_000);
  });

  it('is a request object, and what it says else is not repeated', async () => {
    const client_id = 'reads';
    const uri = here('/object');
    await open.deployment.createClient({ client_id, request_uris: [uri], jwks: { keys: [] } });
    const secret = 'root:x:0:0:a-secret-of-the-inside';
    for (const text of ['', secret, `{"x":"${secret}"}`, `<html>${secret}`, Buffer.from([0xff, 0xfe, 0x00])]) {
      body = text;
      const { location } = await open.deployment
        .browser()
        .get(open.deployment.authorizeUrl({ client_id, request_uri: uri }));
      assert.equal(location.searchParams.get('error'), 'invalid_request_object', String(text));
      assert.ok(!location.search.includes('a-secret'), String(location));
    }
  });
});
