import { type Content, type Markup, markup } from '../src/account_experience/markup.ts';
import type { Explained } from './errors.ts';
import type { Login } from './openid_client.ts';

export type Page = { readonly status: number; readonly type: 'text/html' | 'text/css'; readonly body: string };

export const homePage = (issuer: string): Page =>
  page(
    200,
    'Demo application',
    markup`<h1>Demo application</h1>
<p class="lead">This little web application keeps no passwords. It lets you in through Gatehouse at <code>${issuer}</code>.</p>
<p class="actions"><a class="button primary" id="login" href="/login">Log in</a></p>
<p class="quiet">Curious how a failure looks? <a id="login-silently" href="/login?prompt=none">Log in without any page</a>:
that works while Gatehouse remembers you and what you allowed, and is an error otherwise.</p>`,
  );

export function accountPage(login: Login, issuer: string): Page {
  const { claims, userinfo } = login;
  const name = userinfo.name ?? userinfo.email ?? claims.sub;
  return page(
    200,
    'Logged in – Demo application',
    markup`<h1 id="welcome">Hello, <bdi>${name}</bdi></h1>
<p class="lead">Gatehouse at <code>${issuer}</code> told this application who you are. Here is everything it said.</p>
<div class="actions">
${button('/refresh', 'refresh', 'Refresh', 'primary')}
${button('/logout', 'logout', 'Log out here', '')}
</div>
<p class="quiet">Refresh trades the refresh token for new tokens; so far: <span id="refreshes">${login.refreshes}</span>.
Logging out here forgets them; Gatehouse may still remember you.</p>
<h2>ID token: header</h2>
${table('header', headerOf(login.id_token))}
<h2>ID token: claims</h2>
${table('claims', claims)}
<h2>Userinfo</h2>
${table('userinfo', userinfo)}
<h2>Tokens</h2>
${table('tokens', tokensOf(login))}`,
  );
}

export const errorPage = ({ status, error, description, advice }: Explained): Page =>
  page(
    status,
    'That did not work – Demo application',
    markup`<h1>That did not work</h1>
<p class="lead" id="error-description">${description}</p>
<h2>What to try</h2>
<p id="error-advice">${advice}</p>
<p class="actions"><a class="button primary" id="login" href="/login">Log in</a>
<a class="button" id="home" href="/">Start page</a></p>
<p class="quiet">Error: <code id="error">${error}</code></p>`,
  );

const button = (path: string, id: string, label: string, look: string): Markup =>
  markup`<form method="post" action="${path}"><button class="button ${look}" id="${id}">${label}</button></form>`;

/** RFC 7519 section 4.1 and OpenID Connect Core section 2, in few words. */
const MEANINGS: Readonly<Record<string, string>> = {
  alg: 'how it is signed',
  kid: 'the key that signed it',
  typ: 'what it is',
  iss: 'who says so',
  sub: 'who you are there',
  aud: 'whom it is for',
  exp: 'good until',
  iat: 'said at',
  nbf: 'good from',
  auth_time: 'when you logged in',
  nonce: 'which login it belongs to',
  sid: 'your session there',
  acr: 'how sure they are',
  amr: 'how you proved it',
  at_hash: 'which access token it belongs to',
  jti: 'its own number',
  expires_at: 'of the access token',
};

const table = (id: string, members: Readonly<Record<string, unknown>>): Markup =>
  markup`<table id="${id}">
${Object.entries(members).map(([name, value]) => row(name, value))}</table>`;

function row(name: string, value: unknown): Markup {
  const meaning = Object.hasOwn(MEANINGS, name) && markup`<small>${MEANINGS[name]}</small>`;
  return markup`<tr><th scope="row"><code>${name}</code>${meaning}</th><td>${shown(name, value)}</td></tr>\n`;
}

const TIMES = new Set(['exp', 'iat', 'nbf', 'auth_time', 'updated_at', 'expires_at']);

function shown(name: string, value: unknown): Content {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (!TIMES.has(name) || typeof value !== 'number') return markup`<code>${text}</code>`;
  return markup`<code>${text}</code> <small>${new Date(value * 1000).toUTCString()}</small>`;
}

const headerOf = (jwt: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString());

const tokensOf = (login: Login): Record<string, unknown> => ({
  access_token: shortened(login.access_token),
  refresh_token: login.refresh_token === undefined ? 'none' : shortened(login.refresh_token),
  scope: login.scope,
  expires_at: Math.floor(login.expires_at / 1000),
});

/** A token is as good as a password: a page shows enough to tell two apart. */
const shortened = (token: string): string => `${token.slice(0, 12)}…${token.slice(-4)}`;

const page = (status: number, title: string, main: Markup): Page => ({
  status,
  type: 'text/html',
  body: markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`.text,
});
