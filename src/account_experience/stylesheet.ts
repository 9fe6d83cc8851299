import { createHash } from 'node:crypto';
import type { AuthorizationServer } from '../authorization_server.ts';
import type { Brand } from '../config/account_experience.ts';
import type { Reply } from '../http/reply.ts';
import { onceFor } from '../lib/once_for.ts';
import { accentOf } from './accent.ts';

/** The grounds that coloured marks stand on, by scheme. */
const GROUNDS = {
  light: { page: '#f3f5f8', card: '#ffffff' },
  dark: { page: '#0e131a', card: '#18202a' },
} as const;

type Scheme = keyof typeof GROUNDS;

/** What the brand gives, for one scheme. */
function schemeOf(accent_color: string, scheme: Scheme): string {
  const { page, card } = GROUNDS[scheme];
  const { ground, on_ground, strong, mark } = accentOf(accent_color, [page, card]);
  return `--page: ${page}; --card: ${card}; --accent: ${ground}; --on-accent: ${on_ground}; --accent-strong: ${strong}; --mark: ${mark};`;
}

/**
 * Contrast of text is at least 4.5:1 and of borders and marks 3:1 in both schemes (WCAG 2.2, 1.4.3 and 1.4.11). Sizes are
 * in rem, so that they follow the reader, and no rule knows left from right.
 */
