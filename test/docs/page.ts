import { globSync, readFileSync } from 'node:fs';

const DOCS = new URL('../../docs/', import.meta.url);

/** What people read. docs/rfc.md is generated. */
export const PAGES: readonly string[] = [
  '../README.md',
  ...globSync('*.md', { cwd: DOCS }).filter((page) => page !== 'rfc.md'),
];

export const urlOf = (page: string): URL => new URL(page, DOCS);

export const textOf = (page: string): string => readFileSync(urlOf(page), 'utf8');

/** The blocks of a page in this language, as a reader copies them. */
export function blocksOf(page: string, language: string): readonly string[] {
  const blocks = textOf(page).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'));
  return [...blocks].map(([, block = '']) => block);
}

/** What is not in a block. */
export const proseOf = (page: string): string => textOf(page).replaceAll(/^```.*?^```$/gms, '');

/** The shell commands of a page: lines that are indented, and no part of a block; what goes on a line later goes along. */
export function commandsOf(page: string): readonly string[] {
  const indented = proseOf(page).matchAll(/(?:^ {4}.*\n)+/gm);
  return [...indented].flatMap(([paragraph]) => paragraph.split(/\n(?= {4}\w)/)).map(unindented);
}

const unindented = (command: string): string => command.replaceAll(/^ {4}/gm, '').trim();
