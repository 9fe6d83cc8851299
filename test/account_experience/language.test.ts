import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it, test } from 'node:test';
import { directionOf, textsFor } from '../../src/account_experience/language.ts';
import { showPage } from '../../src/account_experience/layout.ts';
import { Markup, markup } from '../../src/account_experience/markup.ts';
import * as languages from '../../src/account_experience/texts/index.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Site } from './site.ts';
import type { Visitor } from './visitor.ts';

/** What every text says by its path; a text that is filled in is asked what it makes of a word and of a number. */
function said(texts: unknown, path = ''): [path: string, text: string][] {
  if (typeof texts === 'string') return [[path, texts]];
  if (typeof texts === 'function') {
    return ['<Looms>', 2].map((value) => {
      const text = texts(value) as string | Markup;
      const shown = text instanceof Markup ? text.text : text;
      const filled = text instanceof Markup ? markup`${value}`.text : String(value);
      assert.ok(shown.includes(filled), `${path}: ${shown}`);
      assert.notEqual(shown, filled, path);
      return [`${path}(${typeof value})`, shown] as [string, string];
    });
  }
  return Object.entries(texts as object).flatMap(([name, value]) => said(value, `${path}.${name}`));
}

describe('the texts', () => {
  const wanted = said(languages.en).map(([path]) => path);
  for (const [name, texts] of Object.entries(languages)) {
    it(`in ${name} are there, every one, and say something`, () => {
      assert.equal(texts.language, name);
      assert.deepEqual(
        said(texts)
          .map(([path]) => path)
          .sort(),
        [...wanted].sort(),
      );
      for (const [path, text] of said(texts)) assert.match(text, /^\S(.*\S)?$/s, path);
    });
  }

  it('are more than a few, and in three languages', () => {
    assert.ok(wanted.length > 60, String(wanted.length));
    assert.deepEqual(Object.keys(languages), ['de', 'en', 'fr']);
  });
});

const asking = (accept?: string, query = '') => ({
  ...{ method: 'GET', path: '/', query, params: {}, remote_address: '', body: Buffer.of() },
  headers: accept === undefined ? {} : { 'accept-language': accept },
});

describe('OpenID Connect Core 3.1.2.1: the language of a page', () => {
  for (const [ui_locales, accept, language] of [
    [[], undefined, 'en'],
    [[], 'de', 'de'],
    [['fr'], 'de', 'fr'],
    [['de-CH-1996', 'fr'], undefined, 'de'],
    [['FR-CA'], 'de', 'fr'],
    [['nl', 'fr', 'de'], undefined, 'fr'],
    [['nl'], 'de', 'de'],
    [[''], 'de', 'de'],
    [['__proto__', 'constructor', 'de_DE'], 'fr', 'fr'],
    [[`de${'-x'.repeat(5_000)}`], 'fr', 'fr'],
  ] as const) {
    it(`is ${language} for ui_locales ${ui_locales.join(' ').slice(0, 40)} and Accept-Language ${accept}`, () => {
      assert.equal(textsFor(asking(accept), ui_locales).language, language);
    });
  }

  it('is the one that the page before handed on, unless the request says another', () => {
    assert.equal(textsFor(asking('de', 'a=b&ui_locales=fr')).language, 'fr');
    assert.equal(textsFor(asking('de', 'ui_locales=nl+fr')).language, 'fr');
    assert.equal(textsFor(asking('de', 'ui_locales=fr'), ['en']).language, 'en');
  });

  it('is one of ours, whatever stands in the URL', () => {
    for (const query of [
      'ui_locales=%',
      'ui_locales=%ff%fe',
      'ui_locales',
      `ui_locales=${'a-'.repeat(50_000)}`,
      '%00',
    ]) {
      assert.equal(textsFor(asking('de', query)).language, 'de');
    }
  });
});

