import type { AuthorizationServer } from '../authorization_server.ts';
import { toOAuthError } from '../http/error.ts';
import type { Reply } from '../http/reply.ts';
import { queryOf, type Request } from '../http/request.ts';
import type { Endpoint } from '../http/route.ts';
import type { OAuthError } from '../oauth/error.ts';
import { textsFor } from './language.ts';
import { pageUrl, showPage } from './layout.ts';
import { markup } from './markup.ts';
import { operatorLine } from './notices.ts';

const MEMBERS = ['error', 'error_description', 'error_hint', 'error_debug'] as const;

/** The page behind the default of `urls.error`: what the authorization endpoint cannot tell the client. */
export function showError(server: Pick<AuthorizationServer, 'config'>, request: Request): Reply {
  const query = queryOf(request);
  const told = MEMBERS.filter((member) => query.get(member) !== '');
  const texts = textsFor(request);
  const { title, lead } = query.get('error') === 'access_denied' ? texts.denied : texts.error;
  const main = markup`<h1 id="error-title">${title}</h1>
<p class="lead">${lead}</p>
${told.length > 0 && markup`<dl>${told.map((member) => markup`<dt>${texts.error[member]}</dt><dd id="${member}">${query.get(member)}</dd>`)}</dl>`}
<p>${texts.error.wayBack}</p>
${operatorLine(server, texts, 'urls.error')}`;
  return showPage(server, { status: 400, texts, title, main });
}

/** Errors of a page are read by the person before it. */
export const withProblemPage =
  (endpoint: Endpoint<AuthorizationServer>, beginning?: string): Endpoint<AuthorizationServer> =>
  async (server, request) => {
    try {
      return await endpoint(server, request);
    } catch (error) {
      return showProblem(server, request, toOAuthError(error, server.log), beginning);
    }
  };

/** Statuses after which the same address may work: the form is shown anew, or the server has recovered. */
const AGAIN = [403, 503];

function showProblem(
  server: AuthorizationServer,
  request: Request,
  error: OAuthError,
  beginning: string | undefined,
): Reply {
  const texts = textsFor(request);
  const { byStatus, other, again: startAgain, code } = texts.problem;
  const { title, text } = byStatus[error.status] ?? other;
  const here = `${request.path}${request.query && `?${request.query}`}`;
  const again = AGAIN.includes(error.status) ? here : beginning;
  const main = markup`<h1 id="problem-title">${title}</h1>
<p>${text}</p>
${again && markup`<p class="actions"><a class="button primary" id="again" href="${pageUrl(server, again)}">${startAgain}</a></p>`}
<p class="quiet foot">${code}: <code>${error.error}</code></p>`;
  return showPage(server, { status: error.status, texts, title, main, headers: error.headers });
}
