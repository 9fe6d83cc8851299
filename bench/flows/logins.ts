import { randomUUID } from 'node:crypto';
import type { Flow } from './flow.ts';
import { logIn } from './requests.ts';

const SCOPE = 'openid offline_access';

/** Somebody whom neither the server nor the browser has seen before. */
export const first_login: Flow = async (lane) => async () => {
  const { id_token } = await logIn(lane, { scope: SCOPE, subject: randomUUID(), cookies: new Map() });
  if (!id_token) throw new Error('There is no ID token.');
  return true;
};

/** Somebody who is back: the apps are told that they may skip their pages. */
export const remembered_login: Flow = async (lane) => {
  const login = { scope: SCOPE, subject: randomUUID(), cookies: new Map(), remember: true };
  await logIn(lane, login);
  return async () => {
    await logIn(lane, login);
    return true;
  };
};
