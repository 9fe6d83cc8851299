import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/store/db.ts';
import { migrationStatus } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { gatehouse, isComplaint } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-migrate-'));
after(() => rmSync(folder, { recursive: true }));

const NAMES = Object.keys(migrations);
const LAST_TWO = NAMES.toReversed().slice(0, 2);

let file: string;
let dsn: string;
let count = 0;
beforeEach(() => {
  file = join(folder, `${++count}.sqlite`);
  dsn = `sqlite://${file}`;
});

async function pending(): Promise<number> {
  const db = await openDatabase({ engine: 'sqlite', path: file });
  const status = await migrationStatus(db);
  await db.close();
  return status.pending.length;
}

it('migrate sql up shows the plan as a table, applies it and has nothing to do the second time', async () => {
  const first = await gatehouse(['migrate', 'sql', 'up', '-e', '--yes'], { env: { DSN: dsn } });
  assert.equal(first.exitCode, 0, first.stderr);
  assert.match(first.stdout, /^VERSION +NAME +STATUS +SINCE\n0001 +expand_first_schema +Pending\n/);
  assert.equal(await pending(), 0);
  const second = await gatehouse(['migrate', 'sql', 'up', '-e', '--yes'], { env: { DSN: dsn } });
  assert.equal(second.exitCode, 0);
  assert.match(second.stdout, /^0001 +expand_first_schema +Applied +20\d\d-\d\d-\d\dT[\d:.]+Z$/m);
  assert.match(second.stdout, /Nothing to do/);
});

it('the DSN may be an argument, stand in a file, or in the environment', async () => {
  const config = join(folder, 'only-dsn.yml');
  writeFileSync(config, `dsn: ${dsn}\nwhatever: {else: stands here}\n`);
  for (const [args, env] of [
    [['up', dsn, '-y'], {}],
    [['up', '-y', '-c', config], {}],
    [['up', '-y', '--read-from-env'], { DSN: dsn }],
    [[dsn, '-y'], {}],
    [['-e', '--yes'], { DSN: dsn }],
  ] as const) {
    rmSync(file, { force: true });
    const { exitCode, stderr } = await gatehouse(['migrate', 'sql', ...args], { env });
    assert.equal(exitCode, 0, stderr);
    assert.equal(await pending(), 0, args.join(' '));
  }
});

it('asks before it changes anything', async () => {
  const declined = await gatehouse(['migrate', 'sql', 'up', dsn], { input: 'n\n' });
  assert.deepEqual([declined.exitCode, declined.stderr], [0, '']);
  assert.match(declined.stdout, /Nothing was changed/);
  assert.equal(await pending(), NAMES.length);
  const unanswered = await gatehouse(['migrate', 'sql', 'up', dsn]);
  assert.equal(unanswered.exitCode, 1);
  assert.match(unanswered.stderr, /--yes/);
  assert.equal(await pending(), NAMES.length);
  const accepted = await gatehouse(['migrate', 'sql', 'up', dsn], { input: 'yes\n' });
  assert.equal(accepted.exitCode, 0);
  assert.equal(await pending(), 0);
});

it('migrate sql down shows what it would take back, the last one first, asks, and takes it back', async () => {
  await gatehouse(['migrate', 'sql', 'up', dsn, '-y']);
  const args = ['migrate', 'sql', 'down', dsn, '--steps', '2'];
  const declined = await gatehouse(args, { input: 'n\n' });
  const rows = declined.stdout.split('\n').slice(1, 4);
  assert.deepEqual(
    rows.map((row) => row.slice(0, 4)),
    [...LAST_TWO.map((name) => name.slice(0, 4)), ''],
  );
  assert.match(rows[0] ?? '', / To be taken back /);
  assert.match(declined.stdout, /lose what is stored.*Nothing was changed/);
  assert.equal((await gatehouse(args)).exitCode, 1);
  assert.equal(await pending(), 0);
  const { exitCode, stdout, stderr } = await gatehouse([...args, '--yes']);
  assert.equal(exitCode, 0, stderr);
  assert.ok(stdout.endsWith(`\nTook back ${LAST_TWO.join(', ')}.\n`), stdout);
  assert.equal(await pending(), 2);
  await gatehouse(['migrate', 'sql', 'down', '-e', '--steps', '1000', '-y'], { env: { DSN: dsn } });
  assert.equal(await pending(), NAMES.length);
  assert.match((await gatehouse([...args, '-y'])).stdout, /Nothing to do/);
});

it('migrate sql down takes nothing back where nobody says how much', async () => {
  for (const steps of [[], ['--steps', '0'], ['--steps', '-1'], ['--steps', 'all']]) {
    const outcome = await gatehouse(['migrate', 'sql', 'down', dsn, '--yes', ...steps]);
    assert.ok(isComplaint(outcome), JSON.stringify(outcome));
  }
});

it('migrate sql status tells what is applied and since when, as a table, as JSON and as versions', async () => {
  for (const words of [['sql', 'status'], ['status']]) {
    rmSync(file, { force: true });
    const show = (...args: string[]) => gatehouse(['migrate', ...words, ...args], { env: { DSN: dsn } });
    assert.match((await show()).stdout, /^VERSION +NAME +STATUS +SINCE\n0001 +expand_first_schema +Pending\n/);
    await gatehouse(['migrate', 'sql', 'up', dsn, '-y']);
    await gatehouse(['migrate', 'sql', 'down', dsn, '-y', '--steps', '1']);
    const lines = JSON.parse((await show('-e', '--format', 'json')).stdout);
    assert.deepEqual(
      lines.map(({ version, state }: Record<string, string>) => [version, state]),
      NAMES.map((name, at, { length }) => [name.slice(0, 4), at < length - 1 ? 'Applied' : 'Pending']),
    );
    assert.ok(new Date(lines[0].applied_at).getTime() > Date.now() - 60_000);
    assert.deepEqual([lines[0].name, lines.at(-1).applied_at], ['expand_first_schema', null]);
    assert.match((await show('--quiet')).stdout, /^0001\n0002\n/);
  }
});

it('migrate sql status --block waits for somebody else to apply what is pending', async () => {
  const waiting = gatehouse(['migrate', 'sql', 'status', dsn, '--block']);
  while (!existsSync(file)) await sleep(20);
  assert.equal(await Promise.race([waiting, sleep(1_500, 'waiting')]), 'waiting');
  assert.equal((await gatehouse(['migrate', 'sql', 'up', dsn, '-y'])).exitCode, 0);
  const { exitCode, stdout, stderr } = await waiting;
  assert.equal(exitCode, 0);
  assert.match(stderr, /^Waiting for 0001_expand_first_schema/);
  assert.doesNotMatch(stdout, /Pending/);
});

it('refuses in one sentence what is no DSN', async () => {
  for (const [args, env] of [
    [['up', '-e', '--yes'], {}],
    [['up', 'oracle://db', '--yes'], {}],
    [['up', '-y', '-c', join(folder, 'nowhere.yml')], {}],
  ] as const) {
    const outcome = await gatehouse(['migrate', 'sql', ...args], { env });
    assert.ok(isComplaint(outcome), JSON.stringify(outcome));
  }
  assert.equal(existsSync(file), false);
});
