import * as specifications from './index.ts';
import { sectionFiles } from './sections.ts';
import { type Level, parseProof, type Row, type Specification } from './specification.ts';

const ALL: readonly Specification[] = Object.values(specifications);

/** `docs/rfc.md`, from the tables beside this file and the section comments in src. */
export function rfcDocument(): string {
  return [
    '# Specifications',
    '',
    'Made by `npm run rfc` from the tables in `test/conformance` and from the section comments in `src`.',
    '',
    '## What is demanded, and what proves it',
    '',
    'One row for each demand on an authorization server or OpenID provider, in our words. What a test proves names the test;',
    '"not ours" says who has to see to it instead; "deviates" says why the answer is another one, and who decided that:',
    "a recorded exchange with the reference (file and scenario), a numbered oddity (Q) of the reference's protocol, a",
    'weakness (H) of its operation, or a divergence (D) from it.',
    '',
    ...table(['Specification', 'Rows', 'Proved', 'Not ours', 'Deviates'], ALL.map(summary)),
    '',
    ...ALL.flatMap(chapter),
    '## What implements it',
    '',
    ...[...sectionFiles()].flatMap(([name, sections]) => [
      `### ${name}: files`,
      '',
      ...table(
        ['Section', 'Files'],
        [...sections].map(([section, files]) => [section, files.map((file) => link(file)).join(', ')]),
      ),
      '',
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function summary({ name, rows }: Specification): string[] {
  const count = (kind: string) => String(rows.filter(([, , , proof]) => parseProof(proof)?.kind === kind).length);
  return [name, String(rows.length), count('test'), count('not ours'), count('deviates')];
}

const chapter = ({ name, title, url, rows }: Specification): string[] => [
  `### ${name}: ${title}`,
  '',
  `<${url}>`,
  '',
  ...table(['Section', 'Level', 'Demand', 'Proof'], rows.map(cells)),
  '',
];

function cells([section, level, requirement, proof]: Row): [string, Level, string, string] {
  const parsed = parseProof(proof);
  const shown =
    parsed?.kind === 'test' ? `${link(`test/${parsed.file}`, parsed.file)}: ${inCell(parsed.title)}` : inCell(proof);
  return [section, level, inCell(requirement), shown];
}

const link = (file: string, text = file): string => `[${text}](../${file})`;

/** Plain text in a cell of a table. */
const inCell = (text: string): string => text.replaceAll(/[\\|<>*_`[\]]/g, (character) => `\\${character}`);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
