/**
 * `npm run torture`: what must hold on the worst night, on every engine, with databases of its own. Writes the table of
 * docs/reliability.md, a row a test. `--tenth` does less of everything, and only prints; `--engine sqlite|postgres|mysql`
 * `--only NAME` (of trials.ts) and `--test PATTERN` choose; `--amount NUMBER` stands in for the number of rounds.
 */
import { execFileSync, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Line } from '../e2e/traffic.ts';
import { freePort } from '../free_port.ts';
import type { Outcome } from './reporter.ts';
import { type Row, tableOf, writeTable } from './table.ts';
import { amountOf, ENGINES, type EngineName, TRIALS, type Trial } from './trials.ts';

const root = new URL('../..', import.meta.url).pathname;

const { values } = parseArgs({
  options: {
    tenth: { type: 'boolean', default: false },
    engine: { type: 'string' },
    only: { type: 'string' },
    test: { type: 'string' },
    amount: { type: 'string' },
  },
});

const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

const trials = TRIALS.filter(({ name }) => values.only === undefined || name === values.only);
const engines = ENGINES.filter((name) => values.engine === undefined || name === values.engine);
if (trials.length === 0 || engines.length === 0) throw new Error('There is no such trial, or no such engine.');

/** Of nobody else: they are killed. */
const databases = {
  GATEHOUSE_TEST_DATABASES: join(tmpdir(), `gatehouse-torture-${process.pid}`),
  GATEHOUSE_TEST_POSTGRES_PORT: String(await freePort()),
  GATEHOUSE_TEST_MYSQL_PORT: String(await freePort()),
};
Object.assign(process.env, databases);
// Whoever asks for a tenth has other things to do.
process.env.GATEHOUSE_TEST_SLOWNESS ??= values.tenth ? '12' : '1';

/** What the reporter prints: outcomes, and what the tests say of themselves. */
type Message = Partial<Outcome> & Partial<Line> & { readonly name: string };

async function run(trial: Trial, engine: EngineName, commit: string): Promise<Row[]> {
  const amount = values.amount ?? String(amountOf(trial, engine, values.tenth));
  const reporter = join(root, 'test/torture/reporter.ts');
  const args = ['--test', '--test-concurrency=1', `--test-reporter=${reporter}`];
  if (values.test !== undefined) args.push(`--test-name-pattern=${values.test}`);
  const child = spawn(process.execPath, [...args, ...trial.files], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ...trial.env,
      GATEHOUSE_TEST_ENGINE: engine,
      [`GATEHOUSE_TEST_${trial.unit ?? 'ROUNDS'}`]: amount,
    },
  });
  const messages = new Map<string, Message>();
  for await (const text of createInterface(child.stdout)) {
    if (!text.startsWith('{')) continue;
    const message: Message = JSON.parse(text);
    messages.set(message.name, { ...messages.get(message.name), ...message });
    if (message.passed !== undefined) tell(trial, engine, message);
  }
  // What reports nothing of itself is a test of something else in the same file.
  const shown = [...messages.values()].filter(({ passed, requests }) => !passed || requests !== undefined);
  return shown.map((message) => ({
    name: message.name,
    engine,
    commit,
    rounds: message.rounds === undefined ? '' : String(message.rounds),
    requests: message.requests === undefined ? '' : String(message.requests),
    failures: message.passed ? '0' : '1',
    figures: message.problem?.replaceAll(/\s+/g, ' ').slice(0, 300) ?? message.figures ?? '',
  }));
}

const takesPart = (trial: Trial, engine: EngineName): boolean =>
  (trial.engines?.includes(engine) ?? true) &&
  (values.amount !== undefined || amountOf(trial, engine, values.tenth) > 0);

const tell = (trial: Trial, engine: EngineName, { name, passed, seconds = 0, problem = '' }: Message): void =>
  console.log(`${passed ? 'held  ' : 'FAILED'} ${trial.name} ${engine} ${seconds.toFixed(0)} s: ${name} ${problem}`);

async function runAll(): Promise<number> {
  const commit =
    git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', 'src') === '' ? '' : ' and changes');
  const rows: Row[] = [];
  for (const trial of trials) {
    for (const engine of engines.filter((name) => takesPart(trial, name))) {
      const shown = await run(trial, engine, commit);
      rows.push(...shown);
      if (!values.tenth) writeTable(join(root, 'docs/reliability.md'), shown);
    }
  }
  if (values.tenth) console.log(`\n${tableOf(rows)}`);
  const failures = rows.filter(({ failures }) => failures !== '0');
  console.log(`\n${rows.length} trials, ${failures.length} failed`);
  return rows.length > 0 && failures.length === 0 ? 0 : 1;
}

const stopDatabases = () => execFileSync(join(root, 'test/databases'), ['stop']);

process.once('SIGINT', () => {
  stopDatabases();
  process.exit(1);
});
try {
  process.exitCode = await runAll();
} finally {
  stopDatabases();
}
