import type { AuthorizationServer } from '../authorization_server.ts';
import type { Reply } from '../http/reply.ts';
import { queryText } from '../oauth/parameters.ts';
import { TICK } from './forms.ts';
import { inLanguage } from './language.ts';
import { pageUrl, showPage } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import type { Texts } from './texts.ts';

/** The pages that stand in for one that is not configured, with the key that names another. */
const KEYS = {
  login: 'urls.login',
  consent: 'urls.consent',
  logout: 'urls.logout',
  logout_callback: 'urls.post_logout_redirect',
  device: 'urls.device.verification',
  device_done: 'urls.device.success',
} as const;

/** A finished page for who comes without a request, and for what has no page of its own yet. */
export function showNotice(server: Pick<AuthorizationServer, 'config'>, texts: Texts, name: keyof typeof KEYS): Reply {
  const { title, text } = texts.notices[name];
  const isWayBack = name === 'logout_callback' && server.config.gatehouse.account_experience.pages.includes('login');
  const main = markup`${name === 'logout_callback' && TICK}
<h1>${title}</h1>
<p>${text}</p>
${isWayBack && markup`<p><a id="to-account" href="${pageUrl(server, `/oauth2/fallbacks/account?${queryText(inLanguage(texts))}`)}">${texts.account.title}</a></p>`}
${operatorLine(server, texts, KEYS[name])}`;
  return showPage(server, { status: 200, texts, title, main });
}

/** For who sets the server up and wonders why they see our page. In service it is for those who read the source. */
export const operatorLine = (
  { config }: Pick<AuthorizationServer, 'config'>,
  { notices }: Texts,
  key: (typeof KEYS)[keyof typeof KEYS] | 'urls.error',
): Markup =>
  config.dev
    ? markup`<p class="quiet foot">${notices.operator} <code>${key}</code>.</p>`
    : markup`<!-- ${key} names another page. -->`;
