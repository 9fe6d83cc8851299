import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { describe, it, type TestContext } from 'node:test';
import type { Answer } from '../../src/http/listener.ts';
import { createLog, logAnswers } from '../../src/telemetry/log.ts';

const ANSWER: Answer = {
  listener: 'public',
  method: 'GET',
  path: '/a%20"b',
  route: '',
  status: 404,
  milliseconds: 1.234_567,
  received: 0,
  sent: 10,
};

/** What goes to stderr. */
function heard(test: TestContext): string[] {
  const written: string[] = [];
  test.mock.method(process.stderr, 'write', (text: string) => written.push(text) > 0);
  return written;
}

/** A log in this format that hears of answers while the test runs. */
function logging(test: TestContext, format: 'text' | 'json') {
  const log = createLog({ level: 'info', format }, { pid: 7 });
  test.after(logAnswers(log));
  return log;
}

const answer = (): void => channel('gatehouse:answer').publish(ANSWER);

describe('the log', () => {
  it('tells of an answer in text, on a line of its own', (t) => {
    const written = heard(t);
    const log = logging(t, 'text');
    answer();
    log.warn('next');
    const [line = ''] = written.join('').split('\n');
    assert.match(
      line,
      /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO {2}answered pid=7 listener=public method=GET path="\/a%20\\"b" status=404 milliseconds=1\.235$/,
    );
  });

  it('tells of an answer in JSON as of anything else', (t) => {
    const written = heard(t);
    const log = logging(t, 'json');
    answer();
    log.info({ status: 1 }, 'next');
    const [told, next] = written
      .join('')
      .split('\n', 2)
      .map((line) => JSON.parse(line));
    const { listener, method, path, status } = ANSWER;
    const expected = { pid: 7, listener, method, path, status, milliseconds: 1.235, msg: 'answered' };
    assert.deepEqual(told, { level: 'info', time: told.time, ...expected });
    assert.deepEqual(next, { level: 'info', time: next.time, pid: 7, status: 1, msg: 'next' });
  });

  it('writes lines of answers together, and before whatever else is said', (t) => {
    const written = heard(t);
    const log = logging(t, 'text');
    for (let at = 0; at < 5; at++) answer();
    assert.deepEqual(written, []);
    log.error('something is wrong');
    assert.equal(written.length, 1);
    assert.match(written[0] ?? '', /^(?:\S+ INFO {2}answered .*\n){5}\S+ ERROR something is wrong pid=7\n$/);
  });

  it('does not keep lines of answers for long, nor many of them', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const written = heard(t);
    logging(t, 'text');
    answer();
    t.mock.timers.tick(100);
    assert.equal(written.length, 1);
    for (let at = 0; at < 200; at++) answer();
    assert.ok(written.length > 1, 'the timer is not waited for where there is much to say');
    t.mock.timers.tick(100);
  });
});
