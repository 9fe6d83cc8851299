import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/store/db.ts';
import { insertFlowState } from '../../src/store/flow_states.ts';
import { write } from '../../src/store/write.ts';
import { SHARED_ENGINES } from '../store/engines.ts';
import { type ServerProcess, startProcesses } from './processes.ts';

const INTERVAL = 500;
/** Rounds until a lease ends, and those until the next server asks for it, with room for a busy machine. */
const TAKEOVER = INTERVAL * 4 + 8_000;

for (const engine of SHARED_ENGINES) {
  it(`of two servers on ${engine.name} one sweeps, and when it is killed or stopped the other takes over`, async (t) => {
    const { dsn, drop } = await engine.create();
    t.after(drop);
    const config = { gatehouse: { sweeper: { interval: `${INTERVAL}ms` } } };
    const { processes, db } = await startProcesses(t, { count: 2, dsn, config });
    const [first = assert.fail(), second = assert.fail()] = processes;

    await sweepsSomething(db);
    const leader = await leaderOf(first, second);
    const other = leader === first ? second : first;
    assert.deepEqual([await isLeader(leader), await isLeader(other)], [true, false]);
    // It stays with who has it.
    await sleep(INTERVAL * 4);
    assert.deepEqual([await isLeader(leader), await isLeader(other)], [true, false]);
    await leader.stop('SIGKILL');
    await sweepsSomething(db);
    await leaderOf(other);

    const [third = assert.fail()] = (await startProcesses(t, { count: 1, dsn, config })).processes;
    await sleep(INTERVAL * 2);
    assert.deepEqual([await isLeader(other), await isLeader(third)], [true, false]);
    // Whoever stops gives the lease back, so that nobody has to wait until it ends.
    await other.stop('SIGTERM');
    const rows = await db.queries.selectFrom('leases').selectAll().where('name', '=', 'sweeper').execute();
    assert.ok(
      rows.every(({ expires_at }) => expires_at > Date.now()),
      'the lease was left to expire',
    );
    await sweepsSomething(db);
    await leaderOf(third);
  });
}

/** A row that expired a day ago goes, whoever deletes it. */
async function sweepsSomething(db: Database): Promise<void> {
  const row = { hash: randomBytes(32), sealed: randomBytes(8), expires_at: Math.floor(Date.now() / 1000) - 24 * 3600 };
  await write({ db }, (tx) => insertFlowState(tx, row));
  const deadline = Date.now() + TAKEOVER;
  for (;;) {
    const left = await db.queries.selectFrom('flow_states').select('hash').executeTakeFirst();
    if (!left) return;
    assert.ok(Date.now() < deadline, 'nobody swept');
    await sleep(50);
  }
}

/** The one of them that leads: a round is told when it is over. */
async function leaderOf(...servers: ServerProcess[]): Promise<ServerProcess> {
  for (const deadline = Date.now() + TAKEOVER; ; await sleep(50)) {
    for (const server of servers) if (await isLeader(server)) return server;
    assert.ok(Date.now() < deadline, 'nobody leads');
  }
}

async function isLeader({ addresses }: ServerProcess): Promise<boolean> {
  const response = await fetch(new URL('/admin/metrics/prometheus', addresses.admin));
  const line = /^gatehouse_sweeper_is_leader\{.*\} (\d)$/m.exec(await response.text());
  return line?.[1] === '1' || (line === null && assert.fail('there is no such metric'));
}
