import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProcesses } from '../e2e/processes.ts';
import { endure } from './endure.ts';

const SIZE = '24m';
/** Bytes that are left when the disk begins to be full. */
const LEFT = 32 * 1024;

/** Mounting is for root: where we are not, this fails and says so. */
const asRoot = (...command: string[]) =>
  execFileSync(
    ...((process.getuid?.() === 0 ? [command[0] ?? '', command.slice(1)] : ['sudo', command]) as [string, string[]]),
  );

/** While others write there too. */
function fill(file: string, folder: string): void {
  const chunk = Buffer.alloc(16 * 1024);
  const isRoomy = () => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > LEFT;
  };
  writeFileSync(file, '');
  while (isRoomy()) appendFileSync(file, chunk);
}

it('a full disk loses nothing, and servers go on by themselves when there is room again', async (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-disk-'));
  asRoot('mount', '-t', 'tmpfs', '-o', `size=${SIZE},mode=777`, 'tmpfs', folder);
  const servers = await startProcesses(test, { dsn: `sqlite://${join(folder, 'gatehouse.sqlite')}` });
  test.after(() => {
    asRoot('umount', folder);
    rmdirSync(folder);
  });
  const ballast = join(folder, 'ballast');
  await endure(test, servers, async (_round, load) => {
    fill(ballast, folder);
    for (let waited = 0; load.refusals.length === 0; waited++) {
      assert.ok(waited < 600, 'the disk did not become full');
      await sleep(50);
    }
    await sleep(500);
    rmSync(ballast);
  });
});
