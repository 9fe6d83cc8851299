import type { Contestant } from '../contestants/contestant.ts';
import { startGatehouse } from '../contestants/gatehouse.ts';
import { CONNECTIONS } from '../floors.ts';
import type { Turn } from '../turn.ts';
import { flow } from '../turn.ts';
import { opaque } from './client_credentials.ts';
import { siteOf } from './flows.ts';
import { active } from './introspection.ts';
import { asBase, gatehouse, type Scenario } from './scenario.ts';

/** What it costs that two processes share the work: processor time, since each may have a core. */
const twoWorkers = (name: string, prepare: (contestant: Contestant) => Promise<Turn>): Scenario => ({
  name,
  entries: ([engine]) => [
    gatehouse(engine, prepare, { label: '2 workers', purpose: '2 workers', args: ['--workers', '2'] }),
    asBase(gatehouse(engine, prepare, { label: '1 process', purpose: '1 process' })),
  ],
});

/** Each of them has half as many writes to put into one COMMIT. */
export const twoWorkersWriting = twoWorkers('two_workers_writing', opaque);
export const twoWorkersReading = twoWorkers('two_workers_reading', active);

/** From the command to the first answer that it is ready. */
const starting =
  (dsn: string, cores: string | undefined): Turn =>
  async (_conditions, begin) => {
    begin();
    const began = performance.now();
    const server = await startGatehouse({ dsn, cores });
    const milliseconds = performance.now() - began;
    await server.close();
    const each = { p50: milliseconds, p99: milliseconds, p999: milliseconds };
    return { requests: 1, seconds: milliseconds / 1000, ...each, busy: 0 };
  };

/** The tables are there, and what the first start has compiled. */
export const start: Scenario = {
  name: 'start',
  connections: CONNECTIONS,
  entries: (engines) =>
    engines.map((engine) => ({
      label: engine,
      contestant: async () => undefined,
      async prepare(_contestant, field) {
        const dsn = await field.createDatabase(engine);
        const turn = starting(dsn, field.cores?.server);
        await (await startGatehouse({ dsn, cores: field.cores?.server })).close();
        return turn;
      },
    })),
};

/** How large a process is after it has worked for long. */
export const memory: Scenario = {
  name: 'memory',
  connections: CONNECTIONS,
  entries: ([engine]) => [
    gatehouse(engine, async (contestant) => flow('mixture', await siteOf(contestant)), { purpose: 'memory' }),
  ],
  seconds: ({ minutes }) => minutes * 60,
};
