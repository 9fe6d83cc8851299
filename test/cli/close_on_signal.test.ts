import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A process that says when it listens for signals and when it closes, which takes it so many milliseconds. */
async function start(closing: number): Promise<ChildProcess> {
  const script = `
    import { closeOnSignal } from '${ROOT}src/cli/close_on_signal.ts';
    setInterval(() => {}, 1000);
    closeOnSignal(() => new Promise((done) => { console.log('closing'); setTimeout(done, ${closing}); }), console);
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 2],
  });
  await once(child.stdout ?? assert.fail(), 'data');
  return child;
}

/** The exit code, and the milliseconds until then. */
async function ending(child: ChildProcess): Promise<{ exitCode: number | null; took: number }> {
  const start = performance.now();
  if (child.exitCode === null) await once(child, 'exit');
  return { exitCode: child.exitCode, took: performance.now() - start };
}

it('one signal waits for what is running, but not for as long as a second', async () => {
  for (const [closing, expected] of [
    [10, 0],
    [60_000, 1],
  ] as const) {
    const child = await start(closing);
    child.kill('SIGTERM');
    const { exitCode, took } = await ending(child);
    assert.equal(exitCode, expected);
    assert.ok(took < 1000, `${took} ms`);
  }
});

it('a second signal ends the process at once', async () => {
  const child = await start(60_000);
  child.kill('SIGINT');
  await once(child.stdout ?? assert.fail(), 'data');
  await sleep(100);
  child.kill('SIGINT');
  const { exitCode, took } = await ending(child);
  assert.equal(exitCode, 1);
  assert.ok(took < 500, `${took} ms`);
});

it('one Ctrl-C that npm passes on as well counts once', async () => {
  const child = await start(200);
  // Two different ones: the system may merge two of a kind.
  child.kill('SIGINT');
  child.kill('SIGTERM');
  assert.equal((await ending(child)).exitCode, 0);
});
