import type { ResponseType } from '../approval.ts';

/** OpenID Connect Core section 3.3.2.1. */
export const code_id_token: ResponseType = {
  carries: ['code', 'id_token'],
  grant_types: ['authorization_code'],
  nonce: 'required',
};
