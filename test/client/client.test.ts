import assert from 'node:assert/strict';
import { it } from 'node:test';
import { clientOf } from '../../src/client/client.ts';

const documentOf = (client_id: string, length = 0) =>
  JSON.stringify({ client_id, redirect_uris: ['https://rp.example/'], metadata: { note: 'x'.repeat(length) } });

/** As whoever reads it often enough finds it. */
const keptOf = (document: string) => Array.from({ length: 20 }, () => clientOf({ document })).at(-1) ?? assert.fail();

it('keeps what is read often, and lets nobody change what all get', () => {
  const client = keptOf(documentOf('one'));
  assert.deepEqual(client, JSON.parse(documentOf('one')));
  assert.equal(clientOf({ document: documentOf('one') }), client);
  assert.throws(() => Object.assign(client, { client_name: 'other' }), TypeError);
  assert.throws(() => (client.redirect_uris as string[]).push('https://evil.example/'), TypeError);
  assert.throws(() => Object.assign(client.metadata as object, { note: '' }), TypeError);
});

it('keeps apart what differs in one character, and no long documents', () => {
  const [one, other] = [keptOf(documentOf('client-1')), keptOf(documentOf('client-2'))];
  assert.deepEqual([one.client_id, other.client_id], ['client-1', 'client-2']);
  const long = documentOf('long', 5000);
  assert.notEqual(keptOf(long), clientOf({ document: long }));
  assert.deepEqual(clientOf({ document: long }), JSON.parse(long));
});
