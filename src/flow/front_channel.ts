import { createHash } from 'node:crypto';
import type { AuthorizationServer } from '../authorization_server.ts';
import type { Client } from '../client/client.ts';
import { escapeHtml, PAGE_HEADERS, type Reply } from '../http/reply.ts';
import { withQuery } from '../oauth/parameters.ts';

/** Seconds until the browser goes on, whether or not every client answered. */
const LONGEST_WAIT = 7;

/** Goes on half a second after the last frame has loaded. */
const SCRIPT = `const next=document.getElementById('continue').href;
const frames=[...document.querySelectorAll('iframe')];
let open=frames.length;
const go=()=>location.replace(next);
for(const frame of frames)frame.addEventListener('load',()=>{if(--open===0)setTimeout(go,500)});
setTimeout(go,${LONGEST_WAIT * 1000});`;
const SCRIPT_HASH = createHash('sha256').update(SCRIPT).digest('base64');

/**
 * OpenID Connect Front-Channel Logout section 2: a page that loads the logout page of every client in a frame and then
 * goes on. Undefined where no client has one.
 */
export function frontChannelPage(
  server: AuthorizationServer,
  clients: readonly Client[],
  sid: string,
  redirect_to: string,
): Reply | undefined {
  const frames = clients
    .filter(({ frontchannel_logout_uri }) => URL.canParse(frontchannel_logout_uri))
    .map(({ frontchannel_logout_uri }) =>
      withQuery(frontchannel_logout_uri, { iss: server.config.urls.self.issuer, sid }),
    );
  if (frames.length === 0) return undefined;
  const origins = [...new Set(frames.map((frame) => new URL(frame).origin))].join(' ');
  const policy = `default-src 'none'; script-src 'sha256-${SCRIPT_HASH}'; frame-src ${origins}; base-uri 'none'; frame-ancestors 'none'`;
  return {
    status: 200,
    headers: { ...PAGE_HEADERS, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
    body: page(frames, redirect_to),
  };
}

const page = (frames: readonly string[], redirect_to: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Signing out</title>
<meta http-equiv="refresh" content="${LONGEST_WAIT}; url=${escapeHtml(redirect_to)}">
</head>
<body>
<p>You are being signed out of your applications. <a id="continue" href="${escapeHtml(redirect_to)}">Continue</a></p>
${frames.map((frame) => `<iframe src="${escapeHtml(frame)}" hidden title=""></iframe>`).join('\n')}
<script>${SCRIPT}</script>
</body>
</html>
`;
