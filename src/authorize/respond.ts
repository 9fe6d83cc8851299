import type { Reply } from '../http/reply.ts';
import type { Parameters } from '../oauth/parameters.ts';
import * as modes from './response_modes/index.ts';

const MODES = { ...modes };

export type ResponseMode = keyof typeof MODES;

export const isResponseMode = (name: string): name is ResponseMode => Object.hasOwn(MODES, name);

/** `response_modes_supported` of RFC 8414 section 2. */
export const RESPONSE_MODES: readonly string[] = Object.keys(MODES);

/** RFC 6749 section 4.1.2: the browser takes the answer to the client. Headers in lower case. */
export function respond(
  { redirect_uri, response_mode }: { readonly redirect_uri: string; readonly response_mode: ResponseMode },
  parameters: Parameters,
  headers: Reply['headers'] = {},
): Reply {
  const reply = MODES[response_mode](redirect_uri, parameters);
  return { ...reply, headers: { ...reply.headers, 'cache-control': 'no-store', pragma: 'no-cache', ...headers } };
}