const stylesheet = (accent_color: string): string =>
  `
:root {
  color-scheme: light dark;
  ${schemeOf(accent_color, 'light')}
  --text: #16202c;
  --quiet: #556171;
  --line: #dfe4ea;
  --edge: #7c8896;
  --field: #ffffff;
  --bad: #a3162a;
  --bad-ground: #fdf0f1;
  --care: #6d4a00;
  --care-ground: #fff7e2;
  --good: #17613a;
  --good-ground: #eef8f1;
  --shadow: 0 1px 2px rgb(16 24 40 / 5%), 0 16px 40px -12px rgb(16 24 40 / 14%);
}
@media (prefers-color-scheme: dark) {
  :root {
    ${schemeOf(accent_color, 'dark')}
    --text: #eaeff5;
    --quiet: #a6b2c0;
    --line: #2c3744;
    --edge: #77869a;
    --field: #131a23;
    --bad: #ffa7b0;
    --bad-ground: #35191f;
    --care: #f2cf7c;
    --care-ground: #2f2612;
    --good: #8fd9a8;
    --good-ground: #15301f;
    --shadow: none;
  }
}

*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0;
  min-height: 100vh;
  min-height: 100dvh;
  display: grid;
  grid-template: 1fr auto / minmax(0, 27rem);
  justify-content: center;
  gap: 1.25rem;
  padding: clamp(1.5rem, 9vh, 6rem) 1rem 1.5rem;
  background: var(--page);
  color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  overflow-wrap: anywhere;
}
/* Not in the middle: it would move while the page arrives. */
main {
  align-self: start;
  padding: 2.25rem;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 1rem;
  box-shadow: var(--shadow);
}

.brand { display: flex; align-items: center; gap: 0.75rem; margin: 0 0 1.5rem; font-weight: 600; }
.brand > svg { flex: none; width: 2.25rem; height: 2.25rem; color: var(--mark); }
.brand > img { display: block; width: auto; height: 2.5rem; max-width: 100%; object-fit: contain; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; text-wrap: balance; }
h2, legend { margin: 0 0 0.5rem; padding: 0; font-size: 0.875rem; font-weight: 600; color: var(--quiet); }
p { margin: 0.75rem 0 0; }
a { color: var(--mark); text-underline-offset: 0.15em; }
.lead { margin-top: 0.5rem; color: var(--quiet); }
.lead strong { color: var(--text); font-weight: 600; }
.quiet { color: var(--quiet); font-size: 0.875rem; }
.foot { margin-top: 1.75rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
code { font: 0.9375em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
form { margin: 1.5rem 0 0; }
section { margin-top: 1.25rem; }
section > p { margin: 0; }
fieldset { margin: 0; padding: 0; border: 0; min-width: 0; }

.client { display: flex; align-items: center; gap: 0.875rem; margin-top: 1.25rem; }
.client > img { flex: none; width: 3rem; height: 3rem; object-fit: contain; border-radius: 0.625rem; }
.client > p { margin: 0; min-width: 0; }

.field { display: block; margin-top: 1rem; }
.field > span { display: block; margin-bottom: 0.375rem; font-size: 0.875rem; font-weight: 600; }
.field > input {
  display: block;
  width: 100%;
  min-height: 3rem;
  padding: 0.625rem 0.875rem;
  font: inherit;
  color: inherit;
  background: var(--field);
  border: 1px solid var(--edge);
  border-radius: 0.625rem;
}
.field > input.code { font: 1.375rem/1.25 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: 0.08em; }
.field > input[aria-invalid="true"] { border-color: var(--bad); }
.check { display: flex; gap: 0.75rem; align-items: flex-start; min-height: 2.75rem; padding: 0.625rem 0; cursor: pointer; }
.check > span { min-width: 0; }
.field + .check { margin-top: 0.5rem; }
.check > input { flex: none; width: 1.25rem; height: 1.25rem; margin: 0.125rem 0 0; accent-color: var(--mark); cursor: inherit; }
.check > span > small { display: block; color: var(--quiet); font-size: 0.875rem; }
.list { margin: 0; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: 0.75rem; }
.list > li { padding: 0.125rem 0.875rem; }
.list > li + li { border-top: 1px solid var(--line); }
.list.plain > li { padding: 0.625rem 0.875rem; }
.remember { margin-top: 0.75rem; }

.actions { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr)); gap: 0.75rem; margin-top: 1.25rem; }
.button {
  display: block;
  width: 100%;
  min-height: 3rem;
  padding: 0.625rem 1.25rem;
  font: inherit;
  font-weight: 600;
  text-align: center;
  text-decoration: none;
  border: 1px solid var(--edge);
  border-radius: 0.625rem;
  background: transparent;
  color: var(--text);
  cursor: pointer;
}
.button:hover { border-color: var(--text); }
.button.primary { background: var(--accent); border-color: var(--mark); color: var(--on-accent); }
.button.primary:hover { background: var(--accent-strong); }
.button:active { opacity: 0.75; cursor: progress; }

.alert, .care, .notice { margin: 1.25rem 0 0; padding: 0.75rem 0.875rem; border: 1px solid currentColor; border-radius: 0.625rem; }
.alert { color: var(--bad); background: var(--bad-ground); }
.care { color: var(--care); background: var(--care-ground); font-size: 0.9375rem; }
.care > p { margin: 0; }
.care > p + p { margin-top: 0.625rem; }
.notice { color: var(--good); background: var(--good-ground); }
.done { display: block; width: 3rem; height: 3rem; margin: 0 0 1rem; color: var(--good); }
dl { margin: 1.25rem 0 0; }
dt { font-size: 0.875rem; font-weight: 600; color: var(--quiet); }
dd { margin: 0 0 0.875rem; white-space: pre-wrap; }
details { margin-top: 1.25rem; }
summary { width: fit-content; padding: 0.625rem 0; color: var(--mark); cursor: pointer; }
.qr { display: block; width: 12rem; height: 12rem; max-width: 100%; margin: 0.75rem auto 0; border-radius: 0.625rem; background: #ffffff; }

.links { display: flex; flex-wrap: wrap; justify-content: center; gap: 0 1.25rem; margin: 0; padding: 0; list-style: none; font-size: 0.875rem; }
.links a { display: inline-block; padding: 0.375rem 0; color: var(--quiet); }
.foot > .links, nav > .links { justify-content: flex-start; }
nav > .links { margin-bottom: 1.25rem; }
.links a[aria-current] { color: var(--text); font-weight: 600; text-decoration: none; }

.applications, .sections { margin-top: 1.25rem; }
.sections p { margin-top: 0.25rem; }
.applications h2 { margin: 0.375rem 0 0.25rem; font-size: 1rem; color: var(--text); }
.applications details { margin-top: 0.25rem; }
.applications details > p { margin-top: 0.25rem; }
.applications form { margin: 0.75rem 0 0.375rem; }
.scopes { margin: 0; padding-inline-start: 1.25rem; }
.dates { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 0.625rem 0 0; }
.dates dd { margin: 0; }
.hint { margin-top: 0.375rem; }
.foot > form { margin-top: 0.75rem; }

:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
@media (max-width: 30rem) {
  body { grid-template-columns: minmax(0, 1fr); padding: 0 0 1rem; background: var(--card); }
  main { padding: 1.75rem 1.25rem 0; border: 0; border-radius: 0; box-shadow: none; }
}
`.trimStart();

type Stylesheet = { readonly text: string; readonly version: string };

type Server = Pick<AuthorizationServer, 'config'>;

const stylesheetOf = onceFor(({ accent_color }: Brand): Stylesheet => {
  const text = stylesheet(accent_color);
  return { text, version: createHash('sha256').update(text).digest('base64url').slice(0, 16) };
});

const brandOf = ({ config }: Server): Brand => config.gatehouse.account_experience.brand;

/** Names these very bytes, so that they may be kept for a year and a new release is seen at once. */
export const stylesheetVersion = (server: Server): string => stylesheetOf(brandOf(server)).version;

export const showStylesheet = (server: Server): Reply => ({
  status: 200,
  headers: {
    'content-type': 'text/css; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  },
  body: stylesheetOf(brandOf(server)).text,
});
