import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parseDsn } from '../../src/config/dsn.ts';
import { tablesOf } from '../e2e/crowd.ts';
import { startDeployment } from '../e2e/deployment.ts';
import { Load, WHOLE } from '../e2e/load.ts';
import { type Engine, SHARED_ENGINES } from '../store/engines.ts';
import { textOf } from './page.ts';

const page = textOf('backup.md');

/** The commands under a heading: those that make a backup, and those that restore it. */
function commandsOf(heading: string): [backup: string, restore: string] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? assert.fail(heading);
  const [backup = '', restore = '', ...more] = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(
    ([, text = '']) => text,
  );
  assert.ok(backup !== '' && restore !== '' && more.length === 0, heading);
  return [backup, restore];
}

/** Where the page stands for any database, this one is named. */
const HEADINGS: Readonly<Record<string, readonly [heading: string, name: (commands: string, dsn: string) => string]>> =
  {
    'SQLite file': [
      'SQLite',
      (commands, dsn) => put(commands, '/var/lib/gatehouse/db.sqlite', dsn.replace('sqlite://', '')),
    ],
    PostgreSQL: ['PostgreSQL', (commands, dsn) => put(commands, 'postgres://user:password@host:5432/database', dsn)],
    MariaDB: [
      'MySQL and MariaDB',
      (commands, dsn) => {
        const { host, port, user, password, database } = networkDsn(dsn);
        const options = `--host=${host} --port=${port} --user=${user} --password=${password} ${database}`;
        return put(commands, '--host=host --port=3306 --user=user --password=password database', options);
      },
    ],
  };

function networkDsn(dsn: string) {
  const parsed = parseDsn(dsn);
  return parsed.engine === 'sqlite' ? assert.fail() : parsed;
}

function put(commands: string, general: string, special: string): string {
  assert.ok(commands.includes(general), commands);
  return commands.replaceAll(general, special);
}

describe('docs/backup.md', () => {
  for (const engine of SHARED_ENGINES) {
    it(`brings back what ${engine.name} had while it was at work`, async (test) => {
      const [heading, name] = HEADINGS[engine.name] ?? assert.fail(engine.name);
      const [backup, restore] = commandsOf(heading);
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-backup-'));
      const [source, target] = [await created(test, engine), await created(test, engine)];
      test.after(() => rmSync(folder, { recursive: true }));
      const run = (commands: string, dsn: string) =>
        promisify(execFile)('sh', ['-euc', put(name(commands, dsn), '/var/backups', folder)]);

      const before = await startDeployment({ test, storage: 'file', dsn: source });
      await before.deployment.createClient();
      const code = await before.deployment.code();
      const { body: early } = await before.deployment.exchange(code);
      const load = new Load(before.deployment);
      await load.underWay();
      await run(backup, source);
      await load.stop();
      assert.deepEqual(load.refusals, []);
      const { body: late } = await before.deployment.exchange(await before.deployment.code());

      await run(restore, target);
      const { deployment, running } = await startDeployment({ test, storage: 'file', dsn: target });
      assert.deepEqual(
        (await tablesOf(running.server.db).chains()).filter((chain) => !WHOLE.test(chain)),
        [],
      );
      for (const token of [early.access_token, early.refresh_token])
        assert.equal(await deployment.isActive(token), true);
      assert.equal(await deployment.isActive(late.access_token), false);
      assert.equal((await deployment.refresh(early.refresh_token)).status, 200);
      assert.equal((await deployment.exchange(code)).body.error, 'invalid_grant');
      assert.equal(typeof (await deployment.login()).id_token, 'string');
    });
  }
});

/** An empty database that goes when the test ends. */
async function created(test: { after(action: () => Promise<void>): void }, engine: Engine): Promise<string> {
  const { dsn, drop } = await engine.create();
  test.after(drop);
  return dsn;
}
