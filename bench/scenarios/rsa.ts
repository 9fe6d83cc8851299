import { percentile } from '../sample.ts';
import type { Turn } from '../turn.ts';
import { ask } from '../wire/connection.ts';
import { get } from '../wire/message.ts';
import type { Entry } from './scenario.ts';

/** RSA-2048 signatures, one after the other on the server's core. */
export const signing =
  (port: number): Turn =>
  async ({ seconds }, begin) => {
    begin();
    const { body } = await ask(port, get(`/sign?milliseconds=${seconds * 1000}`), 200);
    const { times, seconds: elapsed } = JSON.parse(body) as { times: number[]; seconds: number };
    const sorted = times.toSorted((one, other) => one - other);
    const [p50, p99, p999] = [0.5, 0.99, 0.999].map((share) => percentile(sorted, share)) as [number, number, number];
    return { requests: times.length, seconds: elapsed, p50, p99, p999, busy: 0 };
  };

/** What nobody can beat who signs each answer. */
export const RSA: Entry = {
  label: 'RSA-2048',
  isBase: true,
  contestant: (field) => field.program('rsa_signer'),
  prepare: async (contestant) => signing(contestant?.publicPort ?? 0),
};
