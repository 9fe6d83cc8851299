import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { endedChildrenTime } from './process_figures.ts';
import type { Seen } from './sample.ts';
import { bytesOf, type Message } from './wire/message.ts';

const SCRIPT = new URL('wrk.lua', import.meta.url).pathname;

/** Throws where it is not there. */
export function requireWrk(): void {
  if (spawnSync('wrk', ['-v']).error) throw new Error('The benchmark needs wrk: apt-get install wrk, or test/setup.');
}

type Printed = Omit<Seen, 'busy'> & {
  /** Answers with a status of 400 and more. */
  readonly refused: number;
  readonly broken: number;
};

export type Load = {
  readonly port: number;
  readonly messages: readonly Message[];
  readonly connections: number;
  readonly seconds: number;
};

/** In less, in seconds, a machine that does something else may not start wrk, or answer anything. */
const ENOUGH = 5;

/** One thread of wrk, that sends the requests in turn. Throws where one was refused, or not answered. */
export async function runWrk({ port, messages, connections, seconds }: Load): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-wrk-'));
  const file = join(folder, 'requests');
  const parts = messages.map(bytesOf).flatMap((bytes) => [Buffer.from(`${bytes.length}\n`), bytes]);
  writeFileSync(file, Buffer.concat(parts));
  try {
    const options = ['-t', '1', '-c', String(connections), '-d', '1h', '--timeout', '10s', '-s', SCRIPT];
    const before = endedChildrenTime();
    const child = spawn('wrk', [...options, `http://127.0.0.1:${port}`, file]);
    const [output, problems] = [text(child.stdout), text(child.stderr)];
    const closed = once(child, 'close');
    // It counts whole seconds only; when interrupted, it reports the time that it really had.
    await Promise.race([once(child.stderr, 'data'), closed, sleep(ENOUGH * 1000)]);
    await sleep(seconds * 1000);
    child.kill('SIGINT');
    // It has been seen to miss one.
    const again = setInterval(() => child.kill('SIGINT'), 1000);
    await closed.finally(() => clearInterval(again));
    const line = (await output).split('\n').find((printed) => printed.startsWith('{'));
    if (line === undefined) throw new Error(`wrk did not report: ${await problems}`);
    const { refused, broken, ...seen }: Printed = JSON.parse(line);
    if (refused + broken > 0)
      throw new Error(`${refused} requests were refused, ${broken} broke, of ${seen.requests}.`);
    if (seen.requests === 0 && seconds < ENOUGH) return await runWrk({ port, messages, connections, seconds: ENOUGH });
    if (seen.requests === 0) throw new Error('Nothing was answered.');
    return { ...seen, busy: (endedChildrenTime() - before) / seen.seconds };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
