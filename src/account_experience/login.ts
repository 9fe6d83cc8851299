import type { AuthorizationServer } from '../authorization_server.ts';
import { type Reply, redirect } from '../http/reply.ts';
import { formOf, queryOf, type Request } from '../http/request.ts';
import { Parameters, spaceList } from '../oauth/parameters.ts';
import { introduced, withImage } from './about_client.ts';
import { accountOfSubject, GONE } from './accounts.ts';
import { acceptLogin, type FlowRequest, findLogin, rejectLogin } from './admin_contract.ts';
import { checkForm, protectForm } from './csrf.ts';
import { formHeaders } from './form_action.ts';
import { alert, buttons, checkbox, form } from './forms.ts';
import { textsFor } from './language.ts';
import { showPage } from './layout.ts';
import { markup } from './markup.ts';
import { showNotice } from './notices.ts';
import { type LoggedIn, type LoginRefusal, logIn } from './password_login.ts';
import { endSession, startSession } from './session.ts';
import type { Texts } from './texts.ts';

/** RFC 8176 section 2. */
const PASSWORD = { remember_for: 0, amr: ['pwd'], acr: '' };

/** The page behind the default of `urls.login`. */
export async function showLogin(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = queryOf(request).get('login_challenge');
  if (challenge === '') return showNotice(server, textsFor(request), 'login');
  const login = await findLogin(server, challenge);
  if (login.skip) return redirect(302, await resume(server, login));
  return loginPage(server, request, login, { email: login.oidc_context?.login_hint ?? '' });
}

export async function answerLogin(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = queryOf(request).get('login_challenge');
  const answers = formOf(request);
  checkForm(server, request, answers, `login ${challenge}`);
  const login = await findLogin(server, challenge);
  if (answers.get('action') === 'reject') {
    const denial = { error: 'access_denied', error_description: 'The person cancelled the sign-in.', status_code: 403 };
    return redirect(303, await rejectLogin(server, challenge, denial));
  }
  const typed = { email: answers.get('email'), remember: answers.has('remember') };
  const outcome = await logIn(server, request, { email: typed.email, password: answers.get('password') });
  if (!outcome.account) return loginPage(server, request, login, { ...typed, refusal: outcome });
  const acceptance = { ...PASSWORD, subject: outcome.account.subject, remember: typed.remember };
  const location = await acceptLogin(server, challenge, acceptance);
  return redirect(303, location, { 'set-cookie': await cookiesAfter(server, request, outcome, typed.remember) });
}

/** Whoever is not to be remembered is not signed in on our own pages either, and nobody else is from now on. */
async function cookiesAfter(
  server: AuthorizationServer,
  request: Request,
  { account, cookie }: LoggedIn,
  remember: boolean,
): Promise<string[]> {
  const session = remember ? await startSession(server, request, account) : await forget(server, request);
  return session === undefined ? [cookie] : [cookie, session];
}

const forget = async (server: AuthorizationServer, request: Request) =>
  (await endSession(server, request))['set-cookie'];

/** The session of a remembered login, unless its account was deleted since. */
async function resume(server: AuthorizationServer, login: FlowRequest): Promise<string> {
  const account = await accountOfSubject(server, login.subject);
  if (account) return acceptLogin(server, login.challenge, { ...PASSWORD, subject: account.subject, remember: true });
  const query = Parameters.parse(URL.parse(login.request_url)?.search.slice(1) ?? '');
  if (spaceList(query.get('prompt')).includes('none')) return rejectLogin(server, login.challenge, GONE);
  // The contract answers another subject than the session's by asking for a new login.
  return acceptLogin(server, login.challenge, { ...PASSWORD, subject: 'nobody', remember: false });
}

export type Typed = { readonly email: string; readonly remember?: boolean; readonly refusal?: LoginRefusal };

function loginPage(server: AuthorizationServer, request: Request, login: FlowRequest, typed: Typed): Reply {
  const texts = textsFor(request, login.oidc_context?.ui_locales);
  const said = texts.login;
  const { token, headers } = protectForm(server, request, `login ${login.challenge}`);
  const fields = credentials(texts, typed);
  const main = markup`<h1 id="login-title">${said.title}</h1>
${introduced(server, login.client, said.lead)}
${fields.alert}
${form(
  server,
  texts,
  { path: '/oauth2/fallbacks/login', query: { login_challenge: login.challenge }, token },
  markup`${fields.inputs}
${checkbox({ id: 'remember', name: 'remember', value: 'true', checked: typed.remember === true, label: said.remember })}
${buttons(said)}`,
)}`;
  return showPage(server, {
    status: fields.status,
    texts,
    title: said.title,
    main,
    headers: { ...withImage(server, login.client, formHeaders(server, login)), ...fields.headers, ...headers },
  });
}

/** Address and password, with what is wrong with them. */
export function credentials(texts: Texts, { email, refusal }: Typed) {
  const said = texts.login;
  const invalid = refusal && markup` aria-invalid="true" aria-describedby="login-error"`;
  const focus = markup` autofocus`;
  const { status, text, headers } = refusal ? problemOf(texts, refusal) : NO_PROBLEM;
  return {
    status,
    headers,
    alert: text && alert('login-error', text),
    inputs: markup`<label class="field"><span>${said.email}</span>
<input id="email" name="email" type="text" inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false" required value="${email}"${invalid}${email === '' && focus}></label>
<label class="field"><span>${said.password}</span>
<input id="password" name="password" type="password" autocomplete="current-password" required${invalid}${email !== '' && focus}></label>`,
  };
}

type Problem = { readonly status: number; readonly text?: string; readonly headers: Reply['headers'] };

const NO_PROBLEM: Problem = { status: 200, headers: {} };

/** The same whether or not there is such an account. RFC 6585 section 4. */
function problemOf({ login, password }: Texts, { retry_after }: LoginRefusal): Problem {
  if (retry_after === 0) return { status: 401, text: login.refused, headers: {} };
  const text = password.throttled(Math.ceil(retry_after / 60));
  return { status: 429, text, headers: { 'retry-after': String(retry_after) } };
}
