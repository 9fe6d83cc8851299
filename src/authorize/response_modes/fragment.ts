import type { Reply } from '../../http/reply.ts';
import type { Parameters } from '../../oauth/parameters.ts';

/** OAuth 2.0 Multiple Response Types section 2.1. */
export const fragment = (redirect_uri: string, parameters: Parameters): Reply => ({
  status: 303,
  headers: { location: `${redirect_uri}#${parameters}` },
  body: '',
});
