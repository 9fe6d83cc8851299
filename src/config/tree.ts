import { isObject, type Json, type JsonObject } from '../lib/json.ts';

/** Maps merge, everything else gives way to what comes later. */
export function merge(below: JsonObject, above: JsonObject): JsonObject {
  const merged: JsonObject = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const earlier = merged[name];
    merged[name] = isObject(earlier) && isObject(value) ? merge(earlier, value) : value;
  }
  return merged;
}

export function valueAt(tree: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = tree;
  for (const name of path.split('.')) value = isObject(value) ? value[name] : undefined;
  return value;
}

/** The tree with this one path changed. */
export function withValue(tree: JsonObject, path: string, value: Json): JsonObject {
  const [name = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...tree, [name]: value };
  const member = tree[name];
  return { ...tree, [name]: withValue(isObject(member) ? member : {}, rest.join('.'), value) };
}

/** The paths of everything that is not a map. */
export function pathsOf(tree: JsonObject, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return isObject(value) && Object.keys(value).length > 0 ? pathsOf(value, path) : [path];
  });
}
