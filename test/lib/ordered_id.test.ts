import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { orderedHex, orderedUuid, timeOfUuid } from '../../src/lib/ordered_id.ts';

test('RFC 9562 5.7: what is made later comes later, and has version 7 and the variant', async () => {
  const before = Date.now();
  const first = orderedUuid();
  await sleep(2);
  const second = orderedUuid();
  assert.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(first < second, `${first} ${second}`);
  const time = Number.parseInt(first.replace('-', '').slice(0, 12), 16);
  assert.ok(time >= before && time <= Date.now(), String(time));
});

test('RFC 9562 5.7: what is made at the same time differs', () => {
  const made = Array.from({ length: 10_000 }, () => orderedHex());
  assert.equal(new Set(made).size, made.length);
  assert.match(made[0] ?? '', /^[0-9a-f]{32}$/);
});

test('tells the time of those that begin with it, and of no other', () => {
  const before = Date.now();
  const time = timeOfUuid(orderedUuid())?.readUIntBE(0, 6) ?? 0;
  assert.ok(time >= before && time <= Date.now(), String(time));
  for (const other of [crypto.randomUUID(), '', 'undefined', orderedUuid().toUpperCase().replace(/^./, 'G')])
    assert.equal(timeOfUuid(other), undefined, other);
});
