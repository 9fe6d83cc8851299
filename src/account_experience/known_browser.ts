import type { AuthorizationServer } from '../authorization_server.ts';
import type { Request } from '../http/request.ts';
import { randomBytes } from '../keys/random.ts';
import { throttleKey } from '../throttle.ts';
import { pageCookie, readPageCookie } from './cookies.ts';

/**
 * A browser keeps, sealed, a name that we gave it, and for which accounts the right password was sent from it, as keys
 * that say nothing to others. It is no login: it only has a count of wrong passwords of its own.
 */
const PURPOSE = 'account_experience.browser';
const NAME = 16;
const KEY = 32;
/** Accounts: the latest ones. */
const MOST = 5;
/** Seconds. */
const LIFETIME = 180 * 24 * 3600;

type Browser = { readonly name: Buffer; readonly keys: readonly Buffer[] };

/** How the browser is called, if somebody logged in to the account there. */
export function knownBrowser(server: AuthorizationServer, request: Request, email: string): string | undefined {
  const browser = openBrowser(server, request);
  const key = keyOf(server, email);
  return browser?.keys.some((known) => known.equals(key)) ? browser.name.toString('base64url') : undefined;
}

/** The cookie of a browser in which somebody logged in to the account. */
export function rememberBrowser(server: AuthorizationServer, request: Request, email: string): string {
  const { name, keys } = openBrowser(server, request) ?? { name: randomBytes(NAME), keys: [] };
  const key = keyOf(server, email);
  const latest = [key, ...keys.filter((known) => !known.equals(key))].slice(0, MOST);
  const sealed = server.keys.cookies.seal(Buffer.concat([name, ...latest]), PURPOSE);
  return pageCookie(server, 'browser', sealed.toString('base64url'), LIFETIME);
}

function openBrowser(server: AuthorizationServer, request: Request): Browser | undefined {
  const sealed = readPageCookie(server, request, 'browser');
  const opened = sealed && server.keys.cookies.open(Buffer.from(sealed, 'base64url'), PURPOSE);
  if (!opened) return undefined;
  const keys = Array.from({ length: (opened.length - NAME) / KEY }, (_, at) =>
    opened.subarray(NAME + at * KEY, NAME + (at + 1) * KEY),
  );
  return { name: opened.subarray(0, NAME), keys };
}

const keyOf = (server: AuthorizationServer, email: string): Buffer => throttleKey(server, 'password', 'known', email);
