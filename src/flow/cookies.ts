import { randomBytes } from 'node:crypto';
import type { AuthorizationServer } from '../authorization_server.ts';
import type { Client } from '../client/client.ts';
import type { Config } from '../config/schema.ts';
import { type CookieAttributes, setCookie } from '../http/cookie.ts';
import { cookieOf, type Request } from '../http/request.ts';
import { murmur3 } from '../lib/murmur3.ts';
import { openHydraSession } from './hydra_cookie.ts';

type CookieName = keyof Config['serve']['cookies']['names'];

/** Hydra: `_dev` keeps what a development server sets apart from what a real one does. */
const cookieName = ({ serve, dev }: Config, name: CookieName): string =>
  `${serve.cookies.names[name]}${dev ? '_dev' : ''}`;

export type CsrfName = Exclude<CookieName, 'session'>;

/** Hydra: one a client, told apart by a hash of its id; a device is asked for before anybody knows the client. */
const csrfCookieName = (config: Config, name: CsrfName, client: Client | undefined): string =>
  client ? `${cookieName(config, name)}_${murmur3(client.client_id)}` : cookieName(config, name);

function attributesOf({ serve, dev, urls }: Config, path: string): CookieAttributes {
  const { domain, secure, same_site_mode } = serve.cookies;
  const isHttps = urls.self.issuer.startsWith('https:');
  return {
    path,
    domain,
    secure: dev ? secure : true,
    // SameSite=None needs Secure, which browsers refuse over plain http.
    sameSite: same_site_mode === 'None' && !isHttps ? 'Lax' : same_site_mode,
  };
}

/** The value that binds a flow to its browser. */
export const csrfValue = (
  server: AuthorizationServer,
  request: Request,
  name: CsrfName,
  client: Client | undefined,
): string => readCsrf(server, request, name, client) ?? randomBytes(16).toString('hex');

/** Undefined where the browser has none, or one that we did not set. */
export function readCsrf(
  server: AuthorizationServer,
  request: Request,
  name: CsrfName,
  client: Client | undefined,
): string | undefined {
  const cookie = csrfCookieName(server.config, name, client);
  return open(server, request, cookie, cookie) ?? open(server, request, `${cookie}_legacy`, cookie);
}

/** A value that is there already is set again: two tabs of one client share it, and both finish. */
export function csrfCookies(
  server: AuthorizationServer,
  name: CsrfName,
  client: Client | undefined,
  value: string,
): string[] {
  const { config } = server;
  const cookie = csrfCookieName(config, name, client);
  const attributes = attributesOf(config, '/');
  const sealed = sealCookie(server, value, cookie);
  const maxAge = config.ttl.login_consent_request;
  const cookies = [setCookie(cookie, sealed, maxAge, attributes, server.now())];
  // Hydra: for browsers that do not know SameSite=None.
  if (attributes.sameSite === 'None' && config.serve.cookies.same_site_legacy_workaround) {
    cookies.push(setCookie(`${cookie}_legacy`, sealed, maxAge, { ...attributes, sameSite: undefined }, server.now()));
  }
  return cookies;
}

/** The id of the login session that the browser remembers. Hydra: its own cookie counts too, after an import. */
export function readSessionCookie(server: AuthorizationServer, request: Request): string | undefined {
  const name = cookieName(server.config, 'session');
  const value = cookieOf(request, name);
  return value && (unseal(server, value, 'session') ?? openHydraSession(server.config.secrets.cookie, name, value));
}

/** `maxAge` in seconds; 0 makes the browser forget. */
export function sessionCookie(server: AuthorizationServer, sid: string, maxAge: number): string {
  const attributes = attributesOf(server.config, server.config.serve.cookies.paths.session);
  const value = sealCookie(server, sid, 'session');
  return setCookie(cookieName(server.config, 'session'), value, maxAge, attributes, server.now());
}

const sealCookie = (server: AuthorizationServer, value: string, purpose: string): string =>
  server.keys.cookies.seal(Buffer.from(value), purpose).toString('base64url');

function open(server: AuthorizationServer, request: Request, cookie: string, purpose: string): string | undefined {
  const value = cookieOf(request, cookie);
  return value && unseal(server, value, purpose);
}

const unseal = (server: AuthorizationServer, value: string, purpose: string): string | undefined =>
  server.keys.cookies.open(Buffer.from(value, 'base64url'), purpose)?.toString();
