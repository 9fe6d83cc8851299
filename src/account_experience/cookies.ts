import type { AuthorizationServer } from '../authorization_server.ts';
import { setCookie } from '../http/cookie.ts';
import { cookieOf, type Request } from '../http/request.ts';

type Server = Pick<AuthorizationServer, 'config' | 'now'>;

/** The cookies of our pages. Those of the protocol have names of their own. */
export type PageCookie = 'csrf' | 'account' | 'browser';

/**
 * `__Host-` (RFC 6265bis section 4.1.3.2): no neighbour on the same domain can plant it. Needs https, and the path of the
 * whole host.
 */
const cookieName = ({ config }: Server, cookie: PageCookie): string =>
  config.dev ? `gatehouse_${cookie}_dev` : `__Host-gatehouse_${cookie}`;

const attributes = ({ config }: Server) => ({
  path: '/',
  secure: !config.dev || config.serve.cookies.secure,
  sameSite: 'Lax' as const,
});

/** `maxAge` in seconds; 0 makes the browser forget. */
export const pageCookie = (server: Server, cookie: PageCookie, value: string, maxAge: number): string =>
  setCookie(cookieName(server, cookie), value, maxAge, attributes(server), server.now());

export const readPageCookie = (server: Server, request: Request, cookie: PageCookie): string | undefined =>
  cookieOf(request, cookieName(server, cookie));
