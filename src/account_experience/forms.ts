import type { AuthorizationServer } from '../authorization_server.ts';
import { queryText } from '../oauth/parameters.ts';
import type { FlowClient } from './admin_contract.ts';
import { TOKEN_FIELD } from './csrf.ts';
import { inLanguage } from './language.ts';
import { pageUrl } from './layout.ts';
import { type Content, type Markup, markup } from './markup.ts';
import type { Texts } from './texts.ts';

type Target = { readonly path: string; readonly query: Record<string, string>; readonly token: string };

/** The challenge stays in the URL, so that reloading whatever answers starts the page again. */
export function form(
  server: Pick<AuthorizationServer, 'config'>,
  texts: Texts,
  target: Target,
  content: Content,
): Markup {
  const action = pageUrl(server, `${target.path}?${queryText({ ...target.query, ...inLanguage(texts) })}`);
  return markup`<form method="post" action="${action}">
<input type="hidden" name="${TOKEN_FIELD}" value="${target.token}">
${content}
</form>`;
}

type Checkbox = {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly checked: boolean;
  readonly label: Content;
};

export const checkbox = ({ id, name, value, checked, label }: Checkbox): Markup =>
  markup`<label class="check"><input type="checkbox" id="${id}" name="${name}" value="${value}"${checked && markup` checked`}>
<span>${label}</span></label>`;

/** The first is what the return key presses. */
export const buttons = ({ accept, reject }: { readonly accept: string; readonly reject?: string }): Markup =>
  markup`<div class="actions">
<button class="button primary" id="accept" name="action" value="accept">${accept}</button>
${reject && markup`<button class="button" id="reject" name="action" value="reject" formnovalidate>${reject}</button>`}
</div>`;

export const alert = (id: string, text: string): Markup =>
  markup`<p class="alert" id="${id}" role="alert" tabindex="-1">${text}</p>`;

/** Says nothing that the words beside it do not. */
export const TICK = markup`<svg class="done" viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
<circle cx="24" cy="24" r="20"/><path d="m16 24.5 5.5 5.5L32.5 19"/>
</svg>`;

/** Of what was done. */
export const notice = (id: string, text: Content): Markup =>
  markup`<p class="notice" id="${id}" role="status">${text}</p>`;

export const clientName = ({ client_id, client_name }: Pick<FlowClient, 'client_id' | 'client_name'>): string =>
  client_name?.trim() || client_id;

/** Within a sentence, whichever way that runs. */
export const named = (client: FlowClient): Markup => markup`<strong><bdi>${clientName(client)}</bdi></strong>`;
