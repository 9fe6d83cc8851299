import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import { ConfigError } from './config_error.ts';
import { merge } from './tree.ts';

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  '.yaml': (text) => parseYaml(text),
  '.yml': (text) => parseYaml(text),
  '.json': (text) => JSON.parse(text),
  '.toml': (text) => parseToml(text),
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
