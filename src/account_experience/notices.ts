import type { AuthorizationServer } from '../authorization_server.ts';
import type { Reply } from '../http/reply.ts';
import { showPage } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import { type Notice, TEXTS } from './texts.ts';

/** A finished page for who comes without a request, and for what has no page of its own yet. */
export function showNotice(server: Pick<AuthorizationServer, 'config'>, name: keyof typeof TEXTS.notices): Reply {
  const notice: Notice = TEXTS.notices[name];
  const main = markup`<h1>${notice.title}</h1>
<p>${notice.text}</p>
${operatorLine(TEXTS.notice.operator, notice.key)}`;
  return showPage(server, { status: 200, title: notice.title, main });
}

/** For who set the server up and wonders why they see our page. */
export const operatorLine = (text: string, key: string): Markup =>
  markup`<p class="quiet foot">${text} <code>${key}</code>.</p>`;
