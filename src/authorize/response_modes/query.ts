import type { Reply } from '../../http/reply.ts';
import { type Parameters, withQuery } from '../../oauth/parameters.ts';

/** RFC 6749 section 4.1.2. 303, so that a POST does not go on to the client (RFC 9700 section 4.12). */
export const query = (redirect_uri: string, parameters: Parameters): Reply => ({
  status: 303,
  headers: { location: withQuery(redirect_uri, parameters) },
  body: '',
});
