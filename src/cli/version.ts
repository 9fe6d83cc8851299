import { Command } from 'commander';
import { readBuild } from '../lib/build.ts';
import { VERSION } from '../lib/version.ts';

export const versionCommand = (): Command =>
  new Command('version').description('Shows which version this is.').action(() => {
    const { git_hash, build_time } = readBuild();
    console.log(`Version:    v${VERSION}\nGit Hash:   ${git_hash}\nBuild Time: ${build_time}`);
  });
