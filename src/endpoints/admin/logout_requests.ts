import Type from 'typebox';
import type { AuthorizationServer } from '../../authorization_server.ts';
import { clientOf } from '../../client/client.ts';
import { presentClient } from '../../client/present.ts';
import { CLIENT } from '../../client/schema.ts';
import { publicUrl } from '../../flow/flow.ts';
import { acceptLogout, findLogout, rejectLogout, type StoredLogout } from '../../flow/logout.ts';
import { json, noContent, type Reply } from '../../http/reply.ts';
import { queryOf, type Request } from '../../http/request.ts';
import type { RouteSchema } from '../../http/route.ts';
import { nullable, TIME } from '../../lib/schema.ts';
import { OAuthError } from '../../oauth/error.ts';
import { withQuery } from '../../oauth/parameters.ts';
import { findClient } from '../../store/clients.ts';
import { REDIRECT_TO } from './requests.ts';

const challengeOf = (request: Request): string =>
  queryOf(request).get('logout_challenge') || queryOf(request).get('challenge');

/** What the logout app has to know to ask. Hydra: what was rejected is gone, and what is over says where it began. */
export async function getOAuth2LogoutRequest(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = challengeOf(request);
  const logout = await load(server, challenge);
  if (logout.state === 'rejected') throw new OAuthError('row_not_found');
  if (logout.state === 'done') return json(410, { redirect_to: logout.request_url });
  const { subject, sid, request_url, client_id } = logout;
  const row = client_id === undefined ? undefined : await findClient(server.db.queries, client_id);
  return json(200, {
    challenge,
    subject,
    sid,
    request_url,
    rp_initiated: client_id !== undefined,
    ...timesOf(logout),
    client: row ? presentClient(clientOf(row)) : null,
  });
}

/** Hydra: a request with an ID token has no times. */
function timesOf({ client_id, requested_at, expires_at }: StoredLogout) {
  if (client_id !== undefined) return { expires_at: null, requested_at: null };
  const text = (time: number) => new Date(time * 1000).toISOString().replace('.000Z', 'Z');
  return { expires_at: text(expires_at), requested_at: text(requested_at) };
}

export async function acceptOAuth2LogoutRequest(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = challengeOf(request);
  const logout_verifier = await acceptLogout(server, await load(server, challenge), challenge);
  return json(200, { redirect_to: withQuery(publicUrl(server, 'oauth2/sessions/logout'), { logout_verifier }) });
}

/** The app decides where the person goes instead. */
export async function rejectOAuth2LogoutRequest(server: AuthorizationServer, request: Request): Promise<Reply> {
  const logout = await findLogout(server, challengeOf(request));
  if (!logout) throw new OAuthError('challenge_not_found', 'There is no logout request with this challenge.');
  await rejectLogout(server, logout);
  return noContent();
}

async function load(server: AuthorizationServer, challenge: string): Promise<StoredLogout> {
  const logout = await findLogout(server, challenge);
  if (!logout) throw new OAuthError('row_not_found');
  return logout;
}

const LOGOUT_REQUEST = Type.Object(
  {
    challenge: Type.String(),
    subject: Type.String(),
    sid: Type.String(),
    request_url: Type.String(),
    rp_initiated: Type.Boolean(),
    expires_at: nullable(TIME),
    requested_at: nullable(TIME),
    client: nullable(CLIENT),
  },
  { $id: 'oAuth2LogoutRequest' },
);
const query = Type.Object({ logout_challenge: Type.String() });

export const schemas = {
  getOAuth2LogoutRequest: {
    summary: 'Show the logout app who wants to end which session.',
    query,
    responses: { 200: LOGOUT_REQUEST, 410: REDIRECT_TO },
  },
  acceptOAuth2LogoutRequest: { summary: 'End the session.', query, responses: { 200: REDIRECT_TO } },
  rejectOAuth2LogoutRequest: { summary: 'Leave the session as it is.', query, responses: { 204: null } },
} satisfies Record<string, RouteSchema>;
