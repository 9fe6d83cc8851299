import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isActing } from '../../src/config/acting.ts';
import { LEAVES } from '../../src/config/document.ts';
import { textOf } from './page.ts';

const page = textOf('configuration.md');

/** The default of each key in the table, as it stands there; empty where there is none. */
const shown = new Map(
  [...page.matchAll(/^\| `(gatehouse\.[^`]+)` *\| (?:`([^`]*)`)? *\| \S/gm)].map(
    ([, key = '', value = '']) => [key, value] as const,
  ),
);

/** What stands in the program for a default that depends on other keys. */
const DEPENDENT: Readonly<Record<string, string>> = { 'gatehouse.keys.lead_time': '0s' };

describe('docs/configuration.md', () => {
  it('has every key of ours with its default, and no other', () => {
    const keys = LEAVES.filter(({ path }) => path.startsWith('gatehouse.') && isActing(path)).map(
      ({ path, schema }) => {
        const value = 'default' in schema ? schema.default : undefined;
        const text = typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
        return [path, DEPENDENT[path] ?? text] as const;
      },
    );
    assert.deepEqual(Object.fromEntries(shown), Object.fromEntries(keys));
  });

  it('names no other key that does nothing', () => {
    const named = [...page.matchAll(/`((?:oauth2|oidc|ttl|urls|webfinger|serve)\.[a-z_.]+)`/g)].map(
      ([, key = '']) => key,
    );
    assert.ok(named.length >= 5);
    for (const key of named) {
      assert.ok(isActing(key), key);
      assert.ok(
        LEAVES.some(({ path }) => path === key),
        key,
      );
    }
  });
});
