import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { parseDsn } from '../../src/config/dsn.ts';
import { openDatabase } from '../../src/store/db.ts';
import { startDeployment } from '../e2e/deployment.ts';
import { checkNothingLost, Load } from '../e2e/load.ts';
import { SHARED_ENGINES } from '../store/engines.ts';

const OWN = /^(leases|gatehouse_migrations.*|sqlite_.*)$/;

for (const engine of SHARED_ENGINES) {
  it(`a server that runs goes on while a later version adds to every table (${engine.name})`, async (test) => {
    const { dsn, drop } = await engine.create();
    test.after(drop);
    const { deployment } = await startDeployment({ test, storage: 'file', dsn });
    const later = await openDatabase(parseDsn(dsn));
    await deployment.createClient();
    const load = new Load(deployment);
    await load.underWay();
    const tables = (await later.schema.introspection.getTables()).filter(({ name }) => !OWN.test(name));
    assert.ok(tables.length > 10);
    for (const { name } of tables) {
      await later.dialect.lockTimeout(5)?.execute(later.schema);
      await untilFree(later.dialect.isHeld, () =>
        sql`alter table ${sql.table(name)} add column of_a_later_version bigint`.execute(later.schema),
      );
    }
    await load.recovery();
    const received = await load.stop();
    assert.deepEqual([load.refusals, load.broken], [[], []]);
    await checkNothingLost({ deployment, db: later }, received);
    await later.close();
  });
}

async function untilFree(isHeld: (error: unknown) => boolean, change: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await change();
      return;
    } catch (error) {
      if (!isHeld(error)) throw error;
      await sleep(10);
    }
  }
}
