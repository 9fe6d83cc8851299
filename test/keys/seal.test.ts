import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Seal } from '../../src/keys/seal.ts';

const OLD = 'an-old-secret-of-some-length';
const NEW = 'a-new-secret-of-some-length';

describe('sealed values', () => {
  const seal = new Seal([NEW, OLD], 'test');

  it('open where they were meant to, and nowhere else', () => {
    const sealed = seal.sealJson({ a: 1 }, 'here');
    assert.deepEqual(seal.openJson(sealed, 'here'), { a: 1 });
    assert.equal(seal.open(sealed, 'there'), undefined);
    assert.equal(new Seal([NEW], 'another use').open(sealed, 'here'), undefined);
  });

  it('are sealed under the first secret and open under every one', () => {
    const old = new Seal([OLD], 'test').seal(Buffer.from('kept'), 'here');
    assert.equal(seal.open(old, 'here')?.toString(), 'kept');
    assert.equal(new Seal([OLD], 'test').open(seal.seal(Buffer.from('new'), 'here'), 'here'), undefined);
  });

  it('are sealed again under the first secret, know for ever which one it was at first, and open only for their purpose', () => {
    const oldest = new Seal(['the-oldest-secret-of-all'], 'test');
    const old = new Seal([OLD, 'the-oldest-secret-of-all'], 'test');
    const once = old.reseal(oldest.seal(Buffer.from('kept'), 'here'), ['there', 'here']) ?? assert.fail();
    const twice = seal.reseal(once, ['here']) ?? assert.fail();
    for (const sealed of [once, twice]) assert.deepEqual(sealed.subarray(5, 9), oldest.ids[0]);
    assert.equal(new Seal([NEW], 'test').open(twice, 'here')?.toString(), 'kept');
    assert.equal(seal.open(twice, 'there'), undefined);
    assert.equal(seal.reseal(twice, ['there']), undefined);
    assert.equal(seal.reseal(oldest.seal(Buffer.from('lost'), 'here'), ['here']), undefined);
  });

  it('do not open with a bit changed anywhere', () => {
    const sealed = seal.seal(Buffer.from('text'), 'here');
    for (const value of [sealed, seal.reseal(sealed, ['here']) ?? assert.fail()]) {
      for (let at = 0; at < value.length; at++) {
        const changed = Buffer.from(value);
        changed[at] = (changed[at] ?? 0) ^ 1;
        assert.equal(seal.open(changed, 'here'), undefined, `byte ${at}`);
      }
    }
  });

  it('do not open when cut short, and never throw', () => {
    const sealed = seal.seal(Buffer.from('text'), 'here');
    for (let length = 0; length < sealed.length; length++) {
      assert.equal(seal.open(sealed.subarray(0, length), 'here'), undefined);
    }
  });

  it('never look the same twice', () => {
    assert.notDeepEqual(seal.seal(Buffer.from('text'), 'here'), seal.seal(Buffer.from('text'), 'here'));
  });
});
