import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { Reply } from '../http/reply.ts';
import type { Request } from '../http/request.ts';
import { randomBytes } from '../keys/random.ts';
import { OAuthError } from '../oauth/error.ts';
import type { Parameters } from '../oauth/parameters.ts';
import { pageCookie, readPageCookie } from './cookies.ts';

/**
 * A form is answered only by the browser that it was shown to: the cookie holds a random value, the form a token that we
 * alone can make of that value, of what the form is for, and of the time. RFC 6749 section 10.12, RFC 9700 section 4.7.
 */
type Server = Pick<AuthorizationServer, 'config' | 'keys' | 'now'>;

/** Which form of which flow, so that a token opens no other. */
export type FormName = `${'login' | 'consent' | 'logout' | 'device' | 'account'} ${string}`;

export const TOKEN_FIELD = 'csrf_token';

/** 32 bytes in base64url. */
const VALUE = /^[\w-]{43}$/;
/** Seconds. A form that lay open for longer is shown anew. */
const TOKEN_LIFETIME = 3600;
const COOKIE_LIFETIME = 24 * 3600;

export type ProtectedForm = { readonly token: string; readonly headers: Reply['headers'] };

/** The value of a cookie is used again, so that two tabs both finish. */
export function protectForm(server: Server, request: Request, form: FormName): ProtectedForm {
  const value = browserValue(server, request) ?? randomBytes(32).toString('base64url');
  const cookie = pageCookie(server, 'csrf', value, COOKIE_LIFETIME);
  const issuedAt = seconds(server);
  const token = `${issuedAt}.${server.keys.forms.sign(signedText(value, form, issuedAt))}`;
  return { token, headers: { 'set-cookie': cookie } };
}

/** Throws `request_forbidden` for a form that did not come from us, through this browser, lately. */
export function checkForm(server: Server, request: Request, parameters: Parameters, form: FormName): void {
  if (!isOwnOrigin(server, request)) throw new OAuthError('request_forbidden', 'The form came from another site.');
  const value = browserValue(server, request);
  if (value === undefined) throw new OAuthError('request_forbidden', 'The cookie of this form is missing.');
  const [, time = '', signature = ''] = /^(\d{1,12})\.(.*)$/s.exec(parameters.get(TOKEN_FIELD)) ?? [];
  const age = seconds(server) - Number(time || Number.NaN);
  if (!(age >= 0 && age <= TOKEN_LIFETIME)) throw new OAuthError('request_forbidden', 'The form is too old.');
  if (!server.keys.forms.verify(signedText(value, form, time), signature)) {
    throw new OAuthError('request_forbidden', 'The form was shown to another browser.');
  }
}

const signedText = (value: string, form: FormName, issuedAt: number | string): string => `${value} ${issuedAt} ${form}`;

function browserValue(server: Server, request: Request): string | undefined {
  const value = readPageCookie(server, request, 'csrf') ?? '';
  return VALUE.test(value) ? value : undefined;
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
