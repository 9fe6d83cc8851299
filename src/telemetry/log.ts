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
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (format === 'json') return pino(options, pino.destination({ fd: 2, sync: false }));
  return pino(options, { write: (line) => void process.stderr.write(format === 'text' ? plain(line) : pretty(line)) });
}

type Line = { time: string; level: string; msg: string; err?: { stack?: string } } & Record<string, unknown>;

function plain(line: string): string {
  const { time, level, msg, err, ...details } = JSON.parse(line) as Line;
  const pairs = Object.entries(details).map(([name, value]) => ` ${name}=${word(value)}`);
  return `${time} ${level.toUpperCase().padEnd(5)} ${msg}${pairs.join('')}${err?.stack ? `\n${err.stack}` : ''}\n`;
}

const word = (value: unknown): string =>
  typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value);

const pretty = (line: string): string => `${JSON.stringify(JSON.parse(line), null, 2)}\n`;

/** One line an answer. Queries stay out: they carry challenges, codes and tokens. Returns the way to stop. */
export function logAnswers(log: Logger): () => void {
  const onAnswer = (message: unknown) => {
    const { listener, method, path, status, milliseconds } = message as Answer;
    log.info({ listener, method, path, status, milliseconds }, 'answered');
  };
  if (!log.isLevelEnabled('info')) return () => {};
  subscribe('gatehouse:answer', onAnswer);
  return () => unsubscribe('gatehouse:answer', onAnswer);
}
