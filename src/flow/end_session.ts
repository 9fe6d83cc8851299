import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { type Client, clientOf } from '../client/client.ts';
import { listSessionClients } from '../store/clients.ts';
import { insertEndedLogin } from '../store/ended_logins.ts';
import { deleteRememberedSession } from '../store/login_sessions.ts';
import { insertNotifications } from '../store/logout_notifications.ts';
import { setLogoutState } from '../store/logout_requests.ts';
import { write } from '../store/write.ts';
import { logoutNotifications } from './back_channel.ts';
import { deliverSoon } from './deliver.ts';

export type EndedSession = { readonly sid: string; readonly subject: string };

/**
 * OpenID Connect RP-Initiated Logout section 2: ends a login session, once, and queues what its clients must be told
 * with it. Returns the clients, or undefined where the session was gone already. `request` is the logout request that
 * asked for it.
 */
export async function endSession(
  server: AuthorizationServer,
  { sid, subject }: EndedSession,
  request?: Uint8Array,
): Promise<readonly Client[] | undefined> {
  const clients = (await listSessionClients(server.db.queries, sid, subject)).map(clientOf);
  const notifications = logoutNotifications(server, clients, sid);
  const isFirst = await write(server, async (tx) => {
    if (request) await setLogoutState(tx, request, 'done');
    await insertEndedLogin(tx, { sid }, seconds(server));
    if (!(await deleteRememberedSession(tx, sid))) return false;
    await insertNotifications(tx, notifications);
    return true;
  });
  if (isFirst && notifications.length > 0) deliverSoon(server);
  return isFirst ? clients : undefined;
}
