import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { it } from 'node:test';
import { Outbox } from '../../src/http/outbox.ts';

it('sends the answers of one turn together, in their order, when it ends', async () => {
  const sent: unknown[] = [];
  const outbox = new Outbox();
  const answer = (content: string | undefined) =>
    outbox.end({ end: (body: unknown) => void sent.push(body) } as unknown as ServerResponse, content);
  answer('first');
  answer(undefined);
  await Promise.resolve();
  answer('third');
  assert.deepEqual(sent, []);
  await new Promise(setImmediate);
  assert.deepEqual(sent, ['first', undefined, 'third']);
  answer('next');
  await new Promise(setImmediate);
  assert.deepEqual(sent, ['first', undefined, 'third', 'next']);
});
