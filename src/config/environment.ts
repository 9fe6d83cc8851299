import type { TSchema } from 'typebox';
import { Check } from 'typebox/schema';
import type { Json, JsonObject } from '../lib/json.ts';
import { LEAVES, type Leaf } from './document.ts';
import { valueAt, withValue } from './tree.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** In the order in which they win: the plain name is the reference's, and easily taken by somebody else's variable. */
const PREFIXES = ['GATEHOUSE_', 'HYDRA_', ''];

/**
 * Hydra: `ttl.access_token` is `TTL_ACCESS_TOKEN`, lists are JSON or separated by commas, and `SECRETS_SYSTEM_0` is an
 * entry of one.
 */
export function applyEnvironment(tree: JsonObject, env: Environment): JsonObject {
  const names = namesOf(env);
  return LEAVES.reduce((applied, leaf) => applyLeaf(applied, leaf, names), tree);
}

/** The variables by what their names mean: upper case, prefix gone. */
function namesOf(env: Environment): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const prefix of PREFIXES.toReversed()) {
    for (const [name, value] of Object.entries(env)) {
      const isOurs = value !== undefined && name.startsWith(prefix);
      if (isOurs) names.set(name.slice(prefix.length).toUpperCase(), value);
    }
  }
  return names;
}

/** Names that other programs use too, `VERSION` for one: what does not fit was not meant for us. */
const COMMON = ['version', 'profiling'];

function applyLeaf(tree: JsonObject, { path, schema }: Leaf, names: ReadonlyMap<string, string>): JsonObject {
  const name = path.replaceAll('.', '_').toUpperCase();
  const whole = names.get(name);
  const value = whole === undefined ? undefined : coerce(schema, whole);
  const isTheirs = COMMON.includes(path) && !Check(schema, value);
  let applied = value === undefined || isTheirs ? tree : withValue(tree, path, value);
  if (!isList(schema)) return applied;
  for (let index = 0; names.has(`${name}_${index}`); index++) {
    const list = valueAt(applied, path);
    const entries = Array.isArray(list) ? [...list] : [];
    entries[Math.min(index, entries.length)] = names.get(`${name}_${index}`) ?? '';
    applied = withValue(applied, path, entries);
  }
  return applied;
}

const isList = (schema: TSchema): boolean => 'type' in schema && schema.type === 'array';

/** As the schema wants it; what does not fit stays text, and the validation says so. */
function coerce(schema: TSchema, value: string): Json {
  const type = 'type' in schema ? schema.type : undefined;
  if (type === 'string') return value;
  const parsed = jsonOr(value);
  if (isList(schema)) return Array.isArray(parsed) ? parsed : value.split(',').map((entry) => entry.trim());
  // A union is text or an object; what looks like a number in one is text.
  if (type === undefined) return typeof parsed === 'object' ? parsed : value;
  return parsed;
}

function jsonOr(value: string): Json {
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}
