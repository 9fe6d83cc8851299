import { createHmac, randomInt } from 'node:crypto';
import type { AuthorizationServer } from '../authorization_server.ts';

export function mintUserCode({ config }: AuthorizationServer): string {
  const { length, character_set } = config.oauth2.device_authorization.user_code;
  return Array.from({ length }, () => character_set[randomInt(character_set.length)]).join('');
}

/** A code is short: under a key, so that who reads the database cannot guess it. Newest secret first. */
export const userCodeHashes = ({ config }: AuthorizationServer, user_code: string): Buffer[] =>
  config.secrets.system.map((secret) =>
    createHmac('sha256', `gatehouse/user_code/${secret}`).update(user_code).digest(),
  );
