import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../src/lib/json.ts';
import { Site } from './site.ts';

const FALLBACKS = '/oauth2/fallbacks';
const OFF = { gatehouse: { account_experience: { enabled: false } } };
const ISSUER = { issuer: 'http://issuer.test/' };
const ALL_ELSEWHERE = {
  urls: {
    self: ISSUER,
    login: 'https://ui.example/login',
    consent: 'https://ui.example/consent',
    logout: 'https://ui.example/logout',
    error: 'https://ui.example/error',
    post_logout_redirect: 'https://ui.example/bye',
    device: { verification: 'https://ui.example/device', success: 'https://ui.example/done' },
  },
};

/** What a page says of itself, or nothing. */
async function bodies(more: JsonObject, paths: readonly string[]): Promise<Record<string, string>> {
  const site = await Site.start(more);
  const shown: Record<string, string> = {};
  for (const path of paths) {
    const { status, text } = await site.visitor().get(FALLBACKS + path);
    shown[path] = /<link rel="stylesheet"/.test(text)
      ? 'ours'
      : (/<code>([\w.]+)<\/code>/.exec(text)?.[1] ?? String(status));
  }
  await site.close();
  return shown;
}

const KEYS = {
  '/login': 'urls.login',
  '/consent': 'urls.consent',
  '/logout': 'urls.logout',
  '/logout/callback': 'urls.post_logout_redirect',
  '/device': 'urls.device.verification',
  '/device/done': 'urls.device.success',
  '/error': 'urls.error',
};

describe('the account experience', () => {
  it('leaves the names of the keys in its places when it is off', async () => {
    const nowhere = { '/logout/stayed': '404', '/style.css': '404', '/logo': '404', '/device/qr.svg': '404' };
    const expected = { ...KEYS, ...nowhere };
    assert.deepEqual(await bodies(OFF, Object.keys(expected)), expected);
    assert.deepEqual(await bodies(ALL_ELSEWHERE, Object.keys(expected)), expected);
  });

  for (const [path, urls] of [
    ['/login', { login: 'https://ui.example/' }],
    ['/consent', { consent: 'https://ui.example/' }],
    ['/logout', { logout: 'https://ui.example/' }],
    ['/logout/callback', { post_logout_redirect: 'https://ui.example/' }],
    ['/device', { device: { verification: 'https://ui.example/' } }],
    ['/device/done', { device: { success: 'https://ui.example/' } }],
    ['/error', { error: 'https://ui.example/' }],
  ] as const) {
    it(`has every page but ${path} when that one is somebody else's`, async () => {
      const expected = { ...Object.fromEntries(Object.keys(KEYS).map((each) => [each, 'ours'])), [path]: KEYS[path] };
      assert.deepEqual(await bodies({ urls: { self: ISSUER, ...urls } }, Object.keys(KEYS)), expected);
    });
  }

  it('that is off takes no form', async () => {
    const site = await Site.start(OFF);
    for (const path of ['/login', '/consent', '/logout', '/device']) {
      const answer = await fetch(new URL(FALLBACKS + path, site.deployment.publicOrigin), { method: 'POST' });
      assert.ok([404, 405].includes(answer.status), `${path}: ${answer.status}`);
    }
    await site.close();
  });

  it('that is off tells who sets the server up what went wrong, escaped', async () => {
    const site = await Site.start(OFF);
    const page = await site.visitor().get(`${FALLBACKS}/error?error=a&error_description=%3Cb%3E&error_hint=c&other=d`);
    assert.equal(page.status, 400);
    assert.match(page.text, /<dt>error<\/dt><dd>a<\/dd>.*<dd>&#60;b&#62;<\/dd>.*<dt>error_hint<\/dt><dd>c<\/dd>/s);
    assert.doesNotMatch(page.text, /other|<script/);
    assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'/);
    await site.close();
  });
});

/** The modules of the pages that a process has loaded once its server runs. */
function loadedBy(more: JsonObject): string[] {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    const { loadConfig } = await import('./src/config/load.ts');
    const { startServer } = await import('./src/server.ts');
    const forced = ${JSON.stringify({ serve: { public: { host: '127.0.0.1', port: 0 }, admin: { host: '127.0.0.1', port: 0 } }, log: { level: 'error' }, ...more })};
    const { config } = loadConfig({ files: [], env: {}, flags: { dev: true }, forced });
    const { addresses, close } = await startServer(config, { listeners: ['public', 'admin'] });
    await fetch(new URL('/oauth2/auth?client_id=unknown', addresses.public), { redirect: 'manual' });
    await close();
    console.log(JSON.stringify(loaded.filter((url) => /account_experience\\/|\\/uqr\\//.test(url) && !url.includes('/config/'))));`;
  const cwd = new URL('../..', import.meta.url);
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd, encoding: 'utf8' }),
  );
}

describe('a server', () => {
  it('without pages loads no module of theirs', () => {
    assert.deepEqual(loadedBy(OFF), []);
    assert.deepEqual(loadedBy(ALL_ELSEWHERE), []);
  });

  it('with pages does, and no drawing of codes before somebody wants one', () => {
    const loaded = loadedBy({});
    assert.ok(loaded.some((url) => url.endsWith('/account_experience/login.ts')));
    assert.ok(!loaded.some((url) => url.includes('/uqr/')));
  });
});
