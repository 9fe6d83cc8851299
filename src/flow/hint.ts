import type { AuthorizationServer } from '../authorization_server.ts';
import type { Client } from '../client/client.ts';
import { subjectFor } from '../client/subject.ts';
import { verifyOwnJwt } from '../keys/jwt.ts';
import { OAuthError } from '../oauth/error.ts';
import type { Parameters } from '../oauth/parameters.ts';
import { findForcedSubject } from '../store/forced_subjects.ts';

/**
 * OpenID Connect Core section 3.1.2.1: whom the client expects, from its `id_token_hint`. Undefined without one. Any key
 * that we publish may have signed it, and it may have expired. Throws `invalid_request`.
 */
export async function hintedSubject(server: AuthorizationServer, parameters: Parameters): Promise<string | undefined> {
  const hint = parameters.get('id_token_hint');
  if (hint === '') return undefined;
  const claims = await verifyOwnJwt(server.keys.signing, hint);
  if (typeof claims?.sub !== 'string' || claims.sub === '') {
    throw new OAuthError('invalid_request', "The parameter 'id_token_hint' is not an ID token of this server.");
  }
  return claims.sub;
}

/** The subject as the client may know it: what the login app chose now or earlier, else what we compute. */
export async function mapSubject(
  server: AuthorizationServer,
  client: Client,
  subject: string,
  chosen = '',
): Promise<string> {
  if (client.subject_type !== 'pairwise') return subject;
  const forced = chosen || (await findForcedSubject(server.db.queries, client.client_id, subject));
  return subjectFor(server.config, client, subject, forced ?? '');
}
