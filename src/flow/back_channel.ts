import { randomUUID } from 'node:crypto';
import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { Client } from '../client/client.ts';
import { signJwt } from '../keys/jwt.ts';
import { ID_TOKEN_SET } from '../keys/signing_keys.ts';
import type { LogoutNotificationRow } from '../store/logout_notifications.ts';

export const PURPOSE = 'logout_token';
/** OpenID Connect Back-Channel Logout section 2.4: two minutes at most, in seconds. */
const LIFETIME = 120;
/** Seconds that a notification is of use: longer than we are ever down. */
const PATIENCE = 24 * 3600;

/** What is the same at each attempt. The rest is said, and signed, when it is sent. */
type Notice = { readonly sid: string; readonly jti: string };

/** OpenID Connect Back-Channel Logout section 2.3: one for each client that wants to know, sealed for the queue. */
export function logoutNotifications(
  server: AuthorizationServer,
  clients: readonly Client[],
  sid: string,
): LogoutNotificationRow[] {
  const now = seconds(server);
  return clients
    .filter(({ backchannel_logout_uri }) => backchannel_logout_uri !== '')
    .map(({ client_id, backchannel_logout_uri }) => ({
      id: randomUUID(),
      client_id,
      uri: backchannel_logout_uri,
      logout_token: server.keys.rows.sealJson({ sid, jti: randomUUID() } satisfies Notice, PURPOSE),
      attempts: 0,
      due_at: now,
      expires_at: now + PATIENCE,
    }));
}

/** OpenID Connect Back-Channel Logout section 2.4. It names the session and not the person, as the reference's does. */
export function logoutToken(
  server: AuthorizationServer,
  { client_id, logout_token }: LogoutNotificationRow,
): Promise<string> {
  const { sid, jti } = server.keys.rows.openJson<Notice>(logout_token, PURPOSE);
  const iat = seconds(server);
  const claims = {
    iss: server.config.urls.self.issuer,
    aud: [client_id],
    iat,
    exp: iat + LIFETIME,
    jti,
    sid,
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  };
  return signJwt(server.keys.signing.signer(ID_TOKEN_SET), claims, 'logout+jwt');
}
