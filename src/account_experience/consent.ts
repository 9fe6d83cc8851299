import type { AuthorizationServer } from '../authorization_server.ts';
import { type Reply, redirect } from '../http/reply.ts';
import { formOf, queryOf, type Request } from '../http/request.ts';
import { type Account, accountOfSubject } from './accounts.ts';
import { acceptConsent, type FlowRequest, findConsent, rejectConsent } from './admin_contract.ts';
import { claimsOf } from './claims.ts';
import { checkForm, protectForm } from './csrf.ts';
import { formHeaders } from './form_action.ts';
import { buttons, checkbox, clientName, form } from './forms.ts';
import { showPage } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import { showNotice } from './notices.ts';
import { TEXTS } from './texts.ts';

/** The page behind the default of `urls.consent`. */
export async function showConsent(server: AuthorizationServer, request: Request): Promise<Reply> {
  const challenge = queryOf(request).get('consent_challenge');
  if (challenge === '') return showNotice(server, 'consent');
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
    const denial = { error: 'access_denied', error_description: TEXTS.consent.denied, status_code: 403 };
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
    session: { id_token: claimsOf(account, scope) },
  });

function consentPage(
  server: AuthorizationServer,
  request: Request,
  consent: FlowRequest,
  account: Account | undefined,
): Reply {
  const texts = TEXTS.consent;
  const { token, headers } = protectForm(server, request, `consent ${consent.challenge}`);
  const main = markup`<h1 id="consent-title">${texts.title}</h1>
<p class="lead"><strong><bdi>${clientName(consent.client)}</bdi></strong> ${texts.lead}</p>
${account && markup`<p class="quiet">${texts.signedInAs} <bdi>${account.email}</bdi></p>`}
${form(
  server,
  { path: '/oauth2/fallbacks/consent', query: { consent_challenge: consent.challenge }, token },
  markup`${scopeList(consent.requested_scope)}
${audienceList(consent.requested_access_token_audience)}
<div class="remember">${checkbox({ id: 'remember', name: 'remember', value: 'true', checked: false, label: texts.remember })}</div>
${buttons(texts)}`,
)}`;
  return showPage(server, {
    status: 200,
    title: `${texts.title} – ${clientName(consent.client)}`,
    main,
    headers: { ...formHeaders(server, consent), ...headers },
  });
}

function scopeList(requested: readonly string[]): Markup {
  const texts = TEXTS.consent;
  if (requested.length === 0) return markup`<p>${texts.noScopes}</p>`;
  return markup`<fieldset><legend>${texts.scopes}</legend><ul class="list">
${[...new Set(requested)].map((scope) => markup`<li>${scopeChoice(scope)}</li>\n`)}</ul></fieldset>`;
}

function scopeChoice(scope: string): Markup {
  const text = Object.hasOwn(TEXTS.scopes, scope) ? TEXTS.scopes[scope] : undefined;
  const label = text ? markup`${text}<small><code>${scope}</code></small>` : markup`<code>${scope}</code>`;
  return checkbox({ id: scope, name: 'grant_scope', value: scope, checked: true, label });
}

function audienceList(requested: readonly string[]): Markup | undefined {
  if (requested.length === 0) return undefined;
  return markup`<section><h2>${TEXTS.consent.audience}</h2><ul class="list plain">
${requested.map((audience) => markup`<li><code>${audience}</code></li>\n`)}</ul></section>`;
}
