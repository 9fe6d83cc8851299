import { randomUUID } from 'node:crypto';
import { expectStatus } from '../wire/connection.ts';
import { form } from '../wire/message.ts';
import type { Flow } from './flow.ts';
import { logIn, token } from './requests.ts';

/** The same chain on and on, as an application does that stays open. */
const refreshing =
  (scope: string): Flow =>
  async (lane) => {
    let { refresh_token } = await logIn(lane, { scope, subject: randomUUID(), cookies: new Map() });
    return async () => {
      ({ refresh_token } = await token(lane, { grant_type: 'refresh_token', refresh_token }));
      return true;
    };
  };

/** With an ID token, so that every answer has a signature. */
export const refresh = refreshing('openid offline_access');

export const refresh_without_id_token = refreshing('offline_access');

/** More than all lanes together revoke in a second. */
const REVOKED = 8000;

/** Access tokens that are there, each once. */
export const revoke: Flow = async (lane) => {
  const tokens: string[] = [];
  while (tokens.length < Math.ceil((REVOKED * lane.seconds) / lane.crowd)) {
    tokens.push((await token(lane, { grant_type: 'client_credentials', scope: 'read' })).access_token);
  }
  return async () => {
    const message = form('/oauth2/revoke', { token: tokens.pop() ?? '' }, lane.credentials);
    expectStatus(await lane.open.send(message), 200, 'The revocation');
    return tokens.length > 0;
  };
};
