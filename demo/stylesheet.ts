/** Another look than that of Gatehouse's own pages, so that one sees where one is. Contrast as in WCAG 2.2 1.4.3. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --page: #f4f6f1;
  --card: #ffffff;
  --text: #1a2119;
  --quiet: #576152;
  --line: #dde3d8;
  --accent: #23683c;
  --on-accent: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10140f;
    --card: #1a201a;
    --text: #ecf1ea;
    --quiet: #a9b5a6;
    --line: #313a30;
    --accent: #8fd6a6;
    --on-accent: #0d2415;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0;
  padding: 2rem 1rem;
  background: var(--page);
  color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  overflow-wrap: anywhere;
}
main {
  max-width: 46rem;
  margin: 0 auto;
  padding: 2.25rem;
  background: var(--card);
  border: 1px solid var(--line);
  border-top: 4px solid var(--accent);
  border-radius: 0 0 0.75rem 0.75rem;
}
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.01em; text-wrap: balance; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.0625rem; }
p { margin: 0.75rem 0 0; }
a { color: var(--accent); }
.lead, .quiet, small { color: var(--quiet); }
.quiet, small { font-size: 0.875rem; }
code { font: 0.875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
form { margin: 0; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1.5rem 0; }
.button {
  display: inline-block;
  min-height: 2.75rem;
  padding: 0.5rem 1.25rem;
  font: inherit;
  font-weight: 600;
  text-decoration: none;
  color: var(--text);
  background: transparent;
  border: 1px solid var(--quiet);
  border-radius: 0.5rem;
  cursor: pointer;
}
.button.primary { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
.button:hover { text-decoration: underline; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.5rem 0.75rem 0.5rem 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
th { width: 30%; font-weight: 400; }
th small { display: block; line-height: 1.3; }
td small { white-space: nowrap; }
@media (max-width: 36rem) {
  body { padding: 0; background: var(--card); }
  main { padding: 1.5rem 1.25rem; border-width: 4px 0 0; }
  th, td { display: block; width: auto; }
  td { padding-top: 0; border-top: 0; }
}
`.trimStart();
