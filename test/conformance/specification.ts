/** REQUIRED and SHALL count as MUST, RECOMMENDED as SHOULD (RFC 2119). */
export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT';

/**
 * One requirement, in our words, and what becomes of it: `file > title` of the test that fails without it,
 * `not ours: why`, or `deviates: why (source)`.
 */
export type Row = readonly [section: string, level: Level, requirement: string, proof: string];

export type Specification = {
  /** As the comments in src write it before a section. */
  readonly name: string;
  readonly title: string;
  readonly url: string;
  /** In the order of the sections. */
  readonly rows: readonly Row[];
};

/** Sections by number, appendices behind them. */
export function compareSections(one: string, other: string): number {
  const [left, right] = [one.split('.'), other.split('.')];
  for (const [at, part] of left.entries()) {
    const against = right[at];
    if (against === undefined) return 1;
    if (part !== against) return rank(part) - rank(against);
  }
  return left.length - right.length;
}

/** Above every number of a section. */
const APPENDIX = 1000;

const rank = (part: string): number => (/^\d+$/.test(part) ? Number(part) : APPENDIX + part.charCodeAt(0));

const TITLE = /\b(?:describe|it|test)\(\s*(?<quote>['"`])(?<title>(?:\\.|(?!\k<quote>)[^\\])*)\k<quote>/gs;

/** The titles of a test file as they stand in its source: those of a loop with their `${…}`. */
export const titlesOf = (source: string): string[] =>
  [...source.matchAll(TITLE)].map(({ groups }) => (groups?.title ?? '').replaceAll(/\\(.)/gs, '$1'));

export type Proof =
  | { readonly kind: 'test'; readonly file: string; readonly title: string }
  | { readonly kind: 'not ours' | 'deviates'; readonly reason: string };

/** Undefined for what is none of the three. */
export function parseProof(proof: string): Proof | undefined {
  const [, kind, reason = ''] = /^(not ours|deviates): (.+)$/.exec(proof) ?? [];
  if (kind === 'not ours' || kind === 'deviates') return { kind, reason };
  const [, file, title] = /^([\w/.]+\.ts) > (.+)$/.exec(proof) ?? [];
  return file === undefined || title === undefined ? undefined : { kind: 'test', file, title };
}
