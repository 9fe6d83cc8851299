import type { AuthorizationServer } from '../authorization_server.ts';
import type { Reply } from '../http/reply.ts';
import { isLocalHost } from '../oauth/redirect_uri.ts';
import type { FlowClient, FlowRequest } from './admin_contract.ts';
import { isOfDevice, redirectUrisOf, sourceOf } from './form_action.ts';
import { named } from './forms.ts';
import type { Link } from './links.ts';
import { type Markup, markup } from './markup.ts';
import type { Texts } from './texts.ts';

/** RFC 7591 section 5: what a person should know before they trust the name of a client. */
export function cautions({ consent }: Texts, flow: FlowRequest): Markup | undefined {
  const { is_dynamic, client_name } = flow.client;
  const host = hostOf(flow);
  const said = [
    is_dynamic && markup`<p id="client-unknown">${consent.selfRegistered}</p>\n`,
    !client_name?.trim() && markup`<p id="client-nameless">${consent.nameless}</p>\n`,
    host !== undefined && isLocalHost(host) && markup`<p id="client-loopback">${consent.loopback}</p>\n`,
  ];
  return said.some((caution) => caution) ? markup`<div class="care">${said}</div>` : undefined;
}

/** Where the browser goes next; nothing where no browser waits, or nobody knows yet. */
export function destination({ consent }: Texts, flow: FlowRequest): Markup | undefined {
  const host = hostOf(flow);
  if (host === undefined) return undefined;
  const text = host === '' ? consent.destinationApp : consent.destination(markup`<bdi><strong>${host}</strong></bdi>`);
  return markup`<p class="quiet" id="destination">${text}</p>`;
}

/** In ASCII, so that no letter passes for another one. Empty for an application of the device, RFC 8252 section 7.1. */
function hostOf(flow: FlowRequest): string | undefined {
  const [uri, ...others] = isOfDevice(flow) ? [] : redirectUrisOf(flow);
  const url = URL.parse(uri ?? '');
  if (!url || others.length > 0) return undefined;
  return /^https?:$/.test(url.protocol) ? url.hostname : '';
}

/** RFC 7591 section 2. What the client says of itself, and only where a browser would go from any page. */
export const linksOf = ({ consent }: Texts, { policy_uri, tos_uri }: FlowClient): readonly Link[] => [
  ...webLink(consent.privacy, policy_uri),
  ...webLink(consent.terms, tos_uri),
];

const webLink = (text: string, uri: string | undefined): Link[] =>
  /^https?:$/.test(URL.parse(uri ?? '')?.protocol ?? '') ? [{ text, uri: uri ?? '' }] : [];

type Server = Pick<AuthorizationServer, 'config'>;

/** The name of the client in a sentence, beside its logo where `show_client_images` is on. */
export function introduced(server: Server, client: FlowClient, sentence: (name: Markup) => Markup): Markup {
  const text = markup`<p class="lead">${sentence(named(client))}</p>`;
  const image = imageOf(server, client);
  return image ? markup`<div class="client"><img src="${image.uri}" alt="" width="48" height="48">${text}</div>` : text;
}

/** A page with the logo of a client may load images from that origin too. */
export function withImage(server: Server, client: FlowClient, headers: Reply['headers']): Reply['headers'] {
  const image = imageOf(server, client);
  const policy = String(headers['content-security-policy'] ?? '');
  return image
    ? { ...headers, 'content-security-policy': policy.replace("img-src 'self'", `img-src 'self' ${image.origin}`) }
    : headers;
}

/** Encrypted, so that nobody on the way sees who logs in where; to try things out, as it comes. */
function imageOf({ config }: Server, { logo_uri }: FlowClient): { uri: string; origin: string } | undefined {
  if (!config.gatehouse.account_experience.show_client_images) return undefined;
  const origin = sourceOf(logo_uri);
  const isFit = config.dev ? origin?.startsWith('http') : origin?.startsWith('https:');
  return origin?.includes('//') && isFit ? { uri: logo_uri ?? '', origin } : undefined;
}
