import type { AuthorizationServer } from '../authorization_server.ts';
import { PAGE_HEADERS, type Reply } from '../http/reply.ts';
import { onceFor } from '../lib/once_for.ts';
import { OAuthError } from '../oauth/error.ts';
import { Parameters } from '../oauth/parameters.ts';
import { matchRedirectUri } from '../oauth/redirect_uri.ts';
import type { FlowRequest, LogoutRequest } from './admin_contract.ts';

/** Origins that a CSP can name: it has no spelling for IPv6 addresses, and hosts may hold what would end a directive. */
const ORIGIN = /^https?:\/\/[a-z\d.-]+(?::\d+)?$/;
const SCHEME = /^[a-z][a-z\d+.-]*:$/;

/** A client may have registered thousands; a header line should not become longer than servers in between take. */
const MOST_SOURCES = 40;

type Server = Pick<AuthorizationServer, 'config'>;

/** Of login and consent: the authorization endpoint, the pages of others that come next, and the client. */
export function formHeaders({ config }: Server, flow: FlowRequest): Reply['headers'] {
  return headersTo([...sourcesOfFlows(config), ...sourcesOf(redirectUrisOf(flow))]);
}

const sourcesOfFlows = onceFor(({ urls, webfinger }: Server['config']): readonly string[] => {
  const { self, consent, error, device } = urls;
  return sourcesOf([self.public, webfinger.oidc_discovery.auth_url, consent, error, device.success]);
});

/** Of logout: what the client registered for the time after it. */
export function logoutHeaders({ config }: Server, { client }: LogoutRequest): Reply['headers'] {
  const { self, error, post_logout_redirect } = config.urls;
  return headersTo(sourcesOf([self.public, error, post_logout_redirect, ...(client?.post_logout_redirect_uris ?? [])]));
}

/** Of the account's pages: signing out goes on to logout, and from there to where that ends. */
export function accountHeaders({ config }: Server): Reply['headers'] {
  const { self, logout, error, post_logout_redirect } = config.urls;
  return headersTo(sourcesOf([self.public, logout, error, post_logout_redirect]));
}

/** Of the device page: nobody knows the client yet, and login and consent may come without a stop. */
export function deviceHeaders({ config }: Server): Reply['headers'] {
  const { self, login, consent, error, device } = config.urls;
  return headersTo(sourcesOf([self.public, login, consent, error, device.success]));
}

/**
 * The headers of a page whose form goes on to elsewhere. CSP3 section 6.4.1 applies `form-action` to every redirect
 * that follows the submission too, so it names all places where that may lead.
 */
function headersTo(sources: readonly string[]): Reply['headers'] {
  const allowed = ["'self'", ...new Set(sources)].slice(0, MOST_SOURCES).join(' ');
  return { 'content-security-policy': `${BEFORE}${allowed}${AFTER}` };
}

const [BEFORE = '', AFTER = ''] = (PAGE_HEADERS['content-security-policy'] ?? '').split(/(?<=form-action )'self'/);

/** RFC 8628: no redirect URI, for the device that waits is another one. */
export const isOfDevice = ({ request_url }: FlowRequest): boolean =>
  URL.parse(request_url)?.pathname.endsWith('/oauth2/device/verify') === true;

/** The one of the request, or all of the client's where a request object names it. */
export function redirectUrisOf({ request_url, client }: FlowRequest): readonly string[] {
  const registered = client.redirect_uris ?? [];
  try {
    const query = Parameters.parse(request_url.slice(request_url.indexOf('?') + 1));
    return query.has('request') || query.has('request_uri')
      ? registered
      : [matchRedirectUri(query.get('redirect_uri'), registered)];
  } catch (error) {
    if (error instanceof OAuthError) return registered;
    throw error;
  }
}

const sourcesOf = (uris: readonly string[]): string[] => uris.map(sourceOf).filter((source) => source !== undefined);

/** CSP3 section 2.3.1: an origin, or the scheme of an application. */
export function sourceOf(uri: string | undefined): string | undefined {
  const url = URL.parse(uri ?? '');
  if (!url) return undefined;
  if (ORIGIN.test(url.origin)) return url.origin;
  return SCHEME.test(url.protocol) ? url.protocol : undefined;
}
