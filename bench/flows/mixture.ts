import { randomUUID } from 'node:crypto';
import { expectStatus } from '../wire/connection.ts';
import { form } from '../wire/message.ts';
import type { Flow } from './flow.ts';
import { logIn, token } from './requests.ts';

/** A day of a server: for each login two refreshes, four tokens of programs, and ten looks at tokens. */
export const mixture: Flow = async (lane) => async () => {
  const { access_token, refresh_token } = await logIn(lane, {
    scope: 'openid offline_access',
    subject: randomUUID(),
    cookies: new Map(),
  });
  for (let at = 0; at < 4; at++) await token(lane, { grant_type: 'client_credentials', scope: 'read' });
  for (let at = 0; at < 10; at++) {
    const answer = await lane.admin.send(form('/admin/oauth2/introspect', { token: access_token }));
    if (!expectStatus(answer, 200, 'The introspection').body.includes('"active":true')) {
      throw new Error(`A token is not active: ${answer.body}`);
    }
  }
  const next = await token(lane, { grant_type: 'refresh_token', refresh_token });
  await token(lane, { grant_type: 'refresh_token', refresh_token: next.refresh_token });
  return true;
};
