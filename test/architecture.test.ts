import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, posix } from 'node:path';
import { test } from 'node:test';

/** Left may import right, never the reverse. */
const ORDER =
  'cli hydra_import server telemetry openapi routes account_experience endpoints grants flow authorize token client_auth client throttle authorization_server keys store config http oauth lib'.split(
    ' ',
  );

/** What the demo may use of the product: what an embedding program would, and its markup. */
const OPEN_TO_DEMO = ['cli', 'server', 'config', 'account_experience'];

/** Registries whose name is not a plural, because the folder holds more than the peers. */
const SINGULAR_REGISTRIES = ['client_auth'];

type Import = { readonly from: string; readonly to: string; readonly isType: boolean };

const IMPORT =
  /^(?:import|export)\s+(?<type>type\b)?[^'";]*?\bfrom\s+'(?<from>[^']+)'|\bimport\(?\s*'(?<bare>[^']+)'/gm;

const root = new URL('..', import.meta.url).pathname;
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8');
const files = globSync('{src,demo}/**/*.ts', { cwd: root }).sort();

const imports: readonly Import[] = files.flatMap((file) =>
  [...read(file).matchAll(IMPORT)].map(({ groups = {} }) => {
    const name = groups.from ?? groups.bare ?? '';
    const to = name.startsWith('.') ? posix.join(dirname(file), name) : name;
    return { from: file, to, isType: groups.type !== undefined };
  }),
);

/** The folder or the file directly under src. */
const roomOf = (file: string): string => /^src\/(\w+)/.exec(file)?.[1] ?? '';
const isSource = (file: string): boolean => file.startsWith('src/');
const shown = ({ from, to }: Import): string => `${from} imports ${to}`;

test('the imports were found, and what they name is there', () => {
  assert.ok(imports.length > 300, `${imports.length} imports`);
  const missing = imports.filter(({ to }) => /^(src|demo)\//.test(to) && !existsSync(`${root}${to}`));
  assert.deepEqual(missing.map(shown), []);
});

test('every file stands in a room of the plan', () => {
  assert.deepEqual(
    [...new Set(files.filter(isSource).map(roomOf))].filter((room) => !ORDER.includes(room)),
    [],
  );
});

test('imports run from left to right in the order of the rooms', () => {
  const wrong = imports.filter(
    ({ from, to }) => isSource(from) && isSource(to) && ORDER.indexOf(roomOf(from)) > ORDER.indexOf(roomOf(to)),
  );
  assert.deepEqual(wrong.map(shown), []);
});

test('nothing in src imports from outside of it', () => {
  assert.deepEqual(imports.filter(({ from, to }) => isSource(from) && /^(demo|test)\/|^\.\./.test(to)).map(shown), []);
});

test('the account experience is a client of the admin contract', () => {
  const allowed =
    /^src\/(account_experience|throttle|authorization_server|endpoints\/admin|store\/(accounts|account_sessions|write)|keys|config|http|oauth|lib)\b/;
  const wrong = imports.filter(
    ({ from, to }) => roomOf(from) === 'account_experience' && isSource(to) && !allowed.test(to),
  );
  assert.deepEqual(wrong.map(shown), []);
});

test('no file imports itself by way of others', () => {
  assert.deepEqual(findCycles(imports.filter(({ isType }) => !isType)), []);
});

test('rooms of the plan do not import each other in a circle, types included', () => {
  const between = imports
    .filter(({ from, to }) => isSource(from) && isSource(to))
    .map(({ from, to, isType }) => ({ from: dirname(from), to: dirname(to), isType }))
    .filter(({ from, to }) => from !== to && !from.startsWith(`${to}/`) && !to.startsWith(`${from}/`));
  assert.deepEqual(findCycles(between), []);
});

test('SQL stands in store/ alone', () => {
  const engines = /^(kysely|node:sqlite|pg|mysql2)(\/|$)/;
  assert.deepEqual(imports.filter(({ from, to }) => engines.test(to) && roomOf(from) !== 'store').map(shown), []);
  const query =
    /['"`]\s*(select|insert into|update|delete from|create table|pragma)\s|\.(selectFrom|insertInto|updateTable|deleteFrom)\(|\bsql`/i;
  assert.deepEqual(
    files.filter((file) => roomOf(file) !== 'store' && query.test(read(file))),
    [],
  );
});

test('Fastify stands in http/ alone', () => {
  const wrong = imports.filter(({ from, to }) => /^@?fastify\b/.test(to) && roomOf(from) !== 'http');
  assert.deepEqual(wrong.map(shown), []);
});

const registries = files.filter((file) => isSource(file) && basename(file) === 'index.ts');

test('an index stands in a registry of peers, whose name is a plural, and nowhere else', () => {
  const names = registries.map((file) => basename(dirname(file)));
  assert.deepEqual(
    names.filter((name) => !name.endsWith('s') && !SINGULAR_REGISTRIES.includes(name)),
    [],
  );
  for (const name of ['grants', 'client_auth', 'response_types', 'response_modes', 'migrations'])
    assert.ok(names.includes(name), name);
});

test('peers of a registry do not import each other', () => {
  const wrong = registries.flatMap((registry) => {
    const peers = imports.filter(({ from, isType }) => from === registry && !isType).map(({ to }) => to);
    return imports.filter(({ from, to }) => peers.includes(from) && (peers.includes(to) || to === registry));
  });
  assert.deepEqual(wrong.map(shown), []);
});

test('endpoints do not import each other', () => {
  const endpoints = imports
    .filter(({ from, to }) => from === 'src/routes.ts' && roomOf(to) === 'endpoints')
    .map(({ to }) => to);
  assert.ok(endpoints.length > 5);
  const wrong = imports.filter(({ from, to }) => endpoints.includes(from) && endpoints.includes(to));
  assert.deepEqual(wrong.map(shown), []);
});

test('the demo uses what an embedding program would', () => {
  const wrong = imports.filter(({ from, to }) => !isSource(from) && isSource(to) && !OPEN_TO_DEMO.includes(roomOf(to)));
  assert.deepEqual(wrong.map(shown), []);
});

test('no folder has a name that says nothing', () => {
  const vague = /\b(utils?|helpers?|shared|common|core|services?|managers?)\b/;
  assert.deepEqual(
    files.filter((file) => vague.test(file)),
    [],
  );
});

/** One circle for each way back to where a walk began. */
function findCycles(edges: readonly Import[]): string[] {
  const next = Map.groupBy(edges, ({ from }) => from);
  const finished = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' > ')];
    if (finished.has(file)) return [];
    const found = (next.get(file) ?? []).flatMap(({ to }) => walk(to, [...path, file]));
    finished.add(file);
    return found;
  };
  return [...next.keys()].flatMap((file) => walk(file, []));
}
