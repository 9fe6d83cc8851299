/**
 * The client authentication methods: one file and one line each. `token_endpoint_auth_methods_supported` of the
 * discovery document is made of this list.
 */

export { client_secret_basic } from './client_secret_basic.ts';
export { client_secret_post } from './client_secret_post.ts';
export { none } from './none.ts';
export { private_key_jwt } from './private_key_jwt.ts';
