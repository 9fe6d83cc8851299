import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { checkGrantType } from '../client/client.ts';
import { isTooFast } from '../flow/polling.ts';
import { OAuthError } from '../oauth/error.ts';
import { type Parameters, spaceList } from '../oauth/parameters.ts';
import { type DeviceCodeRow, findDeviceCode, spendDeviceCode } from '../store/device_codes.ts';
import type { Grant } from '../token/grant.ts';
import { openSession } from '../token/session.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

/** RFC 8628 section 3.4. */
export const device_code: Grant = async (server, { client, parameters }) => {
  checkGrantType(client, GRANT_TYPE);
  const { hash, request_id, session, ...row } = await findCode(server, parameters);
  if (request_id === null) {
    // Nobody else's polls make the device wait.
    const isEarly = row.client_id === client.client_id && isTooFast(server, hash);
    throw new OAuthError(isEarly ? 'slow_down' : 'authorization_pending');
  }
  if (row.client_id !== client.client_id) {
    throw new OAuthError('invalid_grant', 'The device code was issued to another client.');
  }
  if (session === null) throw new OAuthError('access_denied', '', { status: 400 });
  return {
    client,
    grant_type: GRANT_TYPE,
    subject: row.subject,
    scope: spaceList(row.scope),
    audience: JSON.parse(row.audience) as string[],
    request_id,
    session: openSession(server, session),
    mayIdentify: true,
    mayRefresh: true,
    spend: (tx) => spendDeviceCode(tx, hash),
  };
};

/** RFC 8628 section 3.5. */
async function findCode(server: AuthorizationServer, parameters: Parameters): Promise<DeviceCodeRow> {
  const hash = server.keys.opaque.verify('device_code', parameters.get('device_code'));
  const row = hash && (await findDeviceCode(server.db.queries, hash));
  if (!row) throw new OAuthError('invalid_grant', 'The device code is unknown or was redeemed.');
  if (row.expires_at <= seconds(server)) throw new OAuthError('expired_token');
  return row;
}
