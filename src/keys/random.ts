import { randomFillSync } from 'node:crypto';

/** A call of the system's generator costs ten times what its bytes do (docs/performance.md). */
const pool = Buffer.alloc(4096);
let used = pool.length;

/** Bytes that nobody can guess. None is given twice, or stays behind. */
export function randomBytes(length: number): Buffer {
  if (length > pool.length) throw new RangeError(`${length} bytes are more than the pool holds`);
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const fresh = pool.subarray(used, used + length);
  const bytes = Buffer.from(fresh);
  fresh.fill(0);
  used += length;
  return bytes;
}
