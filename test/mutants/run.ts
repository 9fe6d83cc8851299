/**
 * `npm run mutants`: leaves out one check after the other, in a copy of the tree, and says which of them no test misses.
 * `npm run mutants -- --only PATTERN` takes those whose file or check matches; `--list` only shows them.
 */
import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutant, mutantsOf } from './mutations.ts';

const root = new URL('../..', import.meta.url).pathname;

/** What decides over who gets in. */
const CHECKED = [
  'src/authorize/**/*.ts',
  'src/client/signature.ts',
  'src/client_auth/*.ts',
  'src/endpoints/admin/api_key.ts',
  'src/grants/*.ts',
  'src/endpoints/credentials.ts',
  'src/keys/{jwt,opaque_token,proof,remote_jwks}.ts',
  'src/oauth/{audience,nonce,pkce,prompt,redirect_uri,scope}.ts',
  'src/flow/{accepted_login,accepted_consent,hint,hydra_cookie,logout,session,device,user_code_guesses}.ts',
  'src/throttle.ts',
  'src/token/*.ts',
];

/** The tests that look there, those first that are quick. */
const TESTS = [
  'test/flow/hydra_cookie.test.ts',
  'test/keys/opaque_token.test.ts',
  'test/keys/jwt.test.ts',
  'test/keys/remote_jwks.test.ts',
  'test/oauth/tables.test.ts',
  'test/keys/seal.test.ts',
  'test/attacks/code.test.ts',
  'test/e2e/oauth_rules.test.ts',
  'test/attacks/browser.test.ts',
  'test/e2e/request_object.test.ts',
  'test/attacks/unstorable.test.ts',
  'test/e2e/openid_rules.test.ts',
  'test/attacks/ended_logins.test.ts',
  'test/attacks/request_object.test.ts',
  'test/e2e/code_flow.test.ts',
  'test/e2e/assertions.test.ts',
  'test/e2e/rfc_rules.test.ts',
  'test/e2e/refresh.test.ts',
  'test/e2e/device.test.ts',
  'test/e2e/credentials.test.ts',
  'test/attacks/api_keys.test.ts',
  'test/attacks/jwt.test.ts',
  'test/e2e/registration.test.ts',
  'test/e2e/implicit_and_hybrid.test.ts',
  'test/attacks/redirects.test.ts',
  'test/e2e/logout.test.ts',
  'test/e2e/api_keys.test.ts',
  'test/e2e/user_codes.test.ts',
  'test/e2e/client_secrets.test.ts',
  'test/attacks/ssrf.test.ts',
  'test/attacks/request_uri.test.ts',
  'test/e2e/key_rotation.test.ts',
  'test/e2e/hooks.test.ts',
  'test/e2e/device_client.test.ts',
  'test/e2e/races.test.ts',
];

const WORKERS = 2;
/** Milliseconds after which a test that hangs counts as one that fails. */
const PATIENCE = 120_000;
/** Of a race: what is missing shows in the first. */
const ROUNDS = '2';

const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } });
const wanted = new RegExp(values.only ?? '');
const mutants = CHECKED.flatMap((pattern) => globSync(pattern, { cwd: root }))
  .sort()
  .flatMap((file) => mutantsOf(file, readFileSync(join(root, file), 'utf8')))
  .filter(({ file, check }) => wanted.test(`${file} ${check}`));

async function run(): Promise<number> {
  const queue = [...mutants];
  const survivors: Mutant[] = [];
  const work = async () => {
    const copy = copyOfTree();
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const killer = await killerOf(copy, mutant);
      if (killer === undefined) survivors.push(mutant);
      const left = String(queue.length).padStart(4);
      console.log(`${left}  ${killer ?? 'SURVIVED'}  ${mutant.file}:${mutant.line}  ${mutant.check}`);
    }
    rmSync(copy, { recursive: true });
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  console.log(`${mutants.length} checks left out, ${survivors.length} not missed`);
  for (const { file, line, check } of survivors) console.log(`  ${file}:${line}  ${check}`);
  return survivors.length === 0 ? 0 : 1;
}

function copyOfTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'gatehouse-mutants-'));
  for (const name of ['bin', 'demo', 'docs', 'src', 'test', 'openapi.json', 'package.json']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** The test that missed something in a file most probably misses what is next in it. These are where to begin. */
const lastKillers = new Map<string, string>([
  ['src/client_auth/private_key_jwt.ts', 'test/e2e/assertions.test.ts'],
  ['src/client_auth/secret_guesses.ts', 'test/e2e/client_secrets.test.ts'],
  ['src/endpoints/admin/api_key.ts', 'test/e2e/api_keys.test.ts'],
  ['src/endpoints/credentials.ts', 'test/e2e/credentials.test.ts'],
  ['src/flow/accepted_consent.ts', 'test/e2e/code_flow.test.ts'],
  ['src/flow/accepted_login.ts', 'test/e2e/code_flow.test.ts'],
  ['src/flow/device.ts', 'test/e2e/device.test.ts'],
  ['src/flow/hint.ts', 'test/e2e/openid_rules.test.ts'],
  ['src/flow/logout.ts', 'test/e2e/logout.test.ts'],
  ['src/flow/user_code_guesses.ts', 'test/e2e/user_codes.test.ts'],
  ['src/grants/device_code.ts', 'test/e2e/device.test.ts'],
  ['src/grants/jwt_bearer.ts', 'test/e2e/assertions.test.ts'],
  ['src/grants/refresh_token.ts', 'test/e2e/refresh.test.ts'],
  ['src/keys/jwt.ts', 'test/keys/jwt.test.ts'],
  ['src/keys/proof.ts', 'test/e2e/credentials.test.ts'],
  ['src/keys/remote_jwks.ts', 'test/keys/remote_jwks.test.ts'],
  ['src/throttle.ts', 'test/e2e/client_secrets.test.ts'],
  ['src/token/hook.ts', 'test/e2e/hooks.test.ts'],
  ['src/token/refresh_token.ts', 'test/e2e/refresh.test.ts'],
  ['src/token/rotate_keys.ts', 'test/e2e/key_rotation.test.ts'],
]);
/** Tests that hold while nothing is left out: of others it would mean nothing that they fail. */
const sound = new Set<string>();

/** The test file that failed without the check. */
async function killerOf(copy: string, { file, text }: Mutant): Promise<string | undefined> {
  const path = join(copy, file);
  const original = readFileSync(path);
  const last = lastKillers.get(file);
  const tests = last === undefined ? TESTS : [last, ...TESTS.filter((test) => test !== last)];
  writeFileSync(path, text);
  try {
    const killer = await firstFailure(copy, tests);
    if (killer === undefined) return undefined;
    writeFileSync(path, original);
    await checkSound(copy, killer);
    lastKillers.set(file, killer);
    return killer;
  } finally {
    writeFileSync(path, original);
  }
}

/** Fails twice: a busy machine fails a test now and then. */
async function firstFailure(copy: string, tests: readonly string[]): Promise<string | undefined> {
  for (const test of tests) if (!(await passes(copy, test)) && !(await passes(copy, test))) return test;
  return undefined;
}

async function checkSound(copy: string, test: string): Promise<void> {
  if (sound.has(test)) return;
  if (!(await passes(copy, test))) throw new Error(`${test} fails although nothing is left out.`);
  sound.add(test);
}

const passes = (cwd: string, test: string): Promise<boolean> =>
  new Promise((resolve) => {
    const env = { ...process.env, GATEHOUSE_TEST_ROUNDS: ROUNDS };
    execFile(process.execPath, ['--test', test], { cwd, env, timeout: PATIENCE, killSignal: 'SIGKILL' }, (error) =>
      resolve(error === null),
    );
  });

if (values.list) {
  for (const { file, line, check } of mutants) console.log(`${file}:${line}  ${check}`);
} else {
  process.exitCode = await run();
}
