import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { accentOf } from '../../src/account_experience/accent.ts';
import { ConfigError, loadConfig } from '../../src/config/load.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { Site } from './site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-brand-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: string | Buffer): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

const PNG = Buffer.from('89504e470d0a1a0a0000000d', 'hex');
const SVG = '<?xml version="1.0"?>\n<!-- ours -->\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>';

const brandOf = (brand: JsonObject) =>
  loadConfig({ files: [], env: {}, flags: { dev: true }, forced: { gatehouse: { account_experience: { brand } } } })
    .config.gatehouse.account_experience.brand;

describe('the logo', () => {
  for (const [name, bytes, type] of [
    ['png', PNG, 'image/png'],
    ['jpg', Buffer.from('ffd8ffe000104a46', 'hex'), 'image/jpeg'],
    ['webp', 'RIFFxxxxWEBPVP8 ', 'image/webp'],
    ['svg', SVG, 'image/svg+xml'],
    ['svg_with_another_name.png', `\ufeff${SVG}`, 'image/svg+xml'],
  ] as const) {
    it(`may be ${name}, and is what the file holds`, () => {
      assert.equal(brandOf({ logo: file(name, bytes) }).logo?.type, type);
    });
  }

  for (const [what, logo, problem] of [
    ['a page', () => file('page.svg', '<!doctype html><html><svg></svg></html>'), /must be an image in PNG/],
    ['a text', () => file('text.png', 'svg'), /must be an image in PNG/],
    ['nothing', () => join(folder, 'missing.png'), /must be a file that can be read/],
    ['a folder', () => folder, /must be a file that can be read/],
    [
      'too large',
      () => file('large.png', Buffer.concat([PNG, Buffer.alloc(256 * 1024)])),
      /must be a file of at most 256 kB/,
    ],
    ['spaces without end', () => file('spaces.svg', ' '.repeat(200_000)), /must be an image in PNG/],
  ] as const) {
    it(`is refused at the start when it is ${what}`, () => {
      assert.throws(
        () => brandOf({ logo: logo() }),
        (error) => error instanceof ConfigError && problem.test(error.message),
      );
    });
  }
});

it('an address or a colour of another kind is refused at the start', () => {
  for (const brand of [
    { accent_color: 'red' },
    { accent_color: '#12345' },
    { accent_color: '#1a56b8;}body{display:none' },
    { terms_url: 'javascript:alert(1)' },
    { privacy_url: 'data:text/html,x' },
    { support: 'ftp://example.com' },
  ]) {
    assert.throws(() => brandOf(brand), ConfigError, JSON.stringify(brand));
  }
});

describe('WCAG 2.2 1.4.3, 1.4.11: whatever the accent is', () => {
  const colour = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);
  for (const [scheme, grounds] of [
    ['light', ['#f3f5f8', '#ffffff']],
    ['dark', ['#0e131a', '#18202a']],
  ] as const) {
    it(`the text of buttons, links and marks can be read, in the ${scheme} scheme`, () => {
      fc.assert(
        fc.property(colour, (accent) => {
          const { ground, on_ground, strong, mark } = accentOf(accent, grounds);
          assert.equal(ground, accent);
          assert.ok(contrast(on_ground, ground) >= 4.5, 'button');
          assert.ok(contrast(on_ground, strong) >= 4.5, 'button under the pointer');
          for (const card of grounds) assert.ok(contrast(mark, card) >= 4.5, `mark on ${card}`);
        }),
        { numRuns: 500 },
      );
    });
  }
});

/** WCAG 2.2, "contrast ratio", in the words of the definition. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const channel = (at: number) => {
      const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  };
  const [first, second] = [luminance(a) + 0.05, luminance(b) + 0.05];
  return Math.max(first, second) / Math.min(first, second);
}

describe('pages of a brand', () => {
  let site: Site;
  before(async () => {
    const brand = {
      name: 'Looms & Co',
      logo: file('logo.svg', SVG),
      accent_color: '#0F766E',
      terms_url: 'https://looms.example/terms?a=1&b="2"',
      support: 'mailto:help@looms.example',
    };
    site = await Site.start({ gatehouse: { account_experience: { brand } } });
  });
  after(() => site.close());

  it('show name, logo and links, and no link that is not set', async () => {
    const { text } = await site.loginPage(site.visitor());
    assert.match(text, /<title>Sign in – Looms &#38; Co<\/title>/);
    assert.match(text, /<img src="\/oauth2\/fallbacks\/logo\?v=[\w-]{16}" alt="Looms &#38; Co" height="40">/);
    const links = [...text.matchAll(/<a href="([^"]*)"([^>]*)>([^<]*)</g)].map(([, href, rest, words]) => [
      href,
      rest,
      words,
    ]);
    const rel = ' target="_blank" rel="noopener noreferrer nofollow"';
    assert.deepEqual(links, [
      ['https://looms.example/terms?a=1&#38;b=&#34;2&#34;', rel, 'Terms'],
      ['mailto:help@looms.example', rel, 'Help'],
    ]);
  });

  it('serve the logo from our origin, and as nothing but an image', async () => {
    const { text } = await site.visitor().get('/oauth2/fallbacks/error');
    const answer = await site.visitor().get(/<img src="([^"]*)"/.exec(text)?.[1] ?? '');
    assert.equal(answer.status, 200);
    assert.equal(answer.text, SVG);
    assert.equal(answer.headers.get('content-type'), 'image/svg+xml');
    assert.equal(answer.headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'; sandbox");
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  });

  it('have the accent in their style', async () => {
    const { text } = await site.visitor().get('/oauth2/fallbacks/style.css');
    assert.equal(text.split('--accent: #0f766e;').length, 3);
  });
});

it('a page without a brand has the mark of the gate, and there is no logo to load', async () => {
  const site = await Site.start();
  const { text } = await site.loginPage(site.visitor());
  assert.match(text, /<title>Sign in<\/title>.*<div class="brand"><svg /s);
  assert.doesNotMatch(text, /<footer>|<img/);
  assert.equal((await site.visitor().get('/oauth2/fallbacks/logo')).status, 404);
  await site.close();
});
