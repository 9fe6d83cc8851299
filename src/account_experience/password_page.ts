import type { AuthorizationServer } from '../authorization_server.ts';
import type { Reply } from '../http/reply.ts';
import { formOf, queryOf, type Request } from '../http/request.ts';
import { ACCOUNT_PAGES, accountPage, formOfSession, goTo, openNews, sealNews } from './account_pages.ts';
import { accountOfSubject } from './accounts.ts';
import { type ChangeRefusal, changePassword } from './change_password.ts';
import { checkForm } from './csrf.ts';
import { alert, form, notice } from './forms.ts';
import { textsFor } from './language.ts';
import { type Markup, markup } from './markup.ts';
import { type AccountSession, startSession } from './session.ts';
import type { Texts } from './texts.ts';

const NEWS = 'changed';

export const showPassword = async (
  server: AuthorizationServer,
  request: Request,
  session: AccountSession,
): Promise<Reply> => passwordPage(server, request, session);

/** Every other session ends with the password that it came from; this browser begins a new one. */
export async function answerPassword(
  server: AuthorizationServer,
  request: Request,
  session: AccountSession,
): Promise<Reply> {
  const answers = formOf(request);
  checkForm(server, request, answers, formOfSession(session));
  const next = answers.get('new_password');
  if (next !== answers.get('new_password_again')) return passwordPage(server, request, session, { reason: 'mismatch' });
  const { subject } = session.account;
  const refusal = await changePassword(server, subject, answers.get('password'), next);
  if (refusal) return passwordPage(server, request, session, refusal);
  const account = await accountOfSubject(server, subject);
  const headers = account && { 'set-cookie': await startSession(server, request, account) };
  const news = sealNews(server, session.account, NEWS);
  return goTo(server, textsFor(request), ACCOUNT_PAGES.password, { news }, headers);
}

type Refusal = ChangeRefusal | { readonly reason: 'mismatch' };
type Field = 'password' | 'new_password' | 'new_password_again';

/** Which field has to be typed again. The browser keeps none of them. */
const FIELD_OF: Readonly<Record<Refusal['reason'], Field>> = {
  wrong: 'password',
  throttled: 'password',
  length: 'new_password',
  common: 'new_password',
  mismatch: 'new_password_again',
};

function passwordPage(
  server: AuthorizationServer,
  request: Request,
  session: AccountSession,
  refusal?: Refusal,
): Reply {
  const texts = textsFor(request);
  const said = texts.changePassword;
  const isChanged = openNews(server, session.account, queryOf(request).get('news')) === NEWS;
  const wrong = refusal && FIELD_OF[refusal.reason];
  const main = (token: string) => markup`<h1 id="password-title">${said.title}</h1>
<p class="lead">${said.lead}</p>
${isChanged && !refusal && notice('changed', said.changed)}
${refusal && alert('password-error', reasonOf(texts, refusal))}
${form(
  server,
  texts,
  { path: ACCOUNT_PAGES.password, query: {}, token },
  markup`<input type="text" name="username" autocomplete="username" value="${session.account.email}" hidden readonly>
${input('password', said.current, 'current-password', wrong)}
${input('new_password', said.next, 'new-password', wrong, said.rules)}
${input('new_password_again', said.again, 'new-password', wrong)}
<div class="actions"><button class="button primary" id="accept" name="action" value="change">${said.accept}</button></div>`,
)}`;
  return accountPage(server, request, {
    session,
    page: 'password',
    title: said.title,
    main,
    ...(refusal ? statusOf(refusal) : {}),
  });
}

function input(name: Field, label: string, autocomplete: string, wrong: Field | undefined, rules?: string): Markup {
  const described = [...(name === wrong ? ['password-error'] : []), ...(rules ? [`${name}-rules`] : [])].join(' ');
  return markup`<label class="field"><span>${label}</span>
<input id="${name}" name="${name}" type="password" autocomplete="${autocomplete}" required${name === wrong && markup` aria-invalid="true" autofocus`}${described !== '' && markup` aria-describedby="${described}"`}></label>${
    rules &&
    markup`
<p class="quiet hint" id="${name}-rules">${rules}</p>`
  }`;
}

const reasonOf = ({ password, changePassword: { mismatch } }: Texts, refusal: Refusal): string => {
  if (refusal.reason === 'mismatch') return mismatch;
  return refusal.reason === 'throttled'
    ? password.throttled(Math.ceil(refusal.retry_after / 60))
    : password[refusal.reason];
};

const statusOf = (refusal: Refusal): { status: number; headers?: Reply['headers'] } =>
  refusal.reason === 'throttled'
    ? { status: 429, headers: { 'retry-after': String(refusal.retry_after) } }
    : { status: 400 };
