import type { AuthorizationServer } from '../authorization_server.ts';
import type { Explanation } from '../config/account_experience.ts';
import { type GrantedClient, grantedClients } from '../endpoints/admin/granted_clients.ts';
import type { Reply } from '../http/reply.ts';
import { formOf, queryOf, type Request } from '../http/request.ts';
import { ACCOUNT_PAGES, accountPage, formOfSession, goTo, linkTo, openNews, sealNews } from './account_pages.ts';
import { revokeConsents } from './admin_contract.ts';
import { checkForm } from './csrf.ts';
import { clientName, form, notice } from './forms.ts';
import { textsFor } from './language.ts';
import { type Markup, markup } from './markup.ts';
import { scopeTexts } from './scope_texts.ts';
import type { AccountSession } from './session.ts';
import type { Texts } from './texts.ts';

const PAGE_SIZE = 20;

/** What a person has granted, and to whom: the latest first. */
export async function showApplications(
  server: AuthorizationServer,
  request: Request,
  session: AccountSession,
): Promise<Reply> {
  const texts = textsFor(request);
  const said = texts.applications;
  const query = queryOf(request);
  const number = pageNumber(query.get('page'));
  const slice = { limit: PAGE_SIZE + 1, offset: (number - 1) * PAGE_SIZE };
  const found = await grantedClients(server, { subject: session.account.subject }, slice);
  const shown = found.slice(0, PAGE_SIZE);
  const removed = openNews(server, session.account, query.get('news'));
  const main = (token: string) => markup`<h1 id="applications-title">${said.title}</h1>
<p class="lead">${said.lead}</p>
${removed !== undefined && notice('removed', said.removed(markup`<strong><bdi>${removed}</bdi></strong>`))}
${
  shown.length === 0
    ? markup`<p id="no-applications">${said.none}</p>`
    : markup`<ul class="list plain applications">
${shown.map((granted) => markup`<li>${entry(server, texts, granted, token)}</li>\n`)}</ul>`
}
${pages(server, texts, number, found.length > PAGE_SIZE)}`;
  return accountPage(server, request, { session, page: 'applications', title: said.title, main });
}

/** Takes back what the person gave to one client. Of what others gave it nothing is told, and nothing ends. */
export async function answerApplications(
  server: AuthorizationServer,
  request: Request,
  session: AccountSession,
): Promise<Reply> {
  const answers = formOf(request);
  checkForm(server, request, answers, formOfSession(session));
  const filter = { subject: session.account.subject, client_id: answers.get('client_id') };
  const [granted] = await grantedClients(server, filter, { limit: 1, offset: 0 });
  const texts = textsFor(request);
  if (!granted) return goTo(server, texts, ACCOUNT_PAGES.applications);
  await revokeConsents(server, filter.subject, filter.client_id);
  const news = sealNews(server, session.account, clientName(granted.client));
  return goTo(server, texts, ACCOUNT_PAGES.applications, { news });
}

function entry(server: AuthorizationServer, texts: Texts, granted: GrantedClient, token: string): Markup {
  const said = texts.applications;
  const { client_id } = granted.client;
  const name = clientName(granted.client);
  return markup`<h2><bdi>${name}</bdi></h2>
${
  granted.scope.length === 0
    ? markup`<p>${texts.consent.noScopes}</p>`
    : markup`<ul class="scopes" aria-label="${texts.consent.scopes}">
${granted.scope.map((scope) => markup`<li>${scopeTitle(scopeTexts(server, texts, scope), scope)}</li>\n`)}</ul>`
}
<dl class="dates"><div><dt>${said.grantedAt}</dt><dd>${day(texts, granted.granted_at)}</dd></div>
<div><dt>${said.lastUsedAt}</dt><dd>${day(texts, granted.last_used_at)}</dd></div></dl>
<details><summary aria-label="${said.remove}: ${name}">${said.remove}</summary>
<p>${said.care}</p>
${form(
  server,
  texts,
  { path: ACCOUNT_PAGES.applications, query: {}, token },
  markup`<input type="hidden" name="client_id" value="${client_id}">
<button class="button" name="action" value="remove" aria-label="${said.confirm}: ${name}">${said.confirm}</button>`,
)}</details>`;
}

const scopeTitle = (known: Explanation | undefined, scope: string): Markup =>
  known ? markup`${known.title}` : markup`<code>${scope}</code>`;

/** Of the server's: where the person is, nobody knows. */
function day({ language }: Texts, time: number): Markup {
  const date = new Date(time * 1000);
  const text = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(date);
  return markup`<time datetime="${date.toISOString().slice(0, 10)}">${text}</time>`;
}

function pages(server: AuthorizationServer, texts: Texts, number: number, hasMore: boolean): Markup | undefined {
  if (number === 1 && !hasMore) return undefined;
  const link = (id: string, to: number, text: string) =>
    markup`<a class="button" id="${id}" href="${linkTo(server, texts, ACCOUNT_PAGES.applications, { page: String(to) })}">${text}</a>\n`;
  const { earlier, later } = texts.applications;
  return markup`<p class="actions">${number > 1 && link('previous', number - 1, later)}${hasMore && link('next', number + 1, earlier)}</p>`;
}

const pageNumber = (text: string): number => (/^[1-9]\d{0,4}$/.test(text) ? Number(text) : 1);
