/**
 * The response types: one file and one line each, under their names on the wire, whose words may come in any order.
 * `response_types_supported` is made of this list. Hydra: it has them in these orders.
 */
export { code } from './code.ts';
export { code_id_token as 'code id_token' } from './code_id_token.ts';
export { code_token as 'code token' } from './code_token.ts';
export { id_token } from './id_token.ts';
export { token } from './token.ts';
export { token_id_token as 'token id_token' } from './token_id_token.ts';
export { token_id_token_code as 'token id_token code' } from './token_id_token_code.ts';
