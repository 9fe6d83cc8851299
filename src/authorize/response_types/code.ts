import type { ResponseType } from '../approval.ts';

/** RFC 6749 section 4.1.1. Hydra: the token endpoint looks at the grant type, and at the nonce. */
export const code: ResponseType = { carries: ['code'], grant_types: [] };
