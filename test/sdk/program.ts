import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import seed from '../openapi/seed_operations.json' with { type: 'json' };
import { startRunningServer } from '../running_server.ts';
import { ANSWERS } from './answers.ts';

const run = promisify(execFile);

type Command = readonly [file: string, ...parameters: string[]];
type Line = { readonly operation: string; readonly status: number; readonly error: string };

/**
 * Lets a program of another language call a running server, and holds what it met against what there is to meet, or
 * `instead`. It prints what its package offers, then one line for each call.
 */
export async function checkWalk(
  test: { after(action: () => Promise<void>): void },
  command: Command,
  instead: typeof ANSWERS = {},
): Promise<void> {
  const server = await startRunningServer({ OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true' });
  test.after(() => server.close());
  const [file, ...parameters] = command;
  const { stdout } = await run(file, [...parameters, server.issuer, server.admin]);
  const [first = '', ...lines] = stdout.trimEnd().split('\n');
  const offered = (JSON.parse(first) as { readonly offers: string[] }).offers.map(operationOf);
  const answered = Map.groupBy(lines.map(readLine), ({ operation }) => operation);

  const walked = Object.fromEntries(
    [...answered].map(([operation, all]) => [operation, [...new Set(all.map(({ answer }) => answer))].sort()]),
  );
  const expected = { ...ANSWERS, ...instead };
  assert.deepEqual(walked, Object.fromEntries(offered.map((operation) => [operation, expected[operation]])));
  assert.deepEqual(
    Object.keys(seed).filter((operation) => !offered.includes(operation)),
    [],
    'operations of the seed that the package lacks',
  );
}

/** Each language writes them in its own way: `create_o_auth2_client` is `CreateOAuth2Client` is `createOAuth2Client`. */
function operationOf(name: string): string {
  const plain = (text: string) => text.replaceAll('_', '').toLowerCase();
  return Object.keys(ANSWERS).find((operation) => plain(operation) === plain(name)) ?? assert.fail(`what is ${name}?`);
}

function readLine(text: string): { operation: string; answer: string } {
  const { operation, status, error } = JSON.parse(text) as Line;
  return { operation: operationOf(operation), answer: error === '' ? `${status}` : `${status} ${error}` };
}
