import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { type Reply, redirect } from '../http/reply.ts';
import { formOf, queryOf, type Request } from '../http/request.ts';
import { OAuthError } from '../oauth/error.ts';
import { queryText } from '../oauth/parameters.ts';
import { type Account, accountOfSubject } from './accounts.ts';
import { acceptLogout, findLogout, type LogoutRequest, rejectLogout } from './admin_contract.ts';
import { checkForm, protectForm } from './csrf.ts';
import { logoutHeaders } from './form_action.ts';
import { buttons, form, named } from './forms.ts';
import { inLanguage, textsFor } from './language.ts';
import { pageUrl, showPage } from './layout.ts';
import { markup } from './markup.ts';
import { showNotice } from './notices.ts';
import { endSession } from './session.ts';
import type { Texts } from './texts.ts';

/** The page behind the default of `urls.logout`. OpenID Connect RP-Initiated Logout section 2: the person is asked. */
export async function showLogout(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = queryOf(request).get('logout_challenge');
  if (challenge === '') return showNotice(server, textsFor(request), 'logout');
  const logout = await findOpenLogout(server, challenge);
  // Whoever comes back to the page of a logout that is over.
  if (!logout) return showNotice(server, textsFor(request), 'logout_callback');
  return logoutPage(server, request, logout, await accountOfSubject(server, logout.subject));
}

export async function answerLogout(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = queryOf(request).get('logout_challenge');
  const answers = formOf(request);
  checkForm(server, request, answers, `logout ${challenge}`);
  const logout = await findOpenLogout(server, challenge);
  if (!logout) return showNotice(server, textsFor(request), 'logout_callback');
  if (answers.get('action') !== 'reject') {
    return redirect(303, await acceptLogout(server, challenge), await endSession(server, request));
  }
  await rejectLogout(server, challenge);
  const query = queryText(inLanguage(textsOf(request, logout)));
  return redirect(303, pageUrl(server, `/oauth2/fallbacks/logout/stayed?${query}`));
}

/** Undefined when it is over. Throws for one that is unknown, was rejected, or has expired. */
async function findOpenLogout(server: AuthorizationServer, challenge: string): Promise<LogoutRequest | undefined> {
  const logout = await findLogout(server, challenge);
  if (logout?.expires_at && Date.parse(logout.expires_at) < seconds(server) * 1000) {
    throw new OAuthError('request_unauthorized', 'The logout request has expired.');
  }
  return logout;
}

/** RP-Initiated Logout section 2 knows `ui_locales` too. */
function textsOf(request: Request, { request_url }: LogoutRequest): Texts {
  const ui_locales = new URL(request_url, 'http://localhost').searchParams.get('ui_locales') ?? '';
  return textsFor(request, ui_locales.split(' '));
}

function logoutPage(
  server: AuthorizationServer,
  request: Request,
  logout: LogoutRequest,
  account: Account | undefined,
): Reply {
  const texts = textsOf(request, logout);
  const said = texts.logout;
  const { token, headers } = protectForm(server, request, `logout ${logout.challenge}`);
  const { client } = logout;
  const main = markup`<h1 id="logout-title">${said.title}</h1>
<p class="lead">${client ? said.leadOfClient(named(client)) : said.lead}</p>
${account && markup`<p class="quiet">${texts.consent.signedInAs(markup`<bdi>${account.email}</bdi>`)}</p>`}
${form(
  server,
  texts,
  { path: '/oauth2/fallbacks/logout', query: { logout_challenge: logout.challenge }, token },
  buttons(said),
)}`;
  return showPage(server, {
    status: 200,
    texts,
    title: said.title,
    main,
    headers: { ...logoutHeaders(server, logout), ...headers },
  });
}

/** Where a logout ends that the person did not want: the contract knows no way back to the client. */
export function showStayed(server: AuthorizationServer, request: Request): Reply {
  const texts = textsFor(request);
  const { title, text } = texts.stayed;
  const main = markup`<h1 id="stayed-title">${title}</h1>
<p>${text}</p>`;
  return showPage(server, { status: 200, texts, title, main });
}
