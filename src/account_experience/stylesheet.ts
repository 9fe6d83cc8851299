import { createHash } from 'node:crypto';
import type { Reply } from '../http/reply.ts';

/** Contrast of text is at least 4.5:1 and of borders and marks 3:1 in both schemes (WCAG 2.2, 1.4.3 and 1.4.11). */
const STYLESHEET = `
:root {
  color-scheme: light dark;
  --page: #f2f4f7;
  --card: #ffffff;
  --text: #16202c;
  --quiet: #566273;
  --line: #dfe4ea;
  --edge: #7c8896;
  --accent: #1a56b8;
  --accent-strong: #12428f;
  --on-accent: #ffffff;
  --bad: #a3162a;
  --bad-ground: #fdf0f1;
  --shadow: 0 1px 2px rgb(16 24 40 / 6%), 0 12px 32px rgb(16 24 40 / 8%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f141b;
    --card: #19212b;
    --text: #eaeff5;
    --quiet: #a6b2c0;
    --line: #2d3845;
    --edge: #77869a;
    --accent: #8ab6ff;
    --accent-strong: #b0ceff;
    --on-accent: #0b1a33;
    --bad: #ffa7b0;
    --bad-ground: #35191f;
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
  align-items: center;
  justify-items: center;
  padding: 1.5rem 1rem;
  background: var(--page);
  color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  overflow-wrap: anywhere;
}
main {
  width: 100%;
  max-width: 27rem;
  padding: 2.25rem;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 1rem;
  box-shadow: var(--shadow);
}
.mark { display: block; width: 2.5rem; height: 2.5rem; margin: 0 0 1.25rem; color: var(--accent); }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; text-wrap: balance; }
h2 { margin: 0 0 0.5rem; font-size: 0.875rem; font-weight: 600; color: var(--quiet); }
p { margin: 0.75rem 0 0; }
.lead { margin-top: 0.375rem; color: var(--quiet); }
.lead strong { color: var(--text); font-weight: 600; }
.quiet { color: var(--quiet); font-size: 0.875rem; }
.foot { margin-top: 1.75rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
code { font: 0.9375em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
form { margin: 1.5rem 0 0; }
section { margin-top: 1.5rem; }
fieldset { margin: 0; padding: 0; border: 0; min-width: 0; }
legend { padding: 0; margin: 0 0 0.5rem; font-size: 0.875rem; font-weight: 600; color: var(--quiet); }
.field { display: block; margin-top: 1rem; }
.field > span { display: block; margin-bottom: 0.375rem; font-size: 0.875rem; font-weight: 600; }
.field > input {
  display: block;
  width: 100%;
  min-height: 3rem;
  padding: 0.625rem 0.875rem;
  font: inherit;
  color: inherit;
  background: var(--card);
  border: 1px solid var(--edge);
  border-radius: 0.625rem;
}
.field > input.code { font: 1.375rem/1.25 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: 0.08em; }
.field > input[aria-invalid="true"] { border-color: var(--bad); }
.check { display: flex; gap: 0.75rem; align-items: flex-start; min-height: 2.75rem; padding: 0.625rem 0; cursor: pointer; }
.field + .check { margin-top: 0.5rem; }
.check > input { flex: none; width: 1.25rem; height: 1.25rem; margin: 0.125rem 0 0; accent-color: var(--accent); }
.check > span > small { display: block; color: var(--quiet); font-size: 0.875rem; }
.list { margin: 0; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: 0.75rem; }
.list > li { padding: 0.125rem 0.875rem; }
.list > li + li { border-top: 1px solid var(--line); }
.list.plain > li { padding: 0.625rem 0.875rem; }
.remember { margin-top: 0.75rem; }
.actions { display: grid; gap: 0.75rem; margin-top: 1.25rem; }
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
.button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.button.primary:hover { background: var(--accent-strong); border-color: var(--accent-strong); }
.alert {
  margin: 1.25rem 0 0;
  padding: 0.75rem 0.875rem;
  color: var(--bad);
  background: var(--bad-ground);
  border: 1px solid currentColor;
  border-radius: 0.625rem;
}
dl { margin: 1.25rem 0 0; }
dt { font-size: 0.875rem; font-weight: 600; color: var(--quiet); }
dd { margin: 0 0 0.875rem; white-space: pre-wrap; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30rem) {
  body { padding: 0; align-items: stretch; background: var(--card); }
  main { max-width: none; padding: 1.75rem 1.25rem; border: 0; border-radius: 0; box-shadow: none; }
}
`.trimStart();

/** Names these very bytes, so that they may be kept for a year and a new release is seen at once. */
export const STYLESHEET_VERSION = createHash('sha256').update(STYLESHEET).digest('base64url').slice(0, 16);

export const showStylesheet = (): Reply => ({
  status: 200,
  headers: {
    'content-type': 'text/css; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  },
  body: STYLESHEET,
});