describe('RFC 9110 12.5.4: Accept-Language', () => {
  for (const [accept, language] of [
    ['fr;q=0.5, de;q=0.9', 'de'],
    ['nl, fr;q=0.1', 'fr'],
    ['de;q=0, fr;q=0.001', 'fr'],
    ['de;q=0', 'en'],
    ['*', 'en'],
    ['*;q=0.1,de', 'de'],
    ['de-AT', 'de'],
    ['DE', 'de'],
    ['de ; q=0.3 , fr', 'fr'],
    ['fr,de', 'fr'],
    ['de;q=1.5, fr;q=0.2', 'fr'],
    ['de;q=x, fr;q=0.2', 'fr'],
    ['de;level=1', 'en'],
    ['', 'en'],
    [',,;q=1,', 'en'],
    ['"de"', 'en'],
    [`${'x'.repeat(999)},de`, 'en'],
    [`de,${'x,'.repeat(100_000)}`, 'de'],
    [`${' '.repeat(100_000)}`, 'en'],
  ] as const) {
    it(`${accept.slice(0, 30)} gets ${language}`, () => assert.equal(textsFor(asking(accept)).language, language));
  }
});

test('a page in a language that runs from right to left says so, and no rule of its style names left or right', async () => {
  const { config } = loadConfig({ files: [], env: {}, flags: { dev: true } });
  const site = { config };
  const texts = { ...languages.en, language: 'ar-EG' };
  assert.match(
    showPage(site, { status: 200, texts, title: 'a', main: markup`b` }).body,
    /^<!doctype html>\n<html lang="ar-EG" dir="rtl">/,
  );
  assert.deepEqual(['he', 'fa-IR', 'en', 'de-CH', 'arn', ''].map(directionOf), [
    'rtl',
    'rtl',
    'ltr',
    'ltr',
    'ltr',
    'ltr',
  ]);
  const { showStylesheet } = await import('../../src/account_experience/stylesheet.ts');
  assert.doesNotMatch(showStylesheet(site).body, /\b(left|right)\b/);
});

describe('a person of another language', () => {
  let site: Site;
  before(async () => {
    site = await Site.start();
  });
  after(() => site.close());
  let visitor: Visitor;
  beforeEach(() => {
    visitor = site.visitor();
  });

  it('is answered in it from login to consent, as the client asked', async () => {
    const login = await site.loginPage(visitor, { ui_locales: 'nl de' });
    assert.match(login.text, /<html lang="de" dir="ltr">.*<h1 id="login-title">Anmelden</s);
    assert.match(login.text, /und weiter zu <strong><bdi>Looms &#38; &#60;Sons&#62;<\/bdi><\/strong>/);
    const refused = await visitor.press(login, 'accept', { fields: { email: 'a@b.c', password: 'wrong' } });
    assert.match(refused.text, /passen nicht zusammen/);
    const consent = await site.consentPage(visitor, { ui_locales: 'nl de', scope: 'openid email read' });
    assert.match(consent.text, /<html lang="de".*Ihre E-Mail-Adresse sehen.*<code>read</s);
  });

  it('is told of a problem in it, after the form too', async () => {
    const login = await site.loginPage(visitor, { ui_locales: 'fr' });
    const lost = await visitor.press(login, 'accept', { fields: { csrf_token: 'lost' } });
    assert.equal(lost.status, 403);
    assert.match(lost.text, /<html lang="fr".*Veuillez recommencer/s);
  });

  it('gets every page in the language of the browser', async () => {
    for (const path of [
      'login',
      'consent',
      'logout',
      'logout/callback',
      'logout/stayed',
      'device',
      'device/done',
      'error',
    ]) {
      const page = await visitor.get(`/oauth2/fallbacks/${path}`, { 'accept-language': 'fr-CH, fr;q=0.9, en;q=0.8' });
      assert.match(page.text, /<html lang="fr" dir="ltr">/, path);
    }
  });

  it('what a client is told stays English', async () => {
    const login = await site.loginPage(visitor, { ui_locales: 'de' });
    const { location } = await visitor.press(login, 'reject');
    const answer = await visitor.follow(location);
    assert.equal(new URL(answer.location).searchParams.get('error_description'), 'The person cancelled the sign-in.');
  });
});
