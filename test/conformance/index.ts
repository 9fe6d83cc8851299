/** The specifications: one file and one line each, in the order of `docs/rfc.md`. */
export { rfc6749 } from './rfc6749.ts';
export { rfc6750 } from './rfc6750.ts';
export { rfc7009 } from './rfc7009.ts';
export { rfc7519 } from './rfc7519.ts';
export { rfc7523 } from './rfc7523.ts';
export { rfc7636 } from './rfc7636.ts';
export { rfc7662 } from './rfc7662.ts';
