/** RFC 6265 section 4.1, with SameSite of its revision. */
export type CookieAttributes = {
  readonly path: string;
  readonly domain?: string | undefined;
  readonly secure: boolean;
  readonly sameSite?: 'Strict' | 'Lax' | 'None' | undefined;
};

/** Milliseconds: dates end there (ECMA-262 section 21.4.1.1), long after every cookie. */
const LAST_TIME = 8.64e15;

let second = 0;
let date = '';

/** RFC 9110 section 5.6.7. Many cookies of one kind expire in one second. */
function dateOf(time: number): string {
  const rounded = Math.floor(time / 1000);
  if (rounded !== second) date = new Date(time).toUTCString();
  second = rounded;
  return date;
}

/** Always HttpOnly. `maxAge` in seconds; 0 deletes the cookie. */
export function setCookie(
  name: string,
  value: string,
  maxAge: number,
  attributes: CookieAttributes,
  now: number,
): string {
  return [
    `${name}=${value}`,
    `Path=${attributes.path}`,
    ...(attributes.domain ? [`Domain=${attributes.domain}`] : []),
    `Expires=${dateOf(maxAge > 0 ? Math.min(now + maxAge * 1000, LAST_TIME) : 1000)}`,
    `Max-Age=${Math.max(0, Math.floor(maxAge))}`,
    'HttpOnly',
    ...(attributes.secure ? ['Secure'] : []),
    ...(attributes.sameSite ? [`SameSite=${attributes.sameSite}`] : []),
  ].join('; ');
}
