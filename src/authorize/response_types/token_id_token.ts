import type { ResponseType } from '../approval.ts';

/** OpenID Connect Core section 3.2.2.1. */
export const token_id_token: ResponseType = {
  carries: ['access_token', 'id_token'],
  grant_types: ['implicit'],
  nonce: 'required',
};
