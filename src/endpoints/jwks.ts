import type { AuthorizationServer } from '../authorization_server.ts';
import { publicDocument } from '../http/public_document.ts';
import type { Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import type { RouteSchema } from '../http/route.ts';
import { JSON_WEB_KEY_SET } from '../keys/json_web_key.ts';

/** RFC 7517 section 5: every key that signed what may still be in use. */
export const discoverJsonWebKeys = (server: AuthorizationServer, request: Request): Reply =>
  publicDocument(request, { keys: server.keys.signing.published().map(({ jwk }) => jwk) });

export const schemas = {
  discoverJsonWebKeys: {
    summary: 'Show the public keys that verify what is issued.',
    responses: { 200: JSON_WEB_KEY_SET, 304: null },
  },
} satisfies Record<string, RouteSchema>;
