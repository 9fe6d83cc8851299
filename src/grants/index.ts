/**
 * The grant types: one file and one line each, under their names on the wire. `grant_types_supported` of the discovery
 * document is made of this list.
 */
export { authorization_code } from './authorization_code.ts';
export { client_credentials } from './client_credentials.ts';
export { device_code as 'urn:ietf:params:oauth:grant-type:device_code' } from './device_code.ts';
export { jwt_bearer as 'urn:ietf:params:oauth:grant-type:jwt-bearer' } from './jwt_bearer.ts';
export { refresh_token } from './refresh_token.ts';
