import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import SwaggerParser from '@apidevtools/swagger-parser';
import { describedPath, openApiText } from '../../src/openapi.ts';
import { adminApi, publicApi } from '../../src/routes.ts';
import { shortcomings } from './coverage.ts';
import { type Names, namesOf } from './names.ts';
import { validateAnswer } from './validation.ts';

const read = (file: string) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
const document = read('../../openapi.json');
const reference: Names = read('reference_names.json');
const routes = [...publicApi, ...adminApi];

/** Where we promise less than the reference's document on purpose. */
const ON_PURPOSE: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [
    /(keys\[\]| 200| 201)\.(use|kid|alg): is not promised$/,
    'keys that a client brought are shown as they came, and RFC 7517 section 4 requires kty alone',
  ],
  [/credentials 400\.(error_debug|error_hint|status_code): missing$/, 'these are never sent (public_protocol.md 18.2)'],
];

describe('openapi.json', () => {
  it('is what the routes say: `npm run openapi` writes it', () => {
    assert.equal(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'), openApiText());
  });

  it('is a valid OpenAPI document', async () => {
    await SwaggerParser.validate(structuredClone(document));
  });

  it('describes every route but the answers to OPTIONS', () => {
    const missing = routes
      .filter(
        ({ method, path }) => method !== 'OPTIONS' && !document.paths[describedPath(path)]?.[method.toLowerCase()],
      )
      .map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(missing, []);
  });

  it('describes nothing that is not a route', () => {
    const known = routes.map(({ method, path }) => `${method.toLowerCase()} ${describedPath(path)}`);
    assert.deepEqual(
      Object.keys(namesOf(document).operations).filter((name) => !known.includes(name)),
      [],
    );
  });

  it('has every path, method, operation, parameter, member and word of the reference', () => {
    const missing = shortcomings(namesOf(document), reference);
    const excused = (line: string) => ON_PURPOSE.some(([pattern]) => pattern.test(line));
    assert.deepEqual(
      missing.filter((line) => !excused(line)),
      [],
    );
    for (const [pattern] of ON_PURPOSE)
      assert.ok(
        missing.some((line) => pattern.test(line)),
        `${pattern} excuses nothing`,
      );
  });

  it('has the 28 operations of the seed', () => {
    const { operations } = namesOf(document);
    const seed: Record<string, string> = read('seed_operations.json');
    assert.equal(Object.keys(seed).length, 28);
    for (const [operationId, name] of Object.entries(seed)) assert.equal(operations[name]?.operationId, operationId);
  });
});

describe('The validation of answers', () => {
  const url = new URL('http://127.0.0.1/admin/oauth2/introspect');
  const validate = (status: number, body: unknown, type = 'application/json; charset=utf-8') =>
    validateAnswer('POST', url, status, type, JSON.stringify(body));

  it('lets through what is described', () => validate(200, { active: false }));

  it('refuses another status, another type, another member, a member of another type', () => {
    assert.throws(() => validate(201, { active: false }), /no such status/);
    assert.throws(() => validate(200, { active: false }, 'text/html'), /no such content/);
    assert.throws(() => validate(200, { active: false, secret: 'x' }), /must NOT have additional properties/);
    assert.throws(() => validate(200, { active: 'no' }), /must be boolean/);
    assert.throws(() => validate(400, { oops: true }), /must have required property/);
  });
});
