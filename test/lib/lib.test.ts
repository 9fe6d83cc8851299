import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BoundedMap } from '../../src/lib/bounded_map.ts';
import { durationSeconds, formatDuration, parseDuration } from '../../src/lib/duration.ts';
import { parseJson } from '../../src/lib/json.ts';
import { murmur3 } from '../../src/lib/murmur3.ts';
import { onceFor } from '../../src/lib/once_for.ts';
import { isSameText } from '../../src/lib/same_text.ts';

describe('durations in the notation of Go', () => {
  const rows = [
    ['1h', '1h0m0s'],
    ['90m', '1h30m0s'],
    ['1.5h', '1h30m0s'],
    ['30s', '30s'],
    ['1.5s', '1.5s'],
    ['-1h', '-1h0m0s'],
    ['0', '0s'],
    ['0s', '0s'],
    ['1ms', '1ms'],
    ['1500us', '1.5ms'],
    ['1ns', '1ns'],
    ['1µs', '1µs'],
    ['4320h', '4320h0m0s'],
    ['1h1m1.001s', '1h1m1.001s'],
    ['.5s', '500ms'],
    ['+5m', '5m0s'],
  ] as const;
  for (const [text, expected] of rows) {
    it(`'${text}' is '${expected}'`, () =>
      assert.equal(formatDuration(parseDuration(text) ?? assert.fail()), expected));
  }
  for (const text of ['', '1', '1d', 'h', '1h-1m', '1 h', 's', '.s', '1e3s', '9999999999h', '-', '1h ']) {
    it(`'${text}' is none`, () => assert.equal(parseDuration(text), undefined));
  }
  it('become seconds', () => assert.equal(durationSeconds(parseDuration('1m500ms') ?? 0n), 60.5));
});

describe('a bounded map', () => {
  it('forgets what was set longest ago, and what was set again last', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1).set('b', 2).set('a', 3).set('c', 4);
    assert.deepEqual([...map], Object.entries({ a: 3, c: 4 }));
  });
});

describe('what is worked out once', () => {
  it('is worked out for each object, whatever comes of it', () => {
    let times = 0;
    const timesOf = onceFor((_of: object) => {
      times += 1;
      return times === 1 ? undefined : times;
    });
    const [one, other] = [{}, {}];
    assert.deepEqual([timesOf(one), timesOf(one), timesOf(other), timesOf(one)], [undefined, undefined, 2, undefined]);
  });
});

describe('texts', () => {
  it('are the same or not, of whatever length', () => {
    assert.ok(isSameText('', '') && isSameText('ü', 'ü'));
    for (const [one, other] of [
      ['a', 'b'],
      ['a', 'aa'],
      ['', 'a'],
      ['ab', 'ü'],
    ] as const) {
      assert.ok(!isSameText(one, other), `${one} ${other}`);
    }
  });
});

describe('MurmurHash3', () => {
  // Facts of the algorithm, and the one that the recordings show.
  for (const [text, hash] of [
    ['', 0],
    ['app', 2039377815],
    ['hello', 613153351],
    ['hello, world', 345750399],
    ['The quick brown fox jumps over the lazy dog.', 3586427900],
  ] as const) {
    it(`of '${text}' is ${hash}`, () => assert.equal(murmur3(text), hash));
  }
});

describe('JSON (RFC 8259)', () => {
  const parse = (text: string | Uint8Array) => parseJson(Buffer.from(text));
  it('is read strictly', () => {
    assert.deepEqual(parse('{"a":[1,null]}'), { a: [1, null] });
    for (const text of ['', '{', '{} {}', "{'a':1}", '{"a":1,}', 'NaN', '\u{feff}{}']) {
      assert.throws(() => parse(text), SyntaxError, text);
    }
  });
  it('has at most 64 levels, wherever they are, and never ends the stack', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    assert.equal(JSON.stringify(parse(nested(64))), nested(64));
    for (const levels of [65, 400_000]) {
      assert.throws(() => parse(nested(levels)), SyntaxError);
      assert.throws(() => parse(`{"a":1,"b":[2,${nested(levels)}]}`), SyntaxError);
    }
  });
  it('holds no NUL, no half surrogates, no broken UTF-8', () => {
    for (const text of ['{"a":"\\u0000"}', '{"a\\u0000":1}', '{"a":"\\ud800"}', '["\\udfff"]']) {
      assert.throws(() => parse(text), SyntaxError, text);
    }
    assert.throws(() => parse(Uint8Array.of(0x22, 0xff, 0x22)), SyntaxError);
    assert.equal(parse('"\\ud83d\\ude00"'), '😀');
    assert.equal(parse('"\\\\u0000"'), '\\u0000');
  });
});
