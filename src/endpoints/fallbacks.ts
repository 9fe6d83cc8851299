import type { AuthorizationServer } from '../authorization_server.ts';
import { escapeHtml, html, type Reply } from '../http/reply.ts';
import { queryOf, type Request } from '../http/request.ts';
import type { Route } from '../http/route.ts';

/**
 * What stands at the default of a URL while the account experience is off: the key that names the real page, and of
 * an error what is known of it. For who sets the server up; people never come here.
 */
const KEYS: Readonly<Record<string, string>> = {
  login: 'urls.login',
  consent: 'urls.consent',
  logout: 'urls.logout',
  'logout/callback': 'urls.post_logout_redirect',
  device: 'urls.device.verification',
  'device/done': 'urls.device.success',
  error: 'urls.error',
};

const ERROR_MEMBERS = ['error', 'error_description', 'error_hint', 'error_debug'];

export const fallbackRoutes: readonly Route<AuthorizationServer>[] = Object.entries(KEYS).map(([page, key]) => ({
  method: 'GET',
  path: `/oauth2/fallbacks/${page}`,
  operationId: 'showFallback',
  endpoint: (_server, request) => (page === 'error' ? fallbackError(request, key) : fallback(200, key, [])),
}));

function fallbackError(request: Request, key: string): Reply {
  const query = queryOf(request);
  const told = ERROR_MEMBERS.filter((member) => query.has(member));
  return fallback(
    400,
    key,
    told.map((member) => `<dt>${member}</dt><dd>${escapeHtml(query.get(member))}</dd>`),
  );
}

const fallback = (status: number, key: string, told: readonly string[]): Reply =>
  html(
    status,
    `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${key}</title></head>
<body>
<h1>There is no page here</h1>
<p>The configuration key <code>${key}</code> names the page that people see instead.</p>
${told.length > 0 ? `<dl>${told.join('')}</dl>\n` : ''}</body>
</html>
`,
  );
