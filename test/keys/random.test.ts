import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBytes } from '../../src/keys/random.ts';

test('no byte is given twice, across many pools and odd lengths', () => {
  const seen = new Set<string>();
  const lengths = [12, 32, 7, 32, 16];
  for (let at = 0; at < 5_000; at++) {
    const bytes = randomBytes(lengths[at % lengths.length] ?? 32);
    assert.equal(bytes.length, lengths[at % lengths.length]);
    seen.add(bytes.toString('hex'));
  }
  assert.equal(seen.size, 5_000);
});

test('what was given does not change with what comes later', () => {
  const first = randomBytes(32);
  const copy = Buffer.from(first);
  for (let at = 0; at < 500; at++) randomBytes(32);
  assert.deepEqual(first, copy);
});

test('all of the pool is random: each value of a byte is there about as often', () => {
  const counts = new Uint32Array(256);
  for (let at = 0; at < 8_000; at++) for (const byte of randomBytes(32)) counts[byte] = (counts[byte] ?? 0) + 1;
  for (const [value, count] of counts.entries()) assert.ok(count > 800 && count < 1_200, `${value}: ${count} times`);
});

test('more than the pool holds is refused', () => {
  assert.throws(() => randomBytes(5_000), RangeError);
});
