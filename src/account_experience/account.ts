import type { AuthorizationServer } from '../authorization_server.ts';
import type { Reply } from '../http/reply.ts';
import { formOf, queryOf, type Request } from '../http/request.ts';
import { ACCOUNT_PAGES, accountPage, formOfSession, goTo, linkTo } from './account_pages.ts';
import { checkForm } from './csrf.ts';
import { textsFor } from './language.ts';
import { markup } from './markup.ts';
import { type AccountSession, endSession, findSession } from './session.ts';

/** Where a person sees what there is to see. */
export async function showAccount(
  server: AuthorizationServer,
  request: Request,
  session: AccountSession,
): Promise<Reply> {
  const texts = textsFor(request);
  const entries = [
    { page: 'applications', ...texts.applications },
    { page: 'password', ...texts.changePassword },
  ] as const;
  const main = () => markup`<h1 id="account-title">${texts.account.title}</h1>
<ul class="list plain sections">
${entries.map(
  ({ page, title, lead }) =>
    markup`<li><a id="to-${page}" href="${linkTo(server, texts, ACCOUNT_PAGES[page])}">${title}</a><p class="quiet">${lead}</p></li>\n`,
)}</ul>`;
  return accountPage(server, request, { session, page: 'account', title: texts.account.title, main });
}

/** Signs out here, then of what the person is logged in to, as far as there is anything: that is asked first. */
export async function answerAccount(server: AuthorizationServer, request: Request): Promise<Reply> {
  queryOf(request);
  const session = await findSession(server, request);
  if (session) checkForm(server, request, formOf(request), formOfSession(session));
  const headers = await endSession(server, request);
  return goTo(server, textsFor(request), '/oauth2/sessions/logout', {}, headers);
}
