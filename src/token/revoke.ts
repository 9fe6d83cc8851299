import type { AuthorizationServer } from '../authorization_server.ts';
import { deleteChain } from '../store/tokens.ts';
import { write } from '../store/write.ts';

/**
 * RFC 6749 section 4.1.2 and RFC 9700 section 4.14.2: everything of the approval stops working. A write of its own, so
 * that it stays when the request that caused it fails.
 */
export const revokeChain = (server: AuthorizationServer, request_id: string): Promise<void> =>
  write(server, (tx) => deleteChain(tx, request_id));
