import assert from 'node:assert/strict';
import { it } from 'node:test';
import { onceATurn } from '../../src/lib/once_a_turn.ts';

it('works once for all who ask in one turn of the loop, and again in the next', async () => {
  let calls = 0;
  const count = onceATurn(() => ++calls);
  assert.deepEqual([count(), count()], [1, 1]);
  await Promise.resolve();
  assert.equal(count(), 1);
  await new Promise(setImmediate);
  assert.deepEqual([count(), count()], [2, 2]);
});

it('tries again where it failed', () => {
  let isBroken = true;
  const attempt = onceATurn(() => {
    if (isBroken) throw new Error('broken');
    return 'well';
  });
  assert.throws(attempt, /broken/);
  isBroken = false;
  assert.equal(attempt(), 'well');
});
