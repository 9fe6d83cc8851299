import type { AuthorizationServer } from '../authorization_server.ts';
import { publicDocument } from '../http/public_document.ts';
import type { Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';

/** RFC 7517 section 5: every key that signed what may still be in use. */
export const jwks = (server: AuthorizationServer, request: Request): Reply =>
  publicDocument(request, { keys: server.keys.signing.published().map(({ jwk }) => jwk) });
