import type { Contestant } from './contestants/contestant.ts';
import type { Site } from './flows/flow.ts';
import type { Generator } from './generator/generator.ts';
import type { FlowName } from './generator/messages.ts';
import { cpuOf, rssOf } from './process_figures.ts';
import type { Sample, Seen } from './sample.ts';
import { ask } from './wire/connection.ts';
import type { Message } from './wire/message.ts';
import { runWrk } from './wrk.ts';

export type Conditions = { readonly connections: number; readonly seconds: number; readonly generator: Generator };

/** Puts one load on a contestant. `begin` is called when all is prepared. Throws where an answer is not the right one. */
export type Turn = (conditions: Conditions, begin: () => void) => Promise<Seen>;

export type Call = {
  readonly port: number;
  /** Sent in turn. */
  readonly messages: readonly Message[];
  readonly status?: number;
  /** What the body of a right answer has in it. */
  readonly has: string;
};

/** A request that stands alone, sent by wrk. */
export function call({ port, messages, status = 200, has }: Call): Turn {
  return async ({ connections, seconds }, begin) => {
    const [first] = messages;
    if (!first) throw new Error('There is nothing to send.');
    // wrk sees the status alone.
    const { body } = await ask(port, first, status);
    if (!body.includes(has)) throw new Error(`${first.path} was answered without ${has}: ${body}`);
    begin();
    return runWrk({ port, messages, connections, seconds });
  };
}

/** Requests that need each other, by our own generator. */
export const flow =
  (name: FlowName, site: Site): Turn =>
  ({ connections, seconds, generator }, begin) =>
    generator.run(name, site, connections, seconds, begin);

/** Takes the turn, and looks at the process meanwhile. */
export async function takeTurn(
  turn: Turn,
  contestant: Contestant | undefined,
  conditions: Conditions,
): Promise<Sample> {
  const pid = contestant?.pid;
  contestant?.tidy();
  let before = 0;
  const seen = await turn(conditions, () => {
    before = pid === undefined ? 0 : cpuOf(pid);
  });
  const cpu = pid === undefined ? 0 : cpuOf(pid) - before;
  const { requests, seconds, ...others } = seen;
  return {
    ...others,
    rate: requests / seconds,
    cpu: (cpu / requests) * 1e6,
    rss: pid === undefined ? 0 : rssOf(pid),
  };
}
