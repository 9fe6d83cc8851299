import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { RemoteKeySets } from '../../src/keys/remote_jwks.ts';

const ANSWERS: Readonly<Record<string, [number, string]>> = {
  '/good': [200, '{"keys":[{"kid":"a"},"no key"]}'],
  '/missing': [404, '{"keys":[{"kid":"a"}]}'],
  '/moved': [302, '{"keys":[{"kid":"a"}]}'],
  '/text': [200, 'keys'],
  '/list': [200, '[]'],
  '/wrong': [200, '{"keys":{"kid":"a"}}'],
};

describe('RFC 7517 5: a key set that a client publishes', () => {
  let requests = 0;
  const server = createServer(({ url = '' }, response) => {
    requests += 1;
    const [status, body] = ANSWERS[url] ?? assert.fail(url);
    response.writeHead(status).end(body);
  });
  before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  after(() => server.close());

  const policy = { disallow_private_ip_ranges: false, private_ip_exception_urls: [] };
  const setsAt = (now: () => number) => {
    const sets = new RemoteKeySets(policy, now);
    const { port } = server.address() as AddressInfo;
    return (path: string) =>
      sets.judge(
        `http://127.0.0.1:${port}${path}`,
        async (keys) => keys.map(({ kid }) => kid),
        () => true,
      );
  };

  it('is one, and comes with status 200', async () => {
    const keysAt = setsAt(Date.now);
    assert.deepEqual(await keysAt('/good'), ['a']);
    for (const path of ['/missing', '/moved']) await assert.rejects(keysAt(path), /it answered with status (404|302)/);
    await assert.rejects(keysAt('/text'), /the body is not valid JSON/);
    for (const path of ['/list', '/wrong']) {
      await assert.rejects(keysAt(path), /it is not a JSON Web Key Set/, path);
    }
  });

  it('is asked for five times a minute at most, also where it never comes', async () => {
    let now = 0;
    const keysAt = setsAt(() => now);
    const before = requests;
    for (let time = 0; time < 5; time++) await assert.rejects(keysAt('/missing'), /status 404/);
    await assert.rejects(keysAt('/missing'), /too often/);
    assert.equal(requests - before, 5);
    now += 60_000;
    await assert.rejects(keysAt('/missing'), /status 404/);
  });
});
