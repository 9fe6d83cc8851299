import type { ResponseType } from '../approval.ts';

/** RFC 6749 section 4.2.1. */
export const token: ResponseType = { carries: ['access_token'], grant_types: ['implicit'] };
