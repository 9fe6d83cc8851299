import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Logger, pino } from 'pino';
import type { Config } from '../config/schema.ts';
import type { Answer } from '../http/listener.ts';

/** The reference's levels in pino's words. */
const LEVELS = {
  panic: 'fatal',
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'trace',
} as const satisfies Record<Config['log']['level'], string>;

/** Lines on stderr: for people (`text`), for programs (`json`). `always` stands in each of them. */
export function createLog({ level, format }: Config['log'], always: { readonly pid: number } | null = null): Logger {
  const options = {
    level: LEVELS[level],
    base: always,
    timestamp: () => `,"time":"${timeNow()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const shape = { json: (line: string) => line, json_pretty: pretty, text: plain }[format];
  const log = pino(options, { write: (line) => write(shape(line)) });
  if (format === 'text') tellers.set(log, inText(always));
  if (format === 'json') tellers.set(log, inJson(always));
  return log;
}

/** What a log says of an answer. */
type Told = Pick<Answer, 'listener' | 'method' | 'path' | 'status' | 'milliseconds'>;
type Teller = (told: Told) => string;

/** How an answer is told without pino, whose line is read again to become text. */
const tellers = new WeakMap<Logger, Teller>();

/** What is told of an answer may wait so long, in milliseconds, or until there is so much of it, in characters. */
const LONGEST_WAIT = 100;
const MOST_WAITING = 16 * 1024;

let waiting = '';
let timer: NodeJS.Timeout | undefined;
process.on('exit', flush);

/** A line is there when whoever writes it goes on: what it says may be why the process ends. */
function write(line: string): void {
  waiting += line;
  flush();
}

/** Lines of answers go out together: a write for each costs as much as a third of an answer (docs/performance.md). */
function writeSoon(line: string): void {
  waiting += line;
  timer ??= setTimeout(flush, LONGEST_WAIT).unref();
  if (waiting.length > MOST_WAITING) flush();
}

function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  if (waiting !== '') process.stderr.write(waiting);
  waiting = '';
}

let millisecond = 0;
let time = '';

/** Many lines share a millisecond. */
function timeNow(): string {
  const now = Date.now();
  if (now !== millisecond) time = new Date(now).toISOString();
  millisecond = now;
  return time;
}

type Line = { time: string; level: string; msg: string; err?: { stack?: string } } & Record<string, unknown>;

function plain(line: string): string {
  const { time, level, msg, err, ...details } = JSON.parse(line) as Line;
  return `${time} ${level.toUpperCase().padEnd(5)} ${msg}${pairsOf(details)}${err?.stack ? `\n${err.stack}` : ''}\n`;
}

const pairsOf = (details: Readonly<Record<string, unknown>>): string =>
  Object.entries(details)
    .map(([name, value]) => ` ${name}=${word(value)}`)
    .join('');

const word = (value: unknown): string =>
  typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value);

const pretty = (line: string): string => `${JSON.stringify(JSON.parse(line), null, 2)}\n`;

/** One line an answer. Queries stay out: they carry challenges, codes and tokens. Returns the way to stop. */
export function logAnswers(log: Logger): () => void {
  if (!log.isLevelEnabled('info')) return () => {};
  const tell = tellers.get(log);
  const onAnswer = (message: unknown) => {
    const { listener, method, path, status, milliseconds } = message as Answer;
    const told = { listener, method, path, status, milliseconds: Math.round(milliseconds * 1000) / 1000 };
    if (tell) writeSoon(tell(told));
    else log.info(told, 'answered');
  };
  subscribe('gatehouse:answer', onAnswer);
  return () => unsubscribe('gatehouse:answer', onAnswer);
}

/** As `plain` would. */
function inText(always: object | null): Teller {
  const pairs = pairsOf({ ...always });
  return ({ listener, method, path, status, milliseconds }) =>
    `${timeNow()} INFO  answered${pairs} listener=${listener} method=${method} path=${word(path)} status=${status} milliseconds=${milliseconds}\n`;
}

/** As pino would. */
function inJson(always: object | null): Teller {
  const members = JSON.stringify({ ...always }).slice(1, -1);
  const middle = members === '' ? '' : `,${members}`;
  return ({ listener, method, path, status, milliseconds }) =>
    `{"level":"info","time":"${timeNow()}"${middle},"listener":"${listener}","method":"${method}","path":${JSON.stringify(path)},"status":${status},"milliseconds":${milliseconds},"msg":"answered"}\n`;
}
