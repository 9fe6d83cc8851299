import type { ResponseType } from '../approval.ts';

/** OpenID Connect Core section 3.3.2.1. */
export const code_token: ResponseType = {
  carries: ['code', 'access_token'],
  grant_types: ['authorization_code', 'implicit'],
  nonce: 'optional',
};
