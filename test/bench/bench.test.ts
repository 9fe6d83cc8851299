import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { type Floor, floorsFor } from '../../bench/floors.ts';
import type { Machine } from '../../bench/machine.ts';
import type { Result } from '../../bench/measure.ts';
import type { Judgement } from '../../bench/report/judge.ts';
import * as scenarios from '../../bench/scenarios/index.ts';

const root = new URL('../..', import.meta.url).pathname;
const NAMES = Object.values(scenarios).map(({ name }) => name);

type Report = {
  readonly machine: Machine;
  readonly results: readonly Result[];
  readonly judgements: readonly Judgement[];
  readonly failures: readonly string[];
};

/** Too short for its figures to mean anything. */
const SHORT = ['--engine=sqlite', '--seconds=0.2', '--rounds=1', '--clients=20', '--minutes=0.01'];

test('npm run bench measures every scenario, every answer is the right one, and every floor is judged', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = { json: join(folder, 'figures.json'), chart: join(folder, 'chart.svg') };
  const args = [...SHORT, `--json=${files.json}`, `--chart=${files.chart}`];
  const child = spawn(process.execPath, ['bench/run.ts', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const report: Report = JSON.parse(readFileSync(files.json, 'utf8'));
  assert.deepEqual(report.failures, [], said + complained);
  assert.deepEqual(report.results.map(({ scenario }) => scenario).sort(), NAMES.sort());
  for (const { scenario, entries } of report.results) {
    assert.match(said, new RegExp(`^${scenario}, \\d+ connections?$`, 'm'));
    for (const { label, samples } of entries) {
      assert.ok(samples.length === 1 && samples.every(({ rate }) => rate > 0), `${scenario} ${label}`);
    }
  }
  const judged = report.judgements.flatMap(({ floor }) => (floor ? [floor] : []));
  const asked = floorsFor(report.machine).filter(({ of }) => of !== 'postgres');
  const byName = (floors: readonly Floor[]) => floors.map((floor) => JSON.stringify(floor)).sort();
  assert.deepEqual(byName(judged), byName(asked));
  assert.match(readFileSync(files.chart, 'utf8'), /^<svg[^>]*>\n<title>[\s\S]*<\/svg>\n$/);
});

test('npm run bench says what it does not understand, and which options there are', () => {
  for (const arg of ['--seconds=0', '--engine=oracle', '--rounds=many', '--what']) {
    assert.throws(
      () => execFileSync(process.execPath, ['bench/run.ts', arg], { cwd: root, stdio: 'pipe' }),
      ({ status, stderr }: { status: number; stderr: Buffer }) =>
        status === 1 && /--connections LIST/.test(stderr.toString()),
    );
  }
});
