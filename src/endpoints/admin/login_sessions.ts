import Type from 'typebox';
import { type AuthorizationServer, seconds } from '../../authorization_server.ts';
import { endSession } from '../../flow/end_session.ts';
import { noContent, type Reply } from '../../http/reply.ts';
import { queryOf, type Request } from '../../http/request.ts';
import type { RouteSchema } from '../../http/route.ts';
import { OAuthError } from '../../oauth/error.ts';
import { endSubjectSessions, findEndableSession } from '../../store/login_sessions.ts';
import { write } from '../../store/write.ts';

/** Ends one login session, and tells its clients; or all of a person. Hydra: then nobody is told. */
export async function revokeOAuth2LoginSessions(server: AuthorizationServer, request: Request): Promise<Reply> {
  const parameters = queryOf(request);
  const [sid, subject] = [parameters.get('sid'), parameters.get('subject')];
  if (sid === '' && subject === '') {
    throw new OAuthError('invalid_request', "One of the query parameters 'sid' and 'subject' is required.");
  }
  if (sid === '') {
    await write(server, (tx) => endSubjectSessions(tx, subject, seconds(server)));
    return noContent();
  }
  const session = await findEndableSession(server.db.queries, sid);
  if (session) await endSession(server, session);
  return noContent();
}

export const schemas = {
  revokeOAuth2LoginSessions: {
    summary: 'End one login session, or all of a person.',
    query: Type.Object({ subject: Type.Optional(Type.String()), sid: Type.Optional(Type.String()) }),
    responses: { 204: null },
  },
} satisfies Record<string, RouteSchema>;
