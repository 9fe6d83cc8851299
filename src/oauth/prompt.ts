import { OAuthError } from './error.ts';

/** OpenID Connect Core section 3.1.2.1, and `registration` of Initiating User Registration. */
const PROMPTS = ['login', 'none', 'consent', 'select_account', 'registration'];

/** Throws `invalid_request` for a value that we do not know and for `none` beside others. */
export function checkPrompt(prompt: readonly string[]): void {
  const unknown = prompt.find((value) => !PROMPTS.includes(value));
  if (unknown !== undefined) throw new OAuthError('invalid_request', `The prompt '${unknown}' is not supported.`);
  if (prompt.includes('none') && prompt.length > 1) {
    throw new OAuthError('invalid_request', "The prompt 'none' cannot stand beside others.");
  }
}
