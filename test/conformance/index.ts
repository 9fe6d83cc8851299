/** The specifications: one file and one line each. */
export { form_post } from './form_post.ts';
export { multiple_response_types } from './multiple_response_types.ts';
export { openid_core } from './openid_core.ts';
export { openid_discovery } from './openid_discovery.ts';
export {
  openid_back_channel_logout,
  openid_front_channel_logout,
  openid_rp_initiated_logout,
} from './openid_logout.ts';
export { rfc6749 } from './rfc6749.ts';
export { rfc6750 } from './rfc6750.ts';
export { rfc7009 } from './rfc7009.ts';
export { rfc7519 } from './rfc7519.ts';
export { rfc7523 } from './rfc7523.ts';
export { rfc7636 } from './rfc7636.ts';
export { rfc7662 } from './rfc7662.ts';
export { rfc8252 } from './rfc8252.ts';
export { rfc8414 } from './rfc8414.ts';
export { rfc8628 } from './rfc8628.ts';
export { rfc9068 } from './rfc9068.ts';
export { rfc9101 } from './rfc9101.ts';
export { rfc9207 } from './rfc9207.ts';
export { rfc9700 } from './rfc9700.ts';
