import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { rfcDocument } from './document.ts';
import * as specifications from './index.ts';
import { citationsIn } from './sections.ts';
import { compareSections, parseProof, type Row, titlesOf } from './specification.ts';

const root = new URL('../..', import.meta.url).pathname;
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8');

/** Who may decide that we deviate. */
const SOURCE =
  /\((?:recorded '(?<recording>[\w-]+: [^']+)'|(?:public_protocol|admin_api|operations)\.md (?:[QH]\d+|SAFE \d+|\d+(?:\.\d+)*)|D-\d{2})\)$/;

const shown = ([section, level, requirement]: Row): string => `${section} ${level} ${requirement}`;

/** The scenarios that .ci/run replays. */
const recordings = read('test/recordings')
  .split('\n')
  .map((line) => line.split('\t')[1]);

for (const { name, rows } of Object.values(specifications)) {
  describe(`the table of ${name}`, () => {
    it('names tests that exist, or says why there is none', () => {
      for (const row of rows) {
        const proof = parseProof(row[3]) ?? assert.fail(`${shown(row)} has no proof: ${row[3]}`);
        if (proof.kind !== 'test') continue;
        assert.ok(existsSync(`${root}test/${proof.file}`), `${shown(row)}: there is no test/${proof.file}`);
        assert.ok(
          titlesOf(read(`test/${proof.file}`)).includes(proof.title),
          `${shown(row)}: test/${proof.file} has no test '${proof.title}'`,
        );
      }
    });

    it('deviates only where a source is named, and from what is replayed', () => {
      for (const row of rows) {
        const proof = parseProof(row[3]);
        if (proof?.kind !== 'deviates') continue;
        const { groups } = SOURCE.exec(proof.reason) ?? assert.fail(`${shown(row)} names nobody who decided it`);
        const { recording } = groups ?? {};
        if (recording !== undefined) {
          assert.ok(recordings.includes(recording), `${shown(row)}: '${recording}' is not in test/recordings`);
        }
      }
    });

    it('is in the order of the sections, without empty cells, each row once', () => {
      assert.ok(rows.length > 0);
      for (const row of rows) for (const cell of row) assert.equal(cell, cell.trim() || assert.fail(shown(row)));
      for (const [at, row] of rows.slice(1).entries()) {
        const before = rows[at] ?? assert.fail();
        assert.ok(compareSections(before[0], row[0]) <= 0, `${shown(row)} stands behind ${shown(before)}`);
      }
      const texts = rows.map(([section, , requirement]) => `${section} ${requirement}`);
      assert.deepEqual(
        texts.filter((text, at) => texts.indexOf(text) !== at),
        [],
      );
    });
  });
}

describe('docs/rfc.md', () => {
  it('is what the tables and the comments say: `npm run rfc` writes it', () => {
    assert.equal(read('docs/rfc.md'), rfcDocument());
  });

  it('finds the sections in a comment', () => {
    const comment =
      '/**\n * RFC 6749 sections 4.1.2.1 and\n * 5.2, OpenID Connect Core section 9, RFC 6749 appendix B.\n */';
    assert.deepEqual(citationsIn(comment), [
      ['RFC 6749', '4.1.2.1'],
      ['RFC 6749', '5.2'],
      ['OpenID Connect Core', '9'],
      ['RFC 6749', 'B'],
    ]);
  });

  it('sorts sections by number, and appendices behind them', () => {
    const sections = ['B', '10', '4.1.2.1', '4', '4.1.10', '4.1.2'];
    assert.deepEqual(sections.sort(compareSections), ['4', '4.1.2', '4.1.2.1', '4.1.10', '10', 'B']);
  });
});
