/** The specifications: one file and one line each, in the order of `docs/rfc.md`. */
export { rfc6749 } from './rfc6749.ts';
