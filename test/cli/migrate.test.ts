import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, it } from 'node:test';
import { openDatabase } from '../../src/store/db.ts';
import { migrationStatus } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { gatehouse, isComplaint } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-migrate-'));
after(() => rmSync(folder, { recursive: true }));

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
  assert.match(first.stdout, /^VERSION +NAME +STATUS\n0001 +expand_first_schema +Pending\n/);
  assert.equal(await pending(), 0);
  const second = await gatehouse(['migrate', 'sql', 'up', '-e', '--yes'], { env: { DSN: dsn } });
  assert.equal(second.exitCode, 0);
  assert.match(second.stdout, /^0001 +expand_first_schema +Applied$/m);
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
  assert.equal(await pending(), Object.keys(migrations).length);
  const unanswered = await gatehouse(['migrate', 'sql', 'up', dsn]);
  assert.equal(unanswered.exitCode, 1);
  assert.match(unanswered.stderr, /--yes/);
  assert.equal(await pending(), Object.keys(migrations).length);
  const accepted = await gatehouse(['migrate', 'sql', 'up', dsn], { input: 'yes\n' });
  assert.equal(accepted.exitCode, 0);
  assert.equal(await pending(), 0);
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
