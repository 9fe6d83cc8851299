import type { AuthorizationServer } from '../authorization_server.ts';
import type { Explanation } from '../config/account_experience.ts';
import { type Reply, redirect } from '../http/reply.ts';
import { formOf, queryOf, type Request } from '../http/request.ts';
import { cautions, destination, introduced, linksOf, withImage } from './about_client.ts';
import { type Account, accountOfSubject, GONE } from './accounts.ts';
import { acceptConsent, type FlowRequest, findConsent, rejectConsent } from './admin_contract.ts';
import { claimsOf } from './claims.ts';
import { checkForm, protectForm } from './csrf.ts';
import { formHeaders } from './form_action.ts';
import { buttons, checkbox, form } from './forms.ts';
import { textsFor } from './language.ts';
import { showPage } from './layout.ts';
import { lifetimeOf } from './lifetime.ts';
import { links } from './links.ts';
import { type Markup, markup } from './markup.ts';
import { showNotice } from './notices.ts';
import { scopeTexts } from './scope_texts.ts';
import type { Texts } from './texts.ts';

/** The page behind the default of `urls.consent`. */
export async function showConsent(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = queryOf(request).get('consent_challenge');
  if (challenge === '') return showNotice(server, textsFor(request), 'consent');
  const consent = await findConsent(server, challenge);
  const account = await accountOfSubject(server, consent.subject);
  if (isGone(server, account)) return redirect(302, await rejectConsent(server, challenge, GONE));
  if (consent.skip || consent.client.skip_consent) {
    return redirect(302, await grant(server, consent, account, { scope: consent.requested_scope, remember: false }));
  }
  return consentPage(server, request, consent, account);
}

export async function answerConsent(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = queryOf(request).get('consent_challenge');
  const answers = formOf(request);
  checkForm(server, request, answers, `consent ${challenge}`);
  const consent = await findConsent(server, challenge);
  if (answers.get('action') === 'reject') {
    const denial = {
      error: 'access_denied',
      error_description: 'The person did not allow the access.',
      status_code: 403,
    };
    return redirect(303, await rejectConsent(server, challenge, denial));
  }
  const ticked = new Set(answers.all('grant_scope'));
  const scope = [...new Set(consent.requested_scope)].filter((requested) => ticked.has(requested));
  const account = await accountOfSubject(server, consent.subject);
  if (isGone(server, account)) return redirect(303, await rejectConsent(server, challenge, GONE));
  return redirect(303, await grant(server, consent, account, { scope, remember: answers.has('remember') }));
}

type Server = Pick<AuthorizationServer, 'config'>;

/** Of somebody who logged in with us, and whose account was deleted since. Who logs in elsewhere needs none. */
const isGone = ({ config }: Server, account: Account | undefined): boolean =>
  account === undefined && config.gatehouse.account_experience.pages.includes('login');

type Decision = { readonly scope: readonly string[]; readonly remember: boolean };

const grant = (
  server: AuthorizationServer,
  consent: FlowRequest,
  account: Account | undefined,
  { scope, remember }: Decision,
): Promise<string> =>
  acceptConsent(server, consent.challenge, {
    grant_scope: [...scope],
    grant_access_token_audience: [...consent.requested_access_token_audience],
    remember,
    remember_for: 0,
    session: { id_token: claimsOf(server, account, scope) },
  });

function consentPage(
  server: AuthorizationServer,
  request: Request,
  consent: FlowRequest,
  account: Account | undefined,
): Reply {
  const texts = textsFor(request, consent.oidc_context?.ui_locales);
  const said = texts.consent;
  const about = links(linksOf(texts, consent.client));
  const { token, headers } = protectForm(server, request, `consent ${consent.challenge}`);
  const main = markup`<h1 id="consent-title">${said.title}</h1>
${introduced(server, consent.client, said.lead)}
${account && markup`<p class="quiet">${said.signedInAs(markup`<bdi>${account.email}</bdi>`)}</p>`}
${cautions(texts, consent)}
${form(
  server,
  texts,
  { path: '/oauth2/fallbacks/consent', query: { consent_challenge: consent.challenge }, token },
  markup`${scopeList(server, texts, consent.requested_scope)}
${audienceList(texts, consent.requested_access_token_audience)}
${lifetime(server, texts, consent)}
<div class="remember">${checkbox({ id: 'remember', name: 'remember', value: 'true', checked: false, label: said.remember })}</div>
${buttons(said)}`,
)}
${destination(texts, consent)}
${about && markup`<div class="foot">${about}</div>`}`;
  return showPage(server, {
    status: 200,
    texts,
    title: said.title,
    main,
    headers: { ...withImage(server, consent.client, formHeaders(server, consent)), ...headers },
  });
}

function scopeList(server: Server, texts: Texts, requested: readonly string[]): Markup {
  if (requested.length === 0) return markup`<p>${texts.consent.noScopes}</p>`;
  return markup`<fieldset><legend>${texts.consent.scopes}</legend><ul class="list">
${[...new Set(requested)].map((scope) => markup`<li>${scopeChoice(scopeTexts(server, texts, scope), scope)}</li>\n`)}</ul></fieldset>`;
}

function scopeChoice(known: Explanation | undefined, scope: string): Markup {
  const label = known
    ? markup`${known.title}${known.text && markup`<small>${known.text}</small>`}`
    : markup`<code>${scope}</code>`;
  return checkbox({ id: scope, name: 'grant_scope', value: scope, checked: true, label });
}

function lifetime(server: Server, texts: Texts, consent: FlowRequest): Markup {
  return markup`<section><h2>${texts.consent.duration}</h2>
<p>${lifetimeOf(server, texts, consent).join(' ')}</p></section>`;
}

function audienceList(texts: Texts, requested: readonly string[]): Markup | undefined {
  if (requested.length === 0) return undefined;
  return markup`<section><h2>${texts.consent.audience}</h2><ul class="list plain">
${requested.map((audience) => markup`<li><code>${audience}</code></li>\n`)}</ul></section>`;
}
