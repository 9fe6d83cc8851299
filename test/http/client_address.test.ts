import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientAddress, isUnknownProxy, parseNetwork } from '../../src/http/client_address.ts';
import type { Request } from '../../src/http/request.ts';

/** Who is connected, what they say was before them, whom we trust, and the address that counts. */
const ROWS: readonly [peer: string, forwarded: string | undefined, trusted: string[], address: string | undefined][] = [
  ['192.0.2.1', undefined, [], '192.0.2.1'],
  ['::ffff:192.0.2.1', undefined, [], '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', undefined, [], '2001:db8:1:2::/64'],
  ['fe80::1%eth0', undefined, [], 'fe80:0:0:0::/64'],
  ['', '192.0.2.9', ['0.0.0.0/0'], undefined],
  ['192.0.2.1', '198.51.100.7', [], '192.0.2.1'],
  ['192.0.2.1', '198.51.100.7', ['10.0.0.0/8'], '192.0.2.1'],
  ['10.1.2.3', '198.51.100.7', ['10.0.0.0/8'], '198.51.100.7'],
  ['::ffff:10.1.2.3', '198.51.100.7', ['10.0.0.0/8'], '198.51.100.7'],
  ['10.1.2.3', '203.0.113.5, 198.51.100.7', ['10.0.0.0/8'], '198.51.100.7'],
  ['10.1.2.3', '203.0.113.5, 198.51.100.7,10.9.9.9', ['10.0.0.0/8'], '198.51.100.7'],
  ['10.1.2.3', '10.0.0.1', ['10.0.0.0/8'], '10.0.0.1'],
  ['10.1.2.3', 'unknown', ['10.0.0.0/8'], '10.1.2.3'],
  ['10.1.2.3', '198.51.100.7, <script>', ['10.0.0.0/8'], '10.1.2.3'],
  ['10.1.2.3', '', ['10.0.0.0/8'], '10.1.2.3'],
  ['10.1.2.3', '198.51.100.7:50123', ['10.0.0.0/8'], '198.51.100.7'],
  ['::1', '[2001:db8::1]:443', ['::1'], '2001:db8:0:0::/64'],
  ['127.0.0.1', '198.51.100.7', ['127.0.0.1', '::1/128'], '198.51.100.7'],
];

const from = (remote_address: string, headers: Request['headers']): Request => ({
  method: 'GET',
  path: '/',
  query: '',
  params: {},
  headers,
  remote_address,
  body: Buffer.alloc(0),
});

const networks = (texts: readonly string[]) => texts.map((text) => parseNetwork(text) ?? assert.fail(text));

describe('the address of a browser', () => {
  for (const [peer, forwarded, trusted, address] of ROWS) {
    const shown = `${peer || 'nobody'}, who says ${forwarded ?? 'nothing'}, trusted: ${trusted.join(' ') || 'none'}`;
    it(`of ${shown} is ${address ?? 'unknown'}`, () => {
      const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
      assert.equal(clientAddress(from(peer, headers), networks(trusted)), address);
    });
  }

  it('is that of all the world behind a proxy beside us that nobody told us of', () => {
    const forwarded = { 'x-forwarded-for': '198.51.100.7' };
    for (const peer of ['10.1.2.3', '127.0.0.1', '::1', 'fd00::1']) {
      assert.ok(isUnknownProxy(from(peer, forwarded), []), peer);
      assert.ok(isUnknownProxy(from(peer, { forwarded: 'for=198.51.100.7' }), []), peer);
      assert.ok(!isUnknownProxy(from(peer, {}), []), peer);
      assert.ok(!isUnknownProxy(from(peer, forwarded), networks(['10.9.9.9'])), peer);
    }
    for (const peer of ['8.8.8.8', '2a00:1450::1']) assert.ok(!isUnknownProxy(from(peer, forwarded), []), peer);
  });

  it('is read with networks that are networks', () => {
    for (const text of ['', 'proxy', '10.0.0.0/33', '::/129', '10.0.0.0/', '300.0.0.1', '10.0.0.0/8 ', '*']) {
      assert.equal(parseNetwork(text), undefined, text);
    }
  });
});
