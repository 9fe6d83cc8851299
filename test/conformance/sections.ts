import { globSync, readFileSync } from 'node:fs';
import { compareSections } from './specification.ts';

const root = new URL('../..', import.meta.url).pathname;

/** Specification, section, files of src that say so in a comment or in a table of checks. */
export type SectionFiles = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

const NAME = String.raw`RFC \d{4}|OpenID Connect [A-Z][\w-]*(?: [A-Z][\w-]*)*|OAuth 2\.0 [A-Z]\w*(?: [A-Z]\w*)*`;
const NUMBER = String.raw`\d+(?:\.\d+)*`;
const CITATION = new RegExp(
  `(?<name>${NAME}) (?:appendix (?<appendix>[A-Z])|(?:sections? )?(?<sections>${NUMBER}(?:(?:, | and |, and )${NUMBER})*))`,
  'g',
);

/** `RFC 6749 sections 4.1.2.1 and 5.2` is two citations. */
export function citationsIn(source: string): [name: string, section: string][] {
  const text = source.replaceAll(/\n\s*(?:\*|\/\/) /g, ' ');
  return [...text.matchAll(CITATION)].flatMap(({ groups }) => {
    const { name = '', appendix, sections = '' } = groups ?? {};
    return (appendix === undefined ? sections.split(/, and |, | and /) : [appendix]).map(
      (section): [string, string] => [name, section],
    );
  });
}

export function sectionFiles(): SectionFiles {
  const found = new Map<string, Map<string, string[]>>();
  for (const file of globSync('src/**/*.ts', { cwd: root }).sort()) {
    for (const [name, section] of citationsIn(readFileSync(`${root}${file}`, 'utf8'))) {
      const sections = found.get(name) ?? new Map<string, string[]>();
      const files = sections.get(section) ?? [];
      if (!files.includes(file)) files.push(file);
      found.set(name, sections.set(section, files));
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sections]) => [name, inOrder(sections)]));
}

const inOrder = (sections: ReadonlyMap<string, string[]>) =>
  new Map([...sections].sort(([one], [other]) => compareSections(one, other)));
