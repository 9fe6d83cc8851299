import type { AuthorizationServer } from '../authorization_server.ts';
import type { Reply } from '../http/reply.ts';
import { formOf, queryOf, type Request } from '../http/request.ts';
import { ACCOUNT_PAGES, type AccountPage, goTo, SIGN_IN } from './account_pages.ts';
import { checkForm, protectForm } from './csrf.ts';
import { buttons, form } from './forms.ts';
import { textsFor } from './language.ts';
import { showPage } from './layout.ts';
import { credentials, type Typed } from './login.ts';
import { markup } from './markup.ts';
import { logIn } from './password_login.ts';
import { findSession, startSession } from './session.ts';

/** The login of who wants to see their account, and has no client that waits for them. */
export async function showSignIn(server: AuthorizationServer, request: Request): Promise<Reply> {
  const page = wantedPage(request);
  if (await findSession(server, request)) return goTo(server, textsFor(request), ACCOUNT_PAGES[page]);
  return signInPage(server, request, page, { email: '' });
}

export async function answerSignIn(server: AuthorizationServer, request: Request): Promise<Reply> {
  const page = wantedPage(request);
  const answers = formOf(request);
  checkForm(server, request, answers, 'account login');
  const email = answers.get('email');
  const outcome = await logIn(server, request, { email, password: answers.get('password') });
  if (!outcome.account) return signInPage(server, request, page, { email, refusal: outcome });
  const cookies = [outcome.cookie, await startSession(server, request, outcome.account)];
  return goTo(server, textsFor(request), ACCOUNT_PAGES[page], {}, { 'set-cookie': cookies });
}

/** One of ours, whatever the URL says. */
function wantedPage(request: Request): AccountPage {
  const page = queryOf(request).get('page');
  return Object.hasOwn(ACCOUNT_PAGES, page) ? (page as AccountPage) : 'account';
}

function signInPage(server: AuthorizationServer, request: Request, page: AccountPage, typed: Typed): Reply {
  const texts = textsFor(request);
  const { title, accept } = texts.login;
  const { token, headers } = protectForm(server, request, 'account login');
  const fields = credentials(texts, typed);
  const main = markup`<h1 id="login-title">${title}</h1>
<p class="lead">${texts.account.leadOfLogin}</p>
${fields.alert}
${form(
  server,
  texts,
  { path: SIGN_IN, query: { page }, token },
  markup`${fields.inputs}
${buttons({ accept })}`,
)}`;
  return showPage(server, { status: fields.status, texts, title, main, headers: { ...fields.headers, ...headers } });
}
