import type { AuthorizationServer } from '../authorization_server.ts';
import type { AuthorizationRequest } from '../authorize/request.ts';
import type { Request } from '../http/request.ts';
import { upsertForcedSubject } from '../store/forced_subjects.ts';
import { deleteSession, extendSession, upsertSession } from '../store/login_sessions.ts';
import { write } from '../store/write.ts';
import { type AcceptedLogin, loginExpiry, rememberedFor } from './accepted_login.ts';
import { readSessionCookie, sessionCookie } from './cookies.ts';

/**
 * Stores the login session that a login begins and returns the cookies that belong to it. A login that was skipped
 * leaves both as they are, unless the app wants the session to last longer.
 */
export async function settleSession(
  server: AuthorizationServer,
  request: Request,
  { client }: AuthorizationRequest,
  { flow, answer }: AcceptedLogin,
): Promise<string[]> {
  const isNew = flow.remembered === undefined;
  const isExtended = !isNew && answer.extend_session_lifespan;
  const forced = client.subject_type === 'pairwise' && answer.force_subject_identifier;
  const previous = isNew && !answer.remember ? readSessionCookie(server, request) : undefined;
  if (isNew || isExtended || forced) {
    await write(server, async (tx) => {
      if (isNew) await upsertSession(tx, sessionRow(server, flow.sid, answer));
      if (isExtended) await extendSession(tx, flow.sid, loginExpiry(server, answer));
      if (previous && previous !== flow.sid) await deleteSession(tx, previous);
      if (forced) {
        await upsertForcedSubject(tx, { client_id: client.client_id, subject: answer.subject, identifier: forced });
      }
    });
  }
  if (answer.remember && (isNew || isExtended)) return [sessionCookie(server, flow.sid, rememberedFor(server, answer))];
  return isNew ? [sessionCookie(server, '', 0)] : [];
}

/** Also for a login that is not to be remembered: tokens carry its id. */
const sessionRow = (server: AuthorizationServer, sid: string, answer: AcceptedLogin['answer']) => ({
  sid,
  subject: answer.subject,
  authenticated_at: answer.auth_time,
  expires_at: loginExpiry(server, answer),
  remember: answer.remember ? 1 : 0,
  identity_provider_session_id: answer.identity_provider_session_id,
});
