/** A thread of the generator: runs flows in lanes, all at once, until the time is over. */
import { parentPort } from 'node:worker_threads';
import type { Flow, Lane, Step } from '../flows/flow.ts';
import * as flows from '../flows/index.ts';
import { Connection } from '../wire/connection.ts';
import type { FlowName, FromThread, Order, ToThread } from './messages.ts';

type Prepared = { readonly lane: Lane; readonly step: Step };

const FLOWS: Readonly<Record<FlowName, Flow>> = { ...flows };

let order: Order | undefined;
let prepared: Prepared[] = [];

const tell = (message: FromThread) => parentPort?.postMessage(message);

const close = () => {
  for (const { lane } of prepared) {
    lane.open.close();
    lane.admin.close();
  }
  prepared = [];
};

async function prepare({ flow, site, lanes, crowd, seconds }: Order): Promise<void> {
  prepared = await Promise.all(
    Array.from({ length: lanes }, async () => {
      const connections = { open: new Connection(site.publicPort), admin: new Connection(site.adminPort) };
      const lane = { credentials: site.credentials, ...connections, crowd, seconds };
      return { lane, step: await FLOWS[flow](lane) };
    }),
  );
  tell('prepared');
}

async function run({ seconds }: Order): Promise<void> {
  const times: number[] = [];
  const utilization = performance.eventLoopUtilization();
  const began = performance.now();
  const end = began + seconds * 1000;
  await Promise.all(
    prepared.map(async ({ step }) => {
      for (let now = performance.now(); now < end; ) {
        const goesOn = await step();
        const then = performance.now();
        times.push(then - now);
        now = goesOn ? then : end;
      }
    }),
  );
  const elapsed = (performance.now() - began) / 1000;
  const busy = performance.eventLoopUtilization(utilization).utilization;
  close();
  tell({ times: Float64Array.from(times), seconds: elapsed, busy });
}

parentPort?.on('message', (message: ToThread) => {
  if (message !== 'begin') order = message.prepare;
  if (!order) return;
  const work = message === 'begin' ? run(order) : prepare(order);
  work.catch((error: unknown) => {
    close();
    tell({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
