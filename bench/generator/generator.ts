import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Site } from '../flows/flow.ts';
import { percentile, type Seen } from '../sample.ts';
import type { FlowName, FromThread, ToThread } from './messages.ts';

/** Threads that play clients, browsers and login apps. They stay, so that their code is warm. */
export class Generator {
  readonly #threads: readonly Worker[];

  constructor(threads: number) {
    const program = new URL('thread.ts', import.meta.url);
    this.#threads = Array.from({ length: threads }, () => new Worker(program));
  }

  /** `begin` is called when all is prepared. Throws the first failure of any lane. */
  async run(flow: FlowName, site: Site, connections: number, seconds: number, begin: () => void): Promise<Seen> {
    const threads = this.#threads.slice(0, connections);
    const lanes = (at: number) => Math.floor((connections + at) / threads.length);
    await this.#tell(threads, (at) => ({ prepare: { flow, site, lanes: lanes(at), crowd: connections, seconds } }));
    begin();
    const results = await this.#tell(threads, () => 'begin');
    const done = results.flatMap((result) => (typeof result === 'object' && 'times' in result ? [result] : []));
    const times = Float64Array.from(done.flatMap((result) => [...result.times])).sort();
    return {
      requests: times.length,
      seconds: Math.max(...done.map((result) => result.seconds)),
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
      p999: percentile(times, 0.999),
      busy: Math.max(...done.map((result) => result.busy)),
    };
  }

  async #tell(threads: readonly Worker[], message: (at: number) => ToThread): Promise<FromThread[]> {
    const answers = threads.map((thread) => once(thread, 'message') as Promise<[FromThread]>);
    for (const [at, thread] of threads.entries()) thread.postMessage(message(at));
    const heard = (await Promise.all(answers)).map(([answer]) => answer);
    for (const answer of heard) {
      if (typeof answer === 'object' && 'failure' in answer) throw new Error(answer.failure);
    }
    return heard;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}
