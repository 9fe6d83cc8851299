import { parseArgs } from 'node:util';
import type { Scale } from './scenarios/scenario.ts';

export const ENGINE_NAMES = ['sqlite', 'postgres', 'mysql'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

export type Options = {
  readonly only: RegExp;
  /** A figure is compared with the ones of its own round. */
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: readonly number[];
  readonly engines: readonly [EngineName, ...EngineName[]];
  readonly scale: Scale;
  readonly json: string | undefined;
  readonly chart: string | undefined;
};

export const USAGE = `npm run bench -- OPTIONS
  --only REGEX          the scenarios whose name matches
  --rounds NUMBER       turns of each contestant (5)
  --seconds NUMBER      of a turn (5)
  --connections LIST    16, or as many as are named: 1,16,64,256
  --engine LIST         of ${ENGINE_NAMES.join(',')} (all)
  --clients NUMBER      that ask for tokens in turn (10000)
  --minutes NUMBER      of load, after which the memory is looked at (10)
  --json FILE           writes every figure of every turn
  --chart FILE          writes the chart`;

/** Throws where an option is not what it should be. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '16' },
      engine: { type: 'string', default: ENGINE_NAMES.join(',') },
      clients: { type: 'string', default: '10000' },
      minutes: { type: 'string', default: '10' },
      json: { type: 'string' },
      chart: { type: 'string' },
    },
  });
  return {
    only: new RegExp(values.only),
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    connections: values.connections.split(',').map((text) => positive('connections', text)),
    engines: parseEngines(values.engine),
    scale: { clients: positive('clients', values.clients), minutes: positive('minutes', values.minutes) },
    json: values.json,
    chart: values.chart,
  };
}

/** In the order of ENGINE_NAMES. Throws where there is no such engine. */
export function parseEngines(text: string): Options['engines'] {
  const chosen = text.split(',');
  const [first, ...others] = ENGINE_NAMES.filter((name) => chosen.includes(name));
  if (!first || others.length + 1 < chosen.length) throw new Error(`There is no such engine: ${text}`);
  return [first, ...others];
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, not ${text}.`);
  return value;
}
