import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import type { Order } from '../../src/store/sweep.ts';
import { startSweeper } from '../../src/store/sweeper.ts';
import { ENGINES, openFresh } from './engines.ts';

const BATCH = 40;
const QUICK = 12;
const SLOW = 4;

function beBusy(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

/** How many rows were wanted of a chore whose first batches take no time, and whose last ones take long. */
async function limitsOf(engine: (typeof ENGINES)[number]): Promise<number[]> {
  const { db, close } = await openFresh(engine);
  const limits: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const batch = async ({ limit }: Order) => {
    limits.push(limit);
    if (limits.length > QUICK) beBusy(10);
    if (limits.length === QUICK + SLOW) resolve();
    return { found: limits.length < QUICK + SLOW ? limit : 0, deleted: 0 };
  };
  const stop = startSweeper({
    db,
    log: pino({ level: 'silent' }),
    now: Date.now,
    settings: { enabled: true, interval: 1, batch: BATCH, keep: 1800, idle_registrations: 0 },
    chores: [{ name: 'a chore', batch }],
  });
  await promise;
  await stop();
  await close();
  return limits.slice(0, QUICK + SLOW);
}

describe('a batch of the sweeper', () => {
  for (const engine of ENGINES) {
    it(`is as large as was wanted, and in this process only while it is brief (${engine.name})`, async () => {
      const limits = await limitsOf(engine);
      const [first = 0, last = 0] = [limits[0], limits.at(-1)];
      if (/postgres|maria|mysql/i.test(engine.name)) return assert.deepEqual([...new Set(limits)], [BATCH]);
      assert.ok(first < BATCH && last < BATCH, `${limits}`);
      assert.equal(Math.max(...limits), BATCH, `${limits}`);
      assert.equal(limits.at(QUICK), BATCH, `${limits}`);
    });
  }
});
