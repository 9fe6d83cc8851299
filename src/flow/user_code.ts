import { createHmac, randomInt } from 'node:crypto';
import type { AuthorizationServer } from '../authorization_server.ts';
import type { Config } from '../config/schema.ts';

type Form = { readonly length: number; readonly character_set: string };

/** RFC 8628 section 6.1: no characters that look like each other. */
const PRESETS: Readonly<Record<'high' | 'medium' | 'low', Form>> = {
  high: { length: 8, character_set: 'abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679' },
  medium: { length: 8, character_set: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
  low: { length: 9, character_set: '0123456789' },
};

const formOf = ({ user_code }: Config['oauth2']['device_authorization']): Form =>
  'character_set' in user_code ? user_code : PRESETS[user_code.entropy_preset];

export function mintUserCode({ config }: AuthorizationServer): string {
  const { length, character_set } = formOf(config.oauth2.device_authorization);
  return Array.from({ length }, () => character_set[randomInt(character_set.length)]).join('');
}

/** A code is short: under a key, so that who reads the database cannot guess it. Newest secret first. */
export const userCodeHashes = ({ config }: AuthorizationServer, user_code: string): Buffer[] =>
  config.secrets.system.map((secret) =>
    createHmac('sha256', `gatehouse/user_code/${secret}`).update(user_code).digest(),
  );
