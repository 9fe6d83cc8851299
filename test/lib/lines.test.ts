import assert from 'node:assert/strict';
import { it } from 'node:test';
import { linesOf } from '../../src/lib/lines.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

it('lines are the same wherever the stream is cut, and one that is too long is counted and left out', async () => {
  for (const [text, expected] of [
    ['', []],
    ['one', ['one']],
    ['one\n', ['one']],
    ['one\ntwo', ['one', 'two']],
    ['\n\nthree\r\n', ['', '', 'three\r']],
    ['é\nfour\nlonger than it may be\nfive\n', ['é', 'four', undefined, 'five']],
    ['exactly8\nexactly_9\n', ['exactly8', undefined]],
    ['longer than it may be', [undefined]],
  ] as const) {
    for (const size of [1, 2, 3, 7, 100]) {
      const lines = await Array.fromAsync(linesOf(inPieces(text, size), 8));
      assert.deepEqual(
        lines.map((line) => line.text?.toString()),
        expected,
      );
      assert.deepEqual(
        lines.map(({ number }) => number),
        expected.map((_, at) => at + 1),
      );
    }
  }
});

it('a line without an end is not kept in memory', async () => {
  async function* endless() {
    for (let piece = 0; piece < 2000; piece++) yield Buffer.alloc(100_000, 'x');
    yield Buffer.from('\nshort');
  }
  const before = process.memoryUsage().arrayBuffers;
  const lines = await Array.fromAsync(linesOf(endless(), 1000));
  assert.deepEqual(
    lines.map(({ text }) => text?.toString()),
    [undefined, 'short'],
  );
  assert.ok(process.memoryUsage().arrayBuffers - before < 100_000_000);
});
