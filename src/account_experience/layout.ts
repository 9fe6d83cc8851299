import type { AuthorizationServer } from '../authorization_server.ts';
import type { Brand } from '../config/account_experience.ts';
import { html, type Reply } from '../http/reply.ts';
import { onceFor } from '../lib/once_for.ts';
import { OAuthError } from '../oauth/error.ts';
import { directionOf } from './language.ts';
import { links } from './links.ts';
import { type Markup, markup } from './markup.ts';
import { stylesheetVersion } from './stylesheet.ts';
import type { Texts } from './texts.ts';

type Config = Pick<AuthorizationServer, 'config'>;

/** Where our pages stand, seen from the browser: a proxy may have put a path before ours. */
export const pageUrl = ({ config }: Config, path: string): string => `${prefixOf(config.urls)}${path}`;

const prefixOf = onceFor(({ self }: Config['config']['urls']): string =>
  (URL.parse(self.public)?.pathname ?? '').replace(/\/+$/, ''),
);

export type Page = {
  readonly status: number;
  readonly texts: Texts;
  readonly title: string;
  readonly main: Markup;
  readonly headers?: Reply['headers'];
};

export function showPage(server: Config, { status, texts, title, main, headers }: Page): Reply {
  const style = pageUrl(server, `/oauth2/fallbacks/style.css?v=${stylesheetVersion(server)}`);
  const { brand } = server.config.gatehouse.account_experience;
  const logo = brand.logo && pageUrl(server, `/oauth2/fallbacks/logo?v=${brand.logo.version}`);
  const document = markup`<!doctype html>
<html lang="${texts.language}" dir="${directionOf(texts.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}${brand.name && ` – ${brand.name}`}</title>
<link rel="icon" href="${logo ?? 'data:,'}">
<link rel="stylesheet" href="${style}">
</head>
<body>
<main>
<div class="brand">${logo ? markup`<img src="${logo}" alt="${brand.name}" height="40">` : markup`${MARK}${brand.name}`}</div>
${main}
</main>
${footer(texts, brand)}
</body>
</html>
`;
  return html(status, document.text, headers);
}

function footer({ footer }: Texts, { terms_url, privacy_url, support }: Brand): Markup | undefined {
  const entries = [
    { text: footer.terms, uri: terms_url },
    { text: footer.privacy, uri: privacy_url },
    { text: footer.support, uri: support },
  ].filter(({ uri }) => uri !== '');
  return entries.length === 0 ? undefined : markup`<footer>${links(entries)}</footer>`;
}

/** A drawing that is opened by itself may do nothing at all. */
export const DRAWING_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'x-content-type-options': 'nosniff',
};

/** What the operator chose, for as long as it is the same. */
export function showLogo({ config }: Config): Reply {
  const { logo } = config.gatehouse.account_experience.brand;
  if (!logo) throw new OAuthError('not_found');
  return {
    status: 200,
    headers: {
      ...DRAWING_HEADERS,
      'content-type': logo.type,
      'cache-control': 'public, max-age=31536000, immutable',
    },
    body: '',
    bytes: logo.bytes,
  };
}

/** A gate between two towers. Says nothing, so readers skip it. */
const MARK = markup`<svg viewBox="0 0 40 40" fill="none" stroke="currentColor" stroke-width="3" stroke-linejoin="round" aria-hidden="true">
<path d="M4 36V8h6v4h5V8h10v4h5V8h6v28z"/><path d="M14 36V25a6 6 0 0 1 12 0v11"/>
</svg>`;
