import type { AuthorizationServer } from '../authorization_server.ts';
import { html, type Reply } from '../http/reply.ts';
import { directionOf } from './language.ts';
import { type Markup, markup } from './markup.ts';
import { STYLESHEET_VERSION } from './stylesheet.ts';
import type { Texts } from './texts.ts';

type Config = Pick<AuthorizationServer, 'config'>;

/** Where our pages stand, seen from the browser: a proxy may have put a path before ours. */
export function pageUrl(server: Config, path: string): string {
  const prefix = URL.parse(server.config.urls.self.public)?.pathname ?? '';
  return `${prefix.replace(/\/+$/, '')}${path}`;
}

export type Page = {
  readonly status: number;
  readonly texts: Texts;
  readonly title: string;
  readonly main: Markup;
  readonly headers?: Reply['headers'];
};

export function showPage(server: Config, { status, texts, title, main, headers }: Page): Reply {
  const style = pageUrl(server, `/oauth2/fallbacks/style.css?v=${STYLESHEET_VERSION}`);
  const document = markup`<!doctype html>
<html lang="${texts.language}" dir="${directionOf(texts.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${style}">
</head>
<body>
<main>
${MARK}
${main}
</main>
</body>
</html>
`;
  return html(status, document.text, headers);
}

/** A gate between two towers. Says nothing, so readers skip it. */
const MARK = markup`<svg class="mark" viewBox="0 0 40 40" fill="none" stroke="currentColor" stroke-width="3" stroke-linejoin="round" aria-hidden="true">
<path d="M4 36V8h6v4h5V8h10v4h5V8h6v28z"/><path d="M14 36V25a6 6 0 0 1 12 0v11"/>
</svg>`;
