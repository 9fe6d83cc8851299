import type { AuthorizationServer } from '../authorization_server.ts';
import { type Reply, redirect } from '../http/reply.ts';
import { formOf, queryOf, type Request } from '../http/request.ts';
import { type Account, accountOfSubject } from './accounts.ts';
import { acceptConsent, type FlowRequest, findConsent, rejectConsent } from './admin_contract.ts';
import { claimsOf } from './claims.ts';
import { checkForm, protectForm } from './csrf.ts';
import { formHeaders } from './form_action.ts';
import { buttons, checkbox, clientName, form, named } from './forms.ts';
import { textsFor } from './language.ts';
import { showPage } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import { showNotice } from './notices.ts';
import type { Texts } from './texts.ts';

/** The page behind the default of `urls.consent`. */
export async function showConsent(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = queryOf(request).get('consent_challenge');
  if (challenge === '') return showNotice(server, textsFor(request), 'consent');
  const consent = await findConsent(server, challenge);
  const account = await accountOfSubject(server, consent.subject);
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
  return redirect(303, await grant(server, consent, account, { scope, remember: answers.has('remember') }));
}

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
  const { token, headers } = protectForm(server, request, `consent ${consent.challenge}`);
  const main = markup`<h1 id="consent-title">${said.title}</h1>
<p class="lead">${said.lead(named(consent.client))}</p>
${account && markup`<p class="quiet">${said.signedInAs(markup`<bdi>${account.email}</bdi>`)}</p>`}
${form(
  server,
  texts,
  { path: '/oauth2/fallbacks/consent', query: { consent_challenge: consent.challenge }, token },
  markup`${scopeList(texts, consent.requested_scope)}
${audienceList(texts, consent.requested_access_token_audience)}
<div class="remember">${checkbox({ id: 'remember', name: 'remember', value: 'true', checked: false, label: said.remember })}</div>
${buttons(said)}`,
)}`;
  return showPage(server, {
    status: 200,
    texts,
    title: `${said.title} – ${clientName(consent.client)}`,
    main,
    headers: { ...formHeaders(server, consent), ...headers },
  });
}

function scopeList(texts: Texts, requested: readonly string[]): Markup {
  if (requested.length === 0) return markup`<p>${texts.consent.noScopes}</p>`;
  return markup`<fieldset><legend>${texts.consent.scopes}</legend><ul class="list">
${[...new Set(requested)].map((scope) => markup`<li>${scopeChoice(texts, scope)}</li>\n`)}</ul></fieldset>`;
}

function scopeChoice({ scopes }: Texts, scope: string): Markup {
  const known = Object.hasOwn(scopes, scope) ? scopes[scope] : undefined;
  const label = known ? markup`${known.title}<small>${known.text}</small>` : markup`<code>${scope}</code>`;
  return checkbox({ id: scope, name: 'grant_scope', value: scope, checked: true, label });
}

function audienceList(texts: Texts, requested: readonly string[]): Markup | undefined {
  if (requested.length === 0) return undefined;
  return markup`<section><h2>${texts.consent.audience}</h2><ul class="list plain">
${requested.map((audience) => markup`<li><code>${audience}</code></li>\n`)}</ul></section>`;
}
