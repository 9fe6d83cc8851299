import type { ResponseType } from '../approval.ts';

/** OpenID Connect Core section 3.3.2.1. */
export const token_id_token_code: ResponseType = {
  carries: ['code', 'access_token', 'id_token'],
  grant_types: ['authorization_code', 'implicit'],
  nonce: 'required',
};
