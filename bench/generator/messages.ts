import type { Site } from '../flows/flow.ts';
import type * as flows from '../flows/index.ts';

export type FlowName = keyof typeof flows;

/** What a thread is told to do. */
export type Order = {
  readonly flow: FlowName;
  readonly site: Site;
  /** Of this thread. */
  readonly lanes: number;
  /** Of all threads. */
  readonly crowd: number;
  readonly seconds: number;
};

/** To a thread: prepare, then begin. */
export type ToThread = { readonly prepare: Order } | 'begin';

/** From it: what it needed, in milliseconds each, and how much of its time; or the first failure. */
export type FromThread =
  | 'prepared'
  | { readonly times: Float64Array; readonly seconds: number; readonly busy: number }
  | { readonly failure: string };
