import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Programs of others that tests run. Kept between runs, and not in a clone: they take seconds to fetch. */
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'gatehouse-tests');

/** A Python that has what the requirements name. */
export async function pythonWith(requirements: string): Promise<string> {
  const { stdout: version } = await run('python3', ['--version']);
  const folder = join(CACHE, `python-${digest(version, readFileSync(requirements, 'utf8'))}`);
  await inNewFolder(folder, async (made) => {
    await run('python3', ['-m', 'venv', made]);
    await run(pythonIn(made), ['-m', 'pip', 'install', '--quiet', '--no-deps', '--requirement', requirements]);
  });
  return pythonIn(folder);
}

const pythonIn = (folder: string): string => join(folder, 'bin', 'python');

/** The program of a Go module. Go itself knows what has to be built again. */
export async function goProgram(module: string): Promise<string> {
  const program = join(CACHE, `go-${digest(module)}`);
  await run('go', ['build', '-o', program, '.'], { cwd: module });
  return program;
}

/** A folder with the packages that the lock file of another one names. None of them runs anything to get installed. */
export async function packagesOf(project: string): Promise<string> {
  const files = ['package.json', 'package-lock.json'].map((name) => join(project, name));
  const folder = join(CACHE, `npm-${digest(...files.map((file) => readFileSync(file, 'utf8')))}`);
  await inNewFolder(folder, async (made) => {
    for (const file of files) cpSync(file, join(made, basename(file)));
    await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: made });
  });
  return folder;
}

const digest = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);

/** Unless it is there. Appears under its name when it is complete: several runs may want it at once. */
async function inNewFolder(name: string, fill: (folder: string) => Promise<void>): Promise<void> {
  if (existsSync(name)) return;
  mkdirSync(CACHE, { recursive: true });
  const made = mkdtempSync(`${name}-`);
  try {
    await fill(made);
    renameSync(made, name);
  } catch (error) {
    rmSync(made, { recursive: true });
    if (!existsSync(name)) throw error;
  }
}
