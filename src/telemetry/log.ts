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
  if (format === 'json') return pino(options, { write: write });
  if (format === 'json_pretty') return pino(options, { write: (line) => write(pretty(line)) });
  const log = pino(options, { write: (line) => write(plain(line)) });
  alwaysInText.set(log, pairsOf(always ?? {}));
  return log;
}

/** The logs that write text, with what stands in each line. */
const alwaysInText = new WeakMap<Logger, string>();

let unwritten = '';
process.on('exit', flush);

/** Lines of one turn of the loop go out together: a write for each costs more than an answer (docs/performance.md). */
function write(line: string): void {
  if (unwritten === '') setImmediate(flush);
  unwritten += line;
}

function flush(): void {
  if (unwritten !== '') process.stderr.write(unwritten);
  unwritten = '';
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
  const always = alwaysInText.get(log);
  const onAnswer = (message: unknown) => {
    const answer = message as Answer;
    if (always !== undefined) return write(textOf(answer, always));
    const { listener, method, path, status, milliseconds } = answer;
    log.info({ listener, method, path, status, milliseconds }, 'answered');
  };
  subscribe('gatehouse:answer', onAnswer);
  return () => unsubscribe('gatehouse:answer', onAnswer);
}

/** What `plain` would make of it, without JSON in between. */
const textOf = ({ listener, method, path, status, milliseconds }: Answer, always: string): string =>
  `${timeNow()} INFO  answered${always} listener=${listener} method=${method} path=${word(path)} status=${status} milliseconds=${milliseconds}\n`;
