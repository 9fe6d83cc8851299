import { readFileSync } from 'node:fs';

/** Of the package, without the `v`. */
export const VERSION: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
