import type { TSchema } from 'typebox';
import { Check } from 'typebox/schema';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import { ConfigError } from './config_error.ts';
import { isBranch, LEAVES } from './document.ts';

/** Every key is known and every value fits. Throws ConfigError with the path of the first that does not. */
export function checkTree(schema: TSchema, value: Json, path = ''): void {
  if (!isBranch(schema)) {
    checkValue(schema, value, path);
    return;
  }
  if (!isObject(value)) throw new ConfigError(`The configuration key "${path}" must hold further keys.`);
  for (const [name, member] of Object.entries(value)) {
    const where = path === '' ? name : `${path}.${name}`;
    const known = schema.properties[name];
    if (known) checkTree(known, member, where);
    else if ('additionalProperties' in schema && schema.additionalProperties === false) throw unknownKey(where);
  }
}

function checkValue(schema: TSchema, value: Json, path: string): void {
  if (Check(schema, value)) return;
  const shown = isSecret(path) || isObject(value) ? '' : `, but it is ${JSON.stringify(value)}`;
  throw new ConfigError(`The configuration key "${path}" must be ${shapeOf(schema)}${shown}.`);
}

const isSecret = (path: string): boolean => /^(secrets|dsn|hsm\.pin|tracing)|salt|hook|headers/.test(path);

type Described = TSchema & {
  readonly shape?: string;
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Described;
};

const NOUNS: Readonly<Record<string, string>> = { string: 'text', boolean: 'true or false', object: 'a map of texts' };

/** What a value of this kind looks like, for a sentence. */
function shapeOf(schema: Described): string {
  const { shape, enum: values, type = '', minimum, maximum, items } = schema;
  if (shape) return shape;
  if (values) return `one of ${values.map((value) => `"${value}"`).join(', ')}`;
  if (type === 'array' && items) return `a list, each entry ${shapeOf(items)}`;
  if (type === 'integer' || type === 'number') {
    const limits = [minimum === undefined ? '' : ` from ${minimum}`, maximum === undefined ? '' : ` to ${maximum}`];
    return `${type === 'integer' ? 'a whole number' : 'a number'}${limits.join('')}`;
  }
  return NOUNS[type] ?? 'of one of the documented forms';
}

function unknownKey(path: string): ConfigError {
  const names = new Set(
    LEAVES.flatMap((leaf) => leaf.path.split('.').map((_, at, all) => all.slice(0, at + 1).join('.'))),
  );
  const [nearest] = [...names]
    .map((name) => ({ name, distance: distance(name, path) }))
    .sort((a, b) => a.distance - b.distance);
  const hint = nearest && nearest.distance <= 3 ? `; did you mean "${nearest.name}"?` : '.';
  return new ConfigError(`The configuration key "${path}" does not exist${hint}`);
}

/** Levenshtein: how many letters have to change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let at = 1; at <= a.length; at++) {
    const next = [at];
    for (let to = 1; to <= b.length; to++) {
      const replaced = (row[to - 1] ?? 0) + (a[at - 1] === b[to - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The tree with the defaults of the schema where it says nothing. */
export function withDefaults(schema: TSchema, value: Json | undefined): Json | undefined {
  if (!isBranch(schema)) return value === undefined && 'default' in schema ? (schema.default as Json) : value;
  const given: JsonObject = isObject(value) ? value : {};
  const filled: JsonObject = { ...given };
  for (const [name, member] of Object.entries(schema.properties)) {
    const completed = withDefaults(member, given[name]);
    if (completed !== undefined) filled[name] = completed;
  }
  return filled;
}
