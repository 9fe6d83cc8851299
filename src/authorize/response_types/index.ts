/** The response types: one file and one line each. `response_types_supported` is made of this list. */
export { code } from './code.ts';
