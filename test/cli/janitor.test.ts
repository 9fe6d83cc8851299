import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { parseDsn } from '../../src/config/dsn.ts';
import { insertClient } from '../../src/store/clients.ts';
import { openDatabase } from '../../src/store/db.ts';
import { insertFlowState } from '../../src/store/flow_states.ts';
import { upsertSession } from '../../src/store/login_sessions.ts';
import { migrateUp } from '../../src/store/migrate.ts';
import { insertTokens } from '../../src/store/tokens.ts';
import { insertTrust } from '../../src/store/trusted_jwt_issuers.ts';
import { write } from '../../src/store/write.ts';
import { clientRow, sessionRow, tokenRow } from '../store/rows.ts';
import { gatehouse, isComplaint } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-janitor-'));
after(() => rmSync(folder, { recursive: true }));

const HOUR = 3600;
const OVER = 25;
const LIVE = 3;

describe('janitor', () => {
  let dsn: string;
  let count = 0;

  /** `OVER` tokens expired two hours ago, `LIVE` expire in an hour, one never; a session, a flow and a trust are over. */
  beforeEach(async () => {
    dsn = `sqlite://${join(folder, `${++count}.sqlite`)}`;
    const db = await openDatabase(parseDsn(dsn));
    await migrateUp(db);
    const now = Math.floor(Date.now() / 1000);
    const over = now - 2 * HOUR;
    const issued = { issued_at: over - HOUR };
    await write({ db }, async (tx) => {
      await insertClient(tx, clientRow('app'));
      await insertTokens(tx, [
        ...Array.from({ length: OVER }, () => tokenRow({ ...issued, expires_at: over })),
        ...Array.from({ length: LIVE }, () => tokenRow({ ...issued, expires_at: now + HOUR })),
        tokenRow({ ...issued, kind: 'refresh_token', expires_at: null }),
      ]);
      await upsertSession(tx, sessionRow('sid-1', { expires_at: over }));
      await insertFlowState(tx, { hash: sha256('flow'), sealed: sha256('sealed'), expires_at: over });
      const trust = {
        id: 'trust-1',
        issuer: 'https://a.example',
        subject: '',
        key_id: 'one',
        scope: '',
        created_at: 0,
      };
      await insertTrust(tx, { ...trust, expires_at: over });
    });
    await db.close();
  });

  const left = async (table: 'tokens' | 'login_sessions' | 'flow_states' | 'trusted_jwt_issuers'): Promise<number> => {
    const db = await openDatabase(parseDsn(dsn));
    const rows = await db.queries.selectFrom(table).select('expires_at').execute();
    await db.close();
    return rows.length;
  };
  const all = async () => [
    await left('tokens'),
    await left('login_sessions'),
    await left('flow_states'),
    await left('trusted_jwt_issuers'),
  ];
  const run = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await gatehouse(['janitor', ...args, dsn, '--format', 'json']);
    assert.equal(exitCode, 0, stderr);
    return { ...(JSON.parse(stdout) as { dry_run: boolean; rows: Record<string, number> }), stderr };
  };

  it('deletes of each kind what it is asked for', async () => {
    const { dry_run, rows, stderr } = await run('--tokens');
    assert.equal(dry_run, false);
    assert.deepEqual(rows, { used_jtis: 0, device_codes: 0, tokens: OVER, api_keys: 0 });
    assert.match(stderr, /^tokens: 25 deleted$/m);
    assert.deepEqual(await all(), [LIVE + 1, 1, 1, 1]);
    const requests = (await run('--requests')).rows;
    assert.deepEqual([requests.flow_states, requests.login_sessions, requests.consents], [1, 1, 0]);
    assert.deepEqual(await all(), [LIVE + 1, 0, 0, 1]);
    assert.deepEqual((await run('--grants')).rows, { trusted_jwt_issuers: 1 });
    assert.deepEqual(await all(), [LIVE + 1, 0, 0, 0]);
  });

  it('only counts in a dry run', async () => {
    const { dry_run, rows, stderr } = await run('--dry-run', '--tokens', '--requests', '--grants');
    assert.equal(dry_run, true);
    assert.deepEqual([rows.tokens, rows.login_sessions, rows.trusted_jwt_issuers], [OVER, 1, 1]);
    assert.match(stderr, /^tokens: 25 could be deleted$/m);
    assert.deepEqual(await all(), [OVER + LIVE + 1, 1, 1, 1]);
    assert.equal((await run('--dry-run', '--tokens', '--limit', '10', '--batch-size', '10')).rows.tokens, 10);
  });

  it('stops at its limit, whatever the size of a batch', async () => {
    assert.equal((await run('--tokens', '--limit', '7', '--batch-size', '4')).rows.tokens, 7);
    assert.equal((await run('--tokens', '--batch-size', '10000', '--limit', '10000')).rows.tokens, OVER - 7);
    assert.equal(await left('tokens'), LIVE + 1);
  });

  it('keeps what expired lately', async () => {
    assert.equal((await run('--tokens', '--keep-if-younger', '3h')).rows.tokens, 0);
    assert.equal((await run('--tokens', '--keep-if-younger', '1h59m')).rows.tokens, OVER);
  });

  it('deletes nothing that lives, whatever lifespans it is told', async () => {
    const lifespans = ['--access-lifespan=1s', '--refresh-lifespan=1s', '--consent-request-lifespan=1s'];
    const { rows, stderr } = await run('--tokens', '--requests', ...lifespans);
    assert.equal(rows.tokens, OVER);
    for (const flag of lifespans) assert.match(stderr, new RegExp(`note: '${flag.replace('=1s', '')}' does nothing`));
    assert.equal(await left('tokens'), LIVE + 1);
  });

  it('shows people a table', async () => {
    const { stdout } = await gatehouse(['janitor', '--tokens', dsn]);
    assert.match(stdout, /│ 'tokens' +│ 25 +│/);
  });

  it('takes the DSN from the environment and from files too', async () => {
    const file = join(folder, 'dsn.yml');
    writeFileSync(file, `dsn: ${dsn}\n`);
    for (const [args, env] of [
      [['-e'], { DSN: dsn }],
      [['-c', file], {}],
    ] as const) {
      const { exitCode, stderr } = await gatehouse(['janitor', '--tokens', ...args], { env });
      assert.equal(exitCode, 0, stderr);
    }
    assert.equal(await left('tokens'), LIVE + 1);
  });

  it('refuses in one sentence what makes no sense', async () => {
    for (const args of [
      [dsn],
      ['--tokens'],
      ['--tokens', 'oracle://db'],
      ['--tokens', 'memory'],
      ['--tokens', '--limit', '5', dsn],
      ['--tokens', '--limit', '0', dsn],
      ['--tokens', '--batch-size', '-1', dsn],
      ['--tokens', '--keep-if-younger', 'long', dsn],
      ['--tokens', '--keep-if-younger', '-1h', dsn],
      ['--tokens', '--access-lifespan', '1 day', dsn],
    ]) {
      const outcome = await gatehouse(['janitor', ...args]);
      assert.ok(isComplaint(outcome), JSON.stringify([args, outcome]));
    }
    assert.equal(await left('tokens'), OVER + LIVE + 1);
  });
});

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
