import type { AuthorizationServer } from '../authorization_server.ts';
import type { Request } from '../http/request.ts';
import { type Account, accountOfPassword } from './accounts.ts';
import { normalEmail } from './email.ts';
import { rememberBrowser } from './known_browser.ts';
import { guess, loginCounters } from './password_guesses.ts';

/** With the cookie by which the browser is known from then on. */
export type LoggedIn = { readonly account: Account; readonly cookie: string };

/** Seconds; 0 where the password was wrong and another may be tried at once. */
export type LoginRefusal = { readonly account?: undefined; readonly retry_after: number };

/** With the address and the password that a browser sent. */
export async function logIn(
  server: AuthorizationServer,
  request: Request,
  typed: { readonly email: string; readonly password: string },
): Promise<LoggedIn | LoginRefusal> {
  const email = normalEmail(typed.email);
  const { found: account, retry_after } = await guess(server, loginCounters(server, request, email), () =>
    accountOfPassword(server, email, typed.password),
  );
  return account ? { account, cookie: rememberBrowser(server, request, email) } : { retry_after };
}
