import { BAD_BYTE, type Message, type Pair, type Place, spell, withPairs } from './message.ts';

/**
 * What becomes of a request. `unreadable`: its parts do not decode. `same`: nothing that counts. `missing`: as without the
 * parameter. `value`: it has another value, and perhaps of another type; the schema tells. `nowhere`: no endpoint sees it.
 */
export type Effect = 'unreadable' | 'same' | 'missing' | 'value' | 'too large' | 'nowhere' | 'form ignored' | 'any';

export type Mutated = {
  readonly message: Message;
  readonly effect: Effect;
  /** For `value` in JSON: what it is now. */
  readonly value?: unknown;
};

export type Mutation = {
  readonly name: string;
  /** Of one parameter, or of the whole request. */
  readonly of: readonly Place[] | 'request';
  /** Undefined where it has no meaning. `turn` counts how often it came before, so that each spelling has its turn. */
  apply(message: Message, place: Place, name: string, turn: number): Mutated | undefined;
};

const TEXTS: readonly Place[] = ['query', 'form', 'json', 'header'];
const ALL: readonly Place[] = ['path', 'query', 'form', 'json', 'header'];

export const turnOf = <T>(values: readonly T[], turn: number): T => values[turn % values.length] as T;

const without = (message: Message, place: Place, name: string): Message =>
  withPairs(message, place, (pairs) => pairs.filter(([each]) => each !== name));

/** In its place, or behind the others where it was not there. */
function replaced(message: Message, place: Place, name: string, text: string): Message {
  return withPairs(message, place, (pairs) =>
    pairs.some(([each]) => each === name)
      ? pairs.map((pair): Pair => (pair[0] === name ? [name, text] : pair))
      : [...pairs, [name, text]],
  );
}

const isThere = (message: Message, place: Place, name: string): boolean =>
  message.pairs[place].some(([each]) => each === name);

export const valued = (message: Message, place: Place, name: string, value: unknown): Mutated => ({
  message: replaced(message, place, name, spell(place, value)),
  effect: 'value',
  value,
});

const value = (name: string, places: readonly Place[], values: readonly unknown[]): Mutation => ({
  name,
  of: places,
  apply: (message, place, parameter, turn) => valued(message, place, parameter, turnOf(values, turn)),
});

/** As JSON spells them; in a text the same characters. */
const NUMBERS = [
  '1e400',
  '9223372036854775808',
  '-1',
  '0.5',
  '-9223372036854775809',
  '9007199254740993',
  '1e300',
  '-0',
  '1e-7',
];
const DEEP = `${'['.repeat(6_000)}${']'.repeat(6_000)}`;
const DEEPER = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;

