import { randomUUID } from 'node:crypto';
import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { Client } from '../client/client.ts';
import { signJwt } from '../keys/jwt.ts';
import { ID_TOKEN_SET } from '../keys/signing_keys.ts';
import type { LogoutNotificationRow } from '../store/logout_notifications.ts';

const PURPOSE = 'logout_token';
/** Seconds that a logout token is good for, and that we try to deliver it. */
const LIFETIME = 15 * 60;

/** OpenID Connect Back-Channel Logout section 2.4: a token for each client that wants one, sealed for the queue. */
export function logoutNotifications(
  server: AuthorizationServer,
  clients: readonly Client[],
  sid: string,
): Promise<LogoutNotificationRow[]> {
  const now = seconds(server);
  const receivers = clients.filter(({ backchannel_logout_uri }) => backchannel_logout_uri !== '');
  return Promise.all(
    receivers.map(async ({ client_id, backchannel_logout_uri }) => ({
      id: randomUUID(),
      client_id,
      uri: backchannel_logout_uri,
      logout_token: server.keys.rows.seal(Buffer.from(await logoutToken(server, client_id, sid, now)), PURPOSE),
      attempts: 0,
      due_at: now,
      expires_at: now + LIFETIME,
    })),
  );
}

/** It names the session and not the person, as the reference's does. */
const logoutToken = (server: AuthorizationServer, client_id: string, sid: string, iat: number): Promise<string> =>
  signJwt(server.keys.signing.signer(ID_TOKEN_SET), {
    iss: server.config.urls.self.issuer,
    aud: [client_id],
    iat,
    exp: iat + LIFETIME,
    jti: randomUUID(),
    sid,
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  });

export const openLogoutToken = (server: AuthorizationServer, { logout_token }: LogoutNotificationRow): string =>
  server.keys.rows.open(logout_token, PURPOSE)?.toString() ?? '';
