import type { AuthorizationServer } from '../authorization_server.ts';
import { type Reply, redirect } from '../http/reply.ts';
import { queryOf, type Request } from '../http/request.ts';
import type { Endpoint } from '../http/route.ts';
import { queryText } from '../oauth/parameters.ts';
import type { Account } from './accounts.ts';
import { protectForm } from './csrf.ts';
import { accountHeaders } from './form_action.ts';
import { form } from './forms.ts';
import { inLanguage, textsFor } from './language.ts';
import { pageUrl, showPage } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import { type AccountSession, findSession } from './session.ts';
import type { Texts } from './texts.ts';

/** The pages of who is signed in. A login leads to one of them, and nowhere else. */
export const ACCOUNT_PAGES = {
  account: '/oauth2/fallbacks/account',
  applications: '/oauth2/fallbacks/account/applications',
  password: '/oauth2/fallbacks/account/password',
} as const;

export type AccountPage = keyof typeof ACCOUNT_PAGES;

export const SIGN_IN = '/oauth2/fallbacks/account/login';

type SignedIn = (server: AuthorizationServer, request: Request, session: AccountSession) => Promise<Reply>;

/** Whoever is not signed in does that first, and comes back to the page. Throws `invalid_request` for an unreadable URL. */
export const signedIn =
  (page: AccountPage, endpoint: SignedIn): Endpoint<AuthorizationServer> =>
  async (server, request) => {
    queryOf(request);
    const session = await findSession(server, request);
    if (session) return endpoint(server, request, session);
    return goTo(server, textsFor(request), SIGN_IN, { page });
  };

/** With GET, and in the same language. Nobody keeps where it led. */
export function goTo(
  server: AuthorizationServer,
  texts: Texts,
  path: string,
  query: Record<string, string> = {},
  headers: Reply['headers'] = {},
): Reply {
  return redirect(303, linkTo(server, texts, path, query), { 'cache-control': 'no-store', ...headers });
}

export const linkTo = (
  server: AuthorizationServer,
  texts: Texts,
  path: string,
  query: Record<string, string> = {},
): string => pageUrl(server, `${path}?${queryText({ ...query, ...inLanguage(texts) })}`);

type Shown = {
  readonly session: AccountSession;
  readonly page: AccountPage;
  readonly title: string;
  readonly main: (token: string) => Markup;
  readonly status?: number;
  readonly headers?: Reply['headers'];
};

/** `main` is given the token for the forms of the page: of this session, and good for no other. */
export function accountPage(server: AuthorizationServer, request: Request, shown: Shown): Reply {
  const { session, page, title, status = 200 } = shown;
  const texts = textsFor(request);
  const { token, headers } = protectForm(server, request, formOfSession(session));
  const main = markup`${navigation(server, texts, page)}
${shown.main(token)}
<div class="foot">
<p class="quiet">${texts.consent.signedInAs(markup`<bdi>${session.account.email}</bdi>`)}</p>
${form(
  server,
  texts,
  { path: ACCOUNT_PAGES.account, query: {}, token },
  markup`<button class="button" id="sign-out" name="action" value="sign_out">${texts.account.signOut}</button>`,
)}
</div>`;
  return showPage(server, {
    status,
    texts,
    title,
    main,
    headers: { ...accountHeaders(server), ...shown.headers, ...headers },
  });
}

export const formOfSession = ({ id }: AccountSession) => `account ${id}` as const;

const navigation = (server: AuthorizationServer, texts: Texts, here: AccountPage): Markup =>
  markup`<nav aria-label="${texts.account.title}"><ul class="links">
${(Object.keys(ACCOUNT_PAGES) as AccountPage[]).map(
  (page) =>
    markup`<li><a href="${linkTo(server, texts, ACCOUNT_PAGES[page])}"${page === here && markup` aria-current="page"`}>${texts.account.pages[page]}</a></li>\n`,
)}</ul></nav>`;

/** What a page has to say of the answer before it. Sealed for the person, so that no link makes it say anything else. */
const purposeOf = ({ subject }: Account): string => `account_experience.news ${subject}`;
/** Characters: clients may have names that are longer than what URLs should be. */
const LONGEST_NEWS = 200;

export const sealNews = ({ keys }: AuthorizationServer, account: Account, news: string): string =>
  keys.cookies.seal(Buffer.from(news.slice(0, LONGEST_NEWS)), purposeOf(account)).toString('base64url');

export const openNews = ({ keys }: AuthorizationServer, account: Account, sealed: string): string | undefined =>
  keys.cookies.open(Buffer.from(sealed, 'base64url'), purposeOf(account))?.toString();
