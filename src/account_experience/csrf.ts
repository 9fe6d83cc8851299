import { createHmac, timingSafeEqual } from 'node:crypto';
import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import { randomBytes } from '../keys/random.ts';
import { OAuthError } from '../oauth/error.ts';
import type { Parameters } from '../oauth/parameters.ts';
import { pageCookie, readPageCookie } from './cookies.ts';

/**
 * A form is answered only by the browser that it was shown to: the cookie holds a sealed random value, the form a token
 * made of that value, of what the form is for, and of the time. RFC 6749 section 10.12, RFC 9700 section 4.7.
 */
type Server = Pick<AuthorizationServer, 'config' | 'keys' | 'now'>;

/** Which form of which flow, so that a token opens no other. */
export type FormName = `${'login' | 'consent' | 'logout' | 'device' | 'account'} ${string}`;

export const TOKEN_FIELD = 'csrf_token';

const PURPOSE = 'account_experience.csrf';
/** Seconds. A form that lay open for longer is shown anew. */
const TOKEN_LIFETIME = 3600;
const COOKIE_LIFETIME = 24 * 3600;

export type ProtectedForm = { readonly token: string; readonly headers: Reply['headers'] };

/** The value of a valid cookie is used again, so that two tabs both finish. */
export function protectForm(server: Server, request: Request, form: FormName): ProtectedForm {
  const known = secretOf(server, request);
  const secret = known ?? randomBytes(32);
  const sealed = known ? sealedText(server, request) : server.keys.cookies.seal(secret, PURPOSE).toString('base64url');
  const cookie = pageCookie(server, 'csrf', sealed, COOKIE_LIFETIME);
  return { token: mintToken(secret, form, seconds(server)), headers: { 'set-cookie': cookie } };
}

/** Throws `request_forbidden` for a form that did not come from us, through this browser, lately. */
export function checkForm(server: Server, request: Request, parameters: Parameters, form: FormName): void {
  if (!isOwnOrigin(server, request)) throw new OAuthError('request_forbidden', 'The form came from another site.');
  const secret = secretOf(server, request);
  if (!secret) throw new OAuthError('request_forbidden', 'The cookie of this form is missing.');
  const token = parameters.get(TOKEN_FIELD);
  const issuedAt = Number(/^\d{1,12}(?=\.)/.exec(token)?.[0] ?? Number.NaN);
  const age = seconds(server) - issuedAt;
  if (!(age >= 0 && age <= TOKEN_LIFETIME)) throw new OAuthError('request_forbidden', 'The form is too old.');
  if (!equal(token, mintToken(secret, form, issuedAt))) {
    throw new OAuthError('request_forbidden', 'The form was shown to another browser.');
  }
}

function mintToken(secret: Buffer, form: FormName, issuedAt: number): string {
  return `${issuedAt}.${createHmac('sha256', secret).update(`${issuedAt} ${form}`).digest('base64url')}`;
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function sealedText(server: Server, request: Request): string {
  return readPageCookie(server, request, 'csrf') ?? '';
}

function secretOf(server: Server, request: Request): Buffer | undefined {
  return server.keys.cookies.open(Buffer.from(sealedText(server, request), 'base64url'), PURPOSE);
}

/**
 * Fetch Metadata says where a form was sent from, and Origin does; neither need be there. Origin is `null` from our own
 * pages, because their referrer policy hides it.
 */
function isOwnOrigin({ config }: Server, { headers }: Request): boolean {
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return false;
  const { origin } = headers;
  if (origin === undefined || origin === 'null') return true;
  const own = [config.urls.self.public, config.urls.self.issuer].map((url) => URL.parse(url)?.origin);
  return own.includes(origin) || (headers.host !== undefined && URL.parse(origin)?.host === headers.host);
}
