import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const LAUNCHER = fileURLToPath(new URL('../../bin/gatehouse', import.meta.url));

export type Outcome = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

type Surroundings = {
  readonly cwd?: string;
  /** The whole environment, besides PATH and HOME. */
  readonly env?: Record<string, string>;
  readonly input?: string;
  /** Instead of bin/gatehouse. */
  readonly launcher?: string;
};

/** Runs the command line until it ends, as a shell would. */
export function gatehouse(args: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
  const { cwd, env = {}, input = '', launcher = LAUNCHER } = surroundings;
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(launcher, args, { cwd, env: { PATH, HOME, ...env } });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  child.stdin.on('error', () => {}).end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (exitCode) => resolve({ exitCode, ...output }));
  });
}

/** One sentence on stderr, exit code 1, and nothing else. */
export const isComplaint = ({ exitCode, stdout, stderr }: Outcome): boolean =>
  exitCode === 1 && stdout === '' && /^[^\n]+[.?]\n$/.test(stderr) && !/^ +at /m.test(stderr);
