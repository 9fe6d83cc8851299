import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import type { ImportReport } from '../../src/hydra_import/import.ts';
import { NETWORK } from '../hydra_import/tables.ts';
import { CROWD, fillHydra, SYSTEM_SECRETS } from '../hydra_import/world.ts';
import { gatehouse, isComplaint } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-import-'));
after(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'hydra.sqlite');
const from = `sqlite://${file}?_fk=true`;
before(() => fillHydra(from));

const env = {
  DSN: `sqlite://${join(folder, 'gatehouse.sqlite')}`,
  DEV: 'true',
  SECRETS_SYSTEM: SYSTEM_SECRETS.join(','),
  URLS_SELF_ISSUER: 'http://127.0.0.1:4444',
};

const hydra = (...args: string[]) => gatehouse(['import', 'hydra', ...args], { env });

async function told(...args: string[]): Promise<ImportReport> {
  const { exitCode, stdout, stderr } = await hydra('--from', from, '--format', 'json', ...args);
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, new RegExp(`^hydra_oauth2_authentication_session: ${CROWD + 4} rows$`, 'm'));
  return JSON.parse(stdout) as ImportReport;
}

const totalOf = ({ tables }: ImportReport) => ({
  imported: tables.reduce((sum, { imported }) => sum + imported, 0),
  already_there: tables.reduce((sum, { already_there }) => sum + already_there, 0),
});

it('import hydra counts with --dry-run, imports once, and leaves the file of Hydra as it is', async () => {
  const { mtimeMs } = statSync(file);
  const dry = await told('--dry-run');
  const first = await told();
  const second = await told('--network', NETWORK.toUpperCase());
  assert.deepEqual([dry.dry_run, first.dry_run, first.network], [true, false, NETWORK]);
  const { imported } = totalOf(first);
  assert.ok(imported > CROWD);
  assert.deepEqual(totalOf(dry), { imported, already_there: 0 });
  assert.deepEqual(totalOf(second), { imported: 0, already_there: imported });
  assert.deepEqual(first.warnings, []);
  assert.ok(first.not_carried_over.includes('authorization codes that are not redeemed'));
  assert.equal(statSync(file).mtimeMs, mtimeMs);
});

it('import hydra shows tables to people, without any secret, and warns of secrets that are missing here', async () => {
  const [first, old] = SYSTEM_SECRETS;
  const { exitCode, stdout } = await gatehouse(
    ['import', 'hydra', '--from', from, '--from-secret', first, '--from-secret', old, '--dry-run'],
    { env: { ...env, SECRETS_SYSTEM: 'a-secret-of-gatehouse' } },
  );
  assert.equal(exitCode, 0);
  assert.match(stdout, /Dry run/);
  assert.match(stdout, /hydra_oauth2_access/);
  assert.match(stdout, /is neither remembered nor in use/);
  assert.match(stdout, /A secret of Hydra is not among "secrets.system"/);
  assert.doesNotMatch(stdout, new RegExp(`${first}|${old}|pbkdf2|ory_`));
});

it('import hydra says in one sentence what it cannot work with', async () => {
  const empty = `sqlite://${join(folder, 'gatehouse.sqlite')}`;
  for (const [args, reason] of [
    [['--from', from, '--from-secret', 'a-secret-of-somebody-else'], /None of the secrets opens the keys/],
    [['--from', empty], /no tables of Hydra/],
    [['--from', `sqlite://${join(folder, 'missing', 'hydra.sqlite')}`], /cannot be opened/],
    [['--from', 'oracle://somewhere'], /^The option --from must be/],
    [['--from', from, '--network', 'no-such-network'], /There is no network 'no-such-network'/],
    [[], /--from/],
  ] as const) {
    const outcome = await hydra(...args);
    assert.match(outcome.stderr, reason);
    assert.ok(args.length === 0 ? outcome.exitCode === 1 : isComplaint(outcome), outcome.stderr);
  }
});
