import { type Markup, markup } from './markup.ts';

export type Link = { readonly text: string; readonly uri: string };

/** To pages that are not ours, which learn nothing of this one. */
export const links = (entries: readonly Link[]): Markup | undefined =>
  entries.length === 0
    ? undefined
    : markup`<ul class="links">
${entries.map(
  ({ text, uri }) => markup`<li><a href="${uri}" target="_blank" rel="noopener noreferrer nofollow">${text}</a></li>
`,
)}</ul>`;
