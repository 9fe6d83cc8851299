import type { TestEvent } from 'node:test/reporters';
import { reported } from '../e2e/traffic.ts';

/** What a test file says of its tests: a line of JSON each, for run.ts. */
export type Outcome = {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly problem?: string;
};

const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined ? `${error}: ${reasonOf(error.cause)}` : String(error);

export default async function* (events: AsyncIterable<TestEvent>) {
  for await (const { type, data } of events) {
    if (type === 'test:diagnostic') {
      const line = reported(data.message);
      if (line) yield `${JSON.stringify(line)}\n`;
    }
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details.type === 'suite') continue;
    const { name, details } = data;
    const problem = type === 'test:fail' ? { problem: reasonOf(data.details.error.cause ?? data.details.error) } : {};
    const outcome: Outcome = { name, passed: type === 'test:pass', seconds: details.duration_ms / 1000, ...problem };
    yield `${JSON.stringify(outcome)}\n`;
  }
}
