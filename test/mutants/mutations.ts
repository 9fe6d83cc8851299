/** One check less: where, and what the file is without it. */
export type Mutant = { readonly file: string; readonly line: number; readonly check: string; readonly text: string };

/**
 * Every way to leave one check out of a file: a guard that throws or gives up, a call of a function whose name begins
 * with `check`, a row of a table of checks.
 */
export function mutantsOf(file: string, text: string): Mutant[] {
  const lineAt = (index: number) => text.slice(0, index).split('\n').length;
  const without = (start: number, end: number, replacement: string): Mutant => ({
    file,
    line: lineAt(start),
    check: text.slice(start, end).replaceAll(/\s+/g, ' ').trim().slice(0, 110),
    text: text.slice(0, start) + replacement + text.slice(end),
  });
  return [
    ...guardsOf(text).map(({ start, open, close, end }) => ({
      ...without(start, end, `if ((${text.slice(open + 1, close)}) && false)${text.slice(close + 1, end)}`),
    })),
    ...callsOf(text).map(([start, end]) => without(start, end, '')),
    ...rowsOf(text).map(([start, end]) => without(start, end, '')),
  ];
}

type Guard = { readonly start: number; readonly open: number; readonly close: number; readonly end: number };

const GIVES_UP = /^\s*(?:\{\s*)?(?:throw\b|return (?:undefined|false|refused\b|invalid\b|Promise\.reject)|return;)/;

/** `if (…) throw …` and the like, with and without braces. */
function guardsOf(text: string): Guard[] {
  return [...text.matchAll(/\bif \(/g)].flatMap(({ index: start }) => {
    const open = start + 'if '.length;
    const close = closing(text, open);
    const rest = text.slice(close + 1);
    if (!GIVES_UP.test(rest)) return [];
    const isBlock = /^\s*\{/.test(rest);
    const end = isBlock ? closing(text, text.indexOf('{', close)) + 1 : statementEnd(text, close + 1);
    return [{ start, open, close, end }];
  });
}

/** Whole lines, or lines that go on. */
function callsOf(text: string): [number, number][] {
  return [...text.matchAll(/^ +(?:await )?check[A-Z]\w*\(/gm)].flatMap(({ index, 0: head }) => {
    const end = closing(text, index + head.length - 1) + 1;
    return text[end] === ';' ? [[index, end + 1] as [number, number]] : [];
  });
}

/** The elements of what is declared as `readonly Check[]` or `readonly Rule[]`. */
function rowsOf(text: string): [number, number][] {
  return [...text.matchAll(/: readonly (?:Check|Rule)\[\] = \[/g)].flatMap(({ index, 0: head }) => {
    const open = index + head.length - 1;
    const end = closing(text, open);
    const rows: [number, number][] = [];
    let start = open + 1;
    for (let at = start; at < end; at++) {
      const character = text[at] ?? '';
      if ('([{'.includes(character)) at = closing(text, at);
      else if ('\'"`'.includes(character)) at = afterText(text, at);
      else if (character === ',') {
        rows.push([start, at + 1]);
        start = at + 1;
      }
    }
    return rows;
  });
}

const PAIRS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The index of what closes the bracket at `open`. Knows texts and comments, and the few regular expressions of a guard. */
function closing(text: string, open: number): number {
  const wanted = PAIRS[text[open] ?? ''] ?? '';
  for (let at = open + 1; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === wanted) return at;
    if (character in PAIRS) at = closing(text, at);
    else if ('\'"`'.includes(character)) at = afterText(text, at);
    else if (character === '/' && text[at + 1] === '/') at = text.indexOf('\n', at);
    else if (character === '/' && text[at + 1] === '*') at = text.indexOf('*/', at) + 1;
    else if (character === '/' && /[(,=!&|]\s*$/.test(text.slice(Math.max(0, at - 5), at))) at = afterRegExp(text, at);
  }
  throw new Error(`nothing closes ${text.slice(open, open + 40)}`);
}

/** The index of the quote that ends the text. */
function afterText(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at;
    else if (quote === '`' && text.startsWith('${', at)) at = closing(text, at + 1);
  }
  throw new Error('a text does not end');
}

function afterRegExp(text: string, start: number): number {
  let isClass = false;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '[') isClass = true;
    else if (text[at] === ']') isClass = false;
    else if (text[at] === '/' && !isClass) return at;
  }
  throw new Error('a regular expression does not end');
}

/** After the semicolon that ends the statement at `start`. */
function statementEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character in PAIRS) at = closing(text, at);
    else if ('\'"`'.includes(character)) at = afterText(text, at);
    else if (character === ';') return at + 1;
  }
  throw new Error('a statement does not end');
}
