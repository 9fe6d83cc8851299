import type { AuthorizationServer } from '../authorization_server.ts';

type Config = Pick<AuthorizationServer, 'config'>;

/**
 * RFC 8628 section 6.1: what a person types, as the device has it. Spaces and punctuation are for the eye; a letter that
 * codes have in one case only may be typed in the other.
 */
export function spelledUserCode({ config }: Config, typed: string): string {
  const { character_set } = config.oauth2.device_authorization.user_code;
  const isKnown = (character: string) => character_set.includes(character);
  return [...typed.normalize('NFKC')]
    .filter((character) => isKnown(character) || !/[\s\p{P}]/u.test(character))
    .map((character) => [character, character.toUpperCase(), character.toLowerCase()].find(isKnown) ?? character)
    .join('');
}

/** How a keyboard without keys, or with a will of its own, should behave. */
export function keyboardFor({ config }: Config): { readonly inputmode: string; readonly autocapitalize: string } {
  const { character_set } = config.oauth2.device_authorization.user_code;
  return {
    inputmode: /^\d+$/.test(character_set) ? 'numeric' : 'text',
    autocapitalize: character_set === character_set.toUpperCase() ? 'characters' : 'none',
  };
}

/** Whether what was typed could be a code of a device. */
export const isWhole = (server: Config, typed: string): boolean => {
  const { length, character_set } = server.config.oauth2.device_authorization.user_code;
  return typed.length === length && [...typed].every((character) => character_set.includes(character));
};
