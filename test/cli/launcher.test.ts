import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { gatehouse, LAUNCHER } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-launcher-'));
after(() => rmSync(folder, { recursive: true }));

it('version says version, git hash and build time, a line each', async () => {
  const { exitCode, stdout, stderr } = await gatehouse(['version']);
  assert.match(stdout, /^Version: +v\d+\.\d+\.\d+\nGit Hash: +([0-9a-f]{40}|unknown)\nBuild Time: +\S+\n$/);
  assert.deepEqual([exitCode, stderr], [0, '']);
});

it('runs from any folder, through links, and goes by the name of the reference when called by it', async () => {
  for (const name of ['gatehouse', 'hydra']) {
    const launcher = join(folder, name);
    symlinkSync(LAUNCHER, launcher);
    const { exitCode, stdout } = await gatehouse(['--help'], { cwd: folder, launcher });
    assert.equal(exitCode, 0);
    assert.match(stdout, new RegExp(`^Usage: ${name} `));
  }
});

it('runs on a host whose own Node.js is too old', async () => {
  const old = join(folder, 'node');
  writeFileSync(old, '#!/bin/sh\necho "the old Node.js ran" >&2\nexit 99\n');
  chmodSync(old, 0o755);
  const { exitCode, stdout } = await gatehouse(['version'], { env: { PATH: `${folder}:${process.env.PATH}` } });
  assert.equal(exitCode, 0);
  assert.match(stdout, /^Version: /);
});

it('leaves the last word on options of Node.js to the operator', async () => {
  const teller = join(folder, 'teller.cjs');
  writeFileSync(teller, 'process.stderr.write(process.env.NODE_OPTIONS)');
  const { exitCode, stderr } = await gatehouse(['version'], { env: { NODE_OPTIONS: `--require ${teller}` } });
  assert.deepEqual([exitCode, stderr], [0, `--max-semi-space-size=8 --require ${teller}`]);
});

it('a word alone shows its commands, an unknown one is refused in a sentence', async () => {
  for (const args of [[], ['serve'], ['migrate']]) {
    const { exitCode, stdout } = await gatehouse(args);
    assert.match(stdout, /^Usage: /);
    assert.equal(exitCode, 0);
  }
  for (const args of [['sevre'], ['serve', 'everything'], ['serve', 'all', '--devv'], ['version', 'please']]) {
    const { exitCode, stdout, stderr } = await gatehouse(args);
    assert.match(stderr, /^error: [^\n]+\n(\(Did you mean [^\n]+\)\n)?$/);
    assert.deepEqual([exitCode, stdout], [1, '']);
  }
});
