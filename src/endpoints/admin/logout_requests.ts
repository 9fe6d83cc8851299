import type { AuthorizationServer } from '../../authorization_server.ts';
import { clientOf } from '../../client/client.ts';
import { presentClient } from '../../client/present.ts';
import { publicUrl } from '../../flow/flow.ts';
import { acceptLogout, findLogout, rejectLogout, type StoredLogout } from '../../flow/logout.ts';
import { json, noContent, type Reply } from '../../http/reply.ts';
import { queryOf, type Request } from '../../http/request.ts';
import { OAuthError } from '../../oauth/error.ts';
import { withQuery } from '../../oauth/parameters.ts';
import { findClient } from '../../store/clients.ts';

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
