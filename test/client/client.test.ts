import assert from 'node:assert/strict';
import { it } from 'node:test';
import { clientOf } from '../../src/client/client.ts';

const documentOf = (client_id: string, length = 0) =>
  JSON.stringify({ client_id, redirect_uris: ['https://rp.example/'], metadata: { note: 'x'.repeat(length) } });

it('reads a document once, and lets nobody change what all get', () => {
  const client = clientOf({ document: documentOf('one') });
  assert.deepEqual(client, JSON.parse(documentOf('one')));
  assert.equal(clientOf({ document: documentOf('one') }), client);
  assert.throws(() => Object.assign(client, { client_name: 'other' }), TypeError);
  assert.throws(() => (client.redirect_uris as string[]).push('https://evil.example/'), TypeError);
  assert.throws(() => Object.assign(client.metadata as object, { note: '' }), TypeError);
});

it('keeps apart what differs in one character, and no long documents', () => {
  const [one, other] = [clientOf({ document: documentOf('client-1') }), clientOf({ document: documentOf('client-2') })];
  assert.deepEqual([one.client_id, other.client_id], ['client-1', 'client-2']);
  const long = documentOf('long', 5000);
  assert.notEqual(clientOf({ document: long }), clientOf({ document: long }));
  assert.deepEqual(clientOf({ document: long }), JSON.parse(long));
});
