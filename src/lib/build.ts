import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type Build = { readonly git_hash: string; readonly build_time: string };

const UNKNOWN = 'unknown';

/** `npm run build` leaves a note in dist/; sources that run as they are were never built. */
export function readBuild(): Build {
  const note = new URL('../build.json', import.meta.url);
  if (!existsSync(note)) return { git_hash: checkedOut(), build_time: UNKNOWN };
  const { git_hash, build_time } = JSON.parse(readFileSync(note, 'utf8')) as Build;
  return { git_hash: git_hash || UNKNOWN, build_time: build_time || UNKNOWN };
}

/** Only of a clone of ours: installed in a project, git would answer for that project. */
function checkedOut(): string {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  if (!existsSync(`${root}.git`)) return UNKNOWN;
  try {
    return execFileSync('git', ['-C', root, 'rev-parse', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return UNKNOWN;
  }
}
