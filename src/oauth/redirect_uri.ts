import { OAuthError } from './error.ts';

const LOOPBACK = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/**
 * RFC 6749 section 3.1.2.3: the redirect URI of the request, which must be one of the registered ones to the letter
 * (RFC 9700 section 2.1), except for the port of a loopback address (RFC 8252 section 7.3). May be left out only where
 * exactly one is registered. Throws `invalid_request`.
 */
export function matchRedirectUri(requested: string, registered: readonly string[]): string {
  const [first, ...others] = registered;
  const uri = requested === '' && others.length === 0 ? first : requested;
  if (!uri) {
    throw new OAuthError(
      'invalid_request',
      "The parameter 'redirect_uri' is required unless exactly one is registered.",
    );
  }
  if (!registered.some((candidate) => candidate === uri || isSameLoopback(candidate, uri))) {
    throw new OAuthError('invalid_request', "The parameter 'redirect_uri' is none of those registered for the client.");
  }
  // A scheme and no fragment, RFC 6749 section 3.1.2.
  if (!/^[a-z][a-z0-9+.-]*:/i.test(uri) || uri.includes('#') || !URL.canParse(uri)) {
    throw new OAuthError('invalid_request', "The parameter 'redirect_uri' must be an absolute URI without a fragment.");
  }
  return uri;
}

const LOOPBACK_URI =
  /^(?<scheme>https?):\/\/(?<host>127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?(?<rest>(?:[/?][!-~]*)?)$/;

/**
 * RFC 8252 section 7.3: any port on a loopback IP literal, and all else to the letter. Hydra: the scheme of the
 * registered URI is not compared.
 */
function isSameLoopback(registered: string, requested: string): boolean {
  const [ours, theirs] = [LOOPBACK_URI.exec(registered)?.groups, LOOPBACK_URI.exec(requested)?.groups];
  return theirs?.scheme === 'http' && ours?.host === theirs.host && ours?.rest === theirs.rest;
}

/** Whether answers sent there can be read on the way: plain http to another machine. */
export function isSecureRedirect(uri: string): boolean {
  const url = URL.parse(uri);
  return url?.protocol !== 'http:' || isLocalHost(url.hostname);
}

/** RFC 8252 section 8.3. */
export const isLocalHost = (hostname: string): boolean =>
  hostname === 'localhost' || hostname.endsWith('.localhost') || LOOPBACK.test(hostname);
