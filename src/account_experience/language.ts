import type { Request } from '../http/request.ts';
import * as languages from './texts/index.ts';
import type { Texts } from './texts.ts';

/** By their tags in lower case. */
const LANGUAGES: ReadonlyMap<string, Texts> = new Map(
  Object.values(languages).map((texts) => [texts.language.toLowerCase(), texts]),
);

/** Those that are written from right to left, whether we speak them or not. */
const RIGHT_TO_LEFT = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'syr', 'ug', 'ur', 'yi']);

/** Of a header or a parameter, in characters: nobody reads that many languages. */
const LONGEST = 1000;
/** RFC 5646 section 4.4.1. */
const LONGEST_TAG = 35;

/**
 * OpenID Connect Core section 3.1.2.1: the `ui_locales` of the request that brought the person here, then those that
 * our own pages hand on in the URL, then what the browser asks for. English for who reads none of our languages.
 */
export function textsFor(request: Request, ui_locales: readonly string[] = []): Texts {
  const wanted = [...ui_locales.slice(0, LONGEST), ...handedOn(request), ...acceptedBy(request)];
  for (const tag of wanted) {
    const texts = lookUp(tag);
    if (texts) return texts;
  }
  return languages.en;
}

/** What the links and forms of our pages say, so that the next page has the language of this one. */
export const inLanguage = ({ language }: Texts): { readonly ui_locales: string } => ({ ui_locales: language });

export const directionOf = (language: string): 'ltr' | 'rtl' =>
  RIGHT_TO_LEFT.has(language.split('-')[0] ?? '') ? 'rtl' : 'ltr';

/** Whatever the URL holds: the page of an unreadable one has a language too. */
const handedOn = ({ query }: Request): readonly string[] =>
  query.includes('ui_locales') ? (new URLSearchParams(query).get('ui_locales') ?? '').slice(0, LONGEST).split(' ') : [];

/** RFC 9110 section 12.5.4, the dearest first. A range that cannot be read counts for nothing. */
function acceptedBy({ headers }: Request): readonly string[] {
  return (headers['accept-language'] ?? '')
    .slice(0, LONGEST)
    .split(',')
    .map((range) => /^\s*([a-z\d-]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/i.exec(range))
    .map((parts) => ({ tag: parts?.[1] ?? '', quality: Number(parts?.[2] ?? 1) }))
    .filter(({ tag, quality }) => tag !== '' && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}

/** RFC 4647 section 3.4: Swiss German is German where there is no Swiss one. */
function lookUp(tag: string): Texts | undefined {
  if (tag.length > LONGEST_TAG) return undefined;
  for (let range = tag.toLowerCase(); range !== ''; range = range.slice(0, Math.max(0, range.lastIndexOf('-')))) {
    const texts = LANGUAGES.get(range);
    if (texts) return texts;
  }
  return undefined;
}
