import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import { ConfigError } from './config_error.ts';
import { merge } from './tree.ts';

/** Loaded for a file that needs it: many servers are configured by their environment alone. */
const load = createRequire(import.meta.url);
const parseYaml = (text: string): unknown => (load('yaml') as typeof import('yaml')).parse(text);
const parseToml = (text: string): unknown => (load('smol-toml') as typeof import('smol-toml')).parse(text);

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  '.yaml': parseYaml,
  '.yml': parseYaml,
  '.json': (text) => JSON.parse(text),
  '.toml': parseToml,
};

/** Later files win; one entry may name several files, separated by commas. Throws ConfigError. */
export function readFiles(files: readonly string[]): JsonObject {
  const names = files.flatMap((entry) => entry.split(',')).filter((name) => name !== '');
  return names.map(readFile).reduce(merge, {});
}

function readFile(name: string): JsonObject {
  const parse = PARSERS[extname(name).toLowerCase()];
  if (!parse) throw new ConfigError(`The configuration file ${name} must end in .yaml, .yml, .json or .toml.`);
  const value = parsed(name, parse) ?? {};
  if (!isObject(value)) throw new ConfigError(`The configuration file ${name} must hold keys and values.`);
  return value;
}

function parsed(name: string, parse: (text: string) => unknown): Json {
  try {
    return parse(readFileSync(name, 'utf8')) as Json;
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split('\n') : [];
    throw new ConfigError(`The configuration file ${name} cannot be read: ${reason.replace(/[.:]$/, '')}.`);
  }
}
