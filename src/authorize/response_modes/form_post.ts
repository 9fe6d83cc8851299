import { createHash } from 'node:crypto';
import { escapeHtml, PAGE_HEADERS, type Reply } from '../../http/reply.ts';
import type { Parameters } from '../../oauth/parameters.ts';

/** The one script of the page; the policy names it by its hash. */
const SCRIPT = 'document.forms[0].submit()';
const SCRIPT_HASH = createHash('sha256').update(SCRIPT).digest('base64');

/** OAuth 2.0 Form Post Response Mode: a page that posts itself to the client. */
export const form_post = (redirect_uri: string, parameters: Parameters): Reply => ({
  status: 200,
  headers: {
    ...PAGE_HEADERS,
    'content-type': 'text/html;charset=UTF-8',
    'content-security-policy': `default-src 'none'; script-src 'sha256-${SCRIPT_HASH}'; base-uri 'none'; frame-ancestors 'none'`,
  },
  body: page(redirect_uri, parameters),
});

function page(redirect_uri: string, parameters: Parameters): string {
  const inputs = [...parameters].map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>One moment</title></head>
<body>
<form method="post" action="${escapeHtml(redirect_uri)}">
${inputs.join('\n')}
<noscript><p>Your browser runs no scripts, so this step needs a click.</p><button type="submit">Continue</button></noscript>
</form>
<script>${SCRIPT}</script>
</body>
</html>
`;
}