/** Every one of them is told apart from the others by a column of the matrix. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'missing',
    of: TEXTS,
    apply: (message, place, name) =>
      isThere(message, place, name) ? { message: without(message, place, name), effect: 'missing' } : undefined,
  },
  {
    name: 'empty',
    of: TEXTS,
    apply: (message, place, name) =>
      place === 'json'
        ? valued(message, place, name, '')
        : { message: replaced(message, place, name, ''), effect: 'missing' },
  },
  {
    name: 'repeated',
    of: ['query', 'form', 'json'],
    apply(message, place, name) {
      const known = message.pairs[place].find(([each]) => each === name);
      return known && { message: withPairs(message, place, (pairs) => [...pairs, known]), effect: 'same' };
    },
  },
  {
    name: '64 kB',
    of: ALL,
    apply(message, place, name) {
      const long = valued(message, place, name, 'x'.repeat(64 * 1024));
      return ['form', 'json'].includes(place) ? long : { ...long, effect: 'too large' };
    },
  },
  value('256 characters', ALL, ['x'.repeat(256), '/'.repeat(256), 'é'.repeat(256), ' x'.repeat(130)]),
  value(
    'combining',
    ALL.filter((place) => place !== 'header'),
    ['e\u0301'.repeat(200), '👩‍👩‍👧‍👦'.repeat(60), `${'\u0301'.repeat(300)}`],
  ),
  value(
    '4-byte',
    ALL.filter((place) => place !== 'header'),
    ['𝔸', '🔑'.repeat(255), 'a\u{10ffff}b'],
  ),
  {
    name: 'not UTF-8',
    of: ['path', 'query', 'form', 'json'],
    apply(message, place, name, turn) {
      const text = place === 'json' ? `"a${BAD_BYTE}"` : turnOf(['%ff', 'a%c3%28', '%f5%80%80%80'], turn);
      return { message: replaced(message, place, name, text), effect: place === 'path' ? 'nowhere' : 'unreadable' };
    },
  },
  {
    name: 'NUL',
    of: ['path', 'query', 'form', 'json'],
    apply(message, place, name, turn) {
      const text =
        place === 'json' ? turnOf(['"\\u0000"', '"a\\u0000b"', '{"\\u0000":1}'], turn) : turnOf(['%00', 'a%00b'], turn);
      return { message: replaced(message, place, name, text), effect: place === 'path' ? 'nowhere' : 'unreadable' };
    },
  },
  {
    name: 'surrogate',
    of: ['path', 'query', 'form', 'json'],
    apply(message, place, name, turn) {
      const text = place === 'json' ? turnOf(['"\\ud800"', '"\\udc00\\ud800"'], turn) : '%ed%a0%80';
      return { message: replaced(message, place, name, text), effect: place === 'path' ? 'nowhere' : 'unreadable' };
    },
  },
  {
    name: 'cut',
    of: ['path', 'query', 'form', 'json'],
    apply(message, place, name, turn) {
      if (place === 'json') {
        const whole = replaced(message, place, name, turnOf(['"a', '[1', '{"a":', 'tru', '1.', '"\\u12'], turn));
        return { message: whole, effect: 'unreadable' };
      }
      const text = `a${turnOf(['%', '%2', '%zz', '%2%2f'], turn)}`;
      return { message: replaced(message, place, name, text), effect: place === 'path' ? 'nowhere' : 'unreadable' };
    },
  },
  {
    name: 'type',
    of: ['json'],
    apply: (message, place, name, turn) =>
      valued(message, place, name, turnOf([42, true, 'text', ['x'], { a: 1 }, [[]], [null], [{}], {}, []], turn)),
  },
  {
    name: 'null',
    of: ['json'],
    apply: (message, place, name) => ({ ...valued(message, place, name, null), effect: 'missing' }),
  },
  {
    name: 'number',
    of: ['query', 'form', 'json', 'header', 'path'],
    apply(message, place, name, turn) {
      const text = turnOf(NUMBERS, turn);
      return {
        message: replaced(message, place, name, text),
        effect: 'value',
        value: place === 'json' ? Number(text) : text,
      };
    },
  },
  {
    name: 'deep',
    of: ['form', 'json'],
    apply(message, place, name, turn) {
      if (place === 'form') return valued(message, place, name, DEEP);
      return { message: replaced(message, place, name, turnOf([DEEP, DEEPER], turn)), effect: 'unreadable' };
    },
  },
  {
    name: '__proto__',
    of: ['query', 'form', 'json'],
    apply(message, place, _name, turn) {
      const word = turnOf(['__proto__', 'constructor', 'prototype', 'toString'], turn);
      return {
        message: withPairs(message, place, (pairs) => [...pairs, [word, place === 'json' ? '{"isAdmin":true}' : 'x']]),
        effect: 'same',
      };
    },
  },
  {
    name: 'inherited',
    of: ALL,
    apply: (message, place, name, turn) =>
      valued(message, place, name, turnOf(['__proto__', 'constructor', 'hasOwnProperty', 'valueOf'], turn)),
  },
  value(
    'blanks',
    ALL.filter((place) => place !== 'header'),
    [' ', '\t\r\n', ' x ', '\u00a0', '\u2028'],
  ),
  {
    name: 'method',
    of: 'request',
    apply: (message, _place, _name, turn) => ({
      message: { ...message, method: turnOf(['PURGE', 'PROPFIND', 'LOCK', 'SEARCH'], turn) },
      effect: 'nowhere',
    }),
  },
  {
    name: 'content type',
    of: 'request',
    apply(message, _place, _name, turn) {
      if (bodyLess(message)) return undefined;
      const type = turnOf(['text/plain', 'multipart/form-data; boundary=x', 'application/xml', 'x'], turn);
      const isForm = message.pairs.form.length > 0;
      return { message: replaced(message, 'header', 'content-type', type), effect: isForm ? 'form ignored' : 'same' };
    },
  },
  {
    name: 'encoding',
    of: 'request',
    apply(message, _place, _name, turn) {
      if (bodyLess(message)) return undefined;
      const text = message.pairs.form.length > 0 ? 'a=b' : '{}';
      const body = turnOf(
        [Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.of(0x1f, 0x8b, 8, 0, 0xff), Buffer.of(0xfe, 0xff, 0)],
        turn,
      );
      return { message: { ...message, body }, effect: 'unreadable' };
    },
  },
  {
    name: 'no object',
    of: 'request',
    apply(message, _place, _name, turn) {
      if (message.json === undefined) return undefined;
      const body = Buffer.from(turnOf(['"x"', '1', 'true', '1 2', '{}{}', "{'a':1}", '\ufeff{}'], turn));
      return { message: { ...message, body }, effect: 'unreadable' };
    },
  },
  {
    name: 'no body',
    of: 'request',
    apply: (message) =>
      bodyLess(message) ? undefined : { message: { ...message, body: Buffer.alloc(0) }, effect: 'any' },
  },
  {
    name: 'body',
    of: 'request',
    apply: (message) =>
      bodyLess(message) ? { message: { ...message, body: Buffer.from('a=%ff&{') }, effect: 'same' } : undefined,
  },
  {
    name: 'headers',
    of: 'request',
    apply(message, _place, _name, turn) {
      const [name, text] = turnOf<Pair>(
        [
          ['cookie', ';=;==;%;a=%ff;__proto__=1'],
          ['accept', ';q=x,*/*;q=2,,'],
          ['origin', 'null'],
          ['accept-language', '*;;q'],
          ['x-forwarded-for', ',,::ffff:999,%,[::'],
          ['if-none-match', 'W/"x",*,"'],
        ],
        turn,
      );
      return isThere(message, 'header', name)
        ? undefined
        : { message: replaced(message, 'header', name, text), effect: 'same' };
    },
  },
];

const bodyLess = ({ pairs, json }: Message): boolean => pairs.form.length === 0 && json === undefined;
