import assert from 'node:assert/strict';
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProcesses } from '../e2e/processes.ts';
import { endure } from './endure.ts';

/** Milliseconds at each time. */
const DURATION = 800;
/** What was granted lives on at each of the times. */
const config = { ttl: { access_token: '9h', auth_code: '9h', login_consent_request: '9h', id_token: '9h' } };

it('a clock that steps an hour ahead, and two back, loses nothing', async (test) => {
  const [library = ''] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
  assert.ok(existsSync(library), 'the package faketime is not installed: see test/setup');
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-clock-'));
  test.after(() => rmSync(folder, { recursive: true }));
  const clock = join(folder, 'offset');
  const set = (offset: string) => writeFileSync(clock, offset);
  set('+0');
  const env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  const servers = await startProcesses(test, { env, config });
  await endure(test, servers, async (_round, load) => {
    for (const offset of ['+3600', '-3600', '+0']) {
      set(offset);
      await load.recovery();
      await sleep(DURATION);
    }
  });
});
