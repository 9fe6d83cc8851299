import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { introduced, linksOf, withImage } from '../../src/account_experience/about_client.ts';
import { en } from '../../src/account_experience/texts/en.ts';
import { Site } from './site.ts';
import type { Shown } from './visitor.ts';

let site: Site;
before(async () => {
  site = await Site.start({
    oidc: { dynamic_client_registration: { enabled: true } },
    gatehouse: {
      account_experience: {
        show_client_images: true,
        scopes: {
          read: { title: 'Read <everything>', text: 'In one language.' },
          email: { en: { title: 'Mail', text: '' }, fr: { title: 'Courriel', text: 'En deux.' } },
          profile: { fr: { title: 'Profil', text: '' } },
        },
      },
    },
  });
});
after(() => site.close());

/** The consent page of a client with these metadata, and its login page before it. */
async function pagesOf(
  metadata: Record<string, unknown>,
  parameters: Record<string, string> = {},
): Promise<{ login: Shown; consent: Shown }> {
  const client_id = String(metadata.client_id ?? `client-${Math.random()}`);
  if (!metadata.client_id) await site.deployment.createClient({ client_id, ...metadata });
  const asked = { client_id, ...parameters };
  return {
    login: await site.loginPage(site.visitor(), asked),
    consent: await site.consentPage(site.visitor(), asked),
  };
}

const idsIn = ({ text }: Shown): string[] =>
  [...text.matchAll(/ id="(client-\w+|destination)"/g)].map(([, id]) => id ?? '');

const words = ({ text }: Shown): string => text.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');

describe('the consent page, of a client', () => {
  it('with a name and a site of its own, says where it leads and warns of nothing', async () => {
    const { consent } = await pagesOf({ client_name: 'Prints' });
    assert.deepEqual(idsIn(consent), ['destination']);
    assert.match(words(consent), /Afterwards you go on to app\.example\.com/);
  });

  it('RFC 7591 5: that registered itself, says so', async () => {
    const metadata = { client_name: 'Prints', redirect_uris: ['https://prints.example.com/'], scope: 'openid' };
    const url = new URL('/oauth2/register', site.deployment.publicOrigin);
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(metadata) });
    const { client_id } = (await answer.json()) as { client_id: string };
    const redirect_uri = 'https://prints.example.com/';
    const { consent } = await pagesOf({ client_id }, { redirect_uri, scope: 'openid' });
    assert.deepEqual(idsIn(consent), ['client-unknown', 'destination']);
  });

  it('without a name, shows its identifier and says so', async () => {
    const { consent } = await pagesOf({ client_name: '  ' });
    assert.deepEqual(idsIn(consent), ['client-nameless', 'destination']);
    assert.match(consent.text, /<strong><bdi>client-0\.\d+<\/bdi><\/strong> asks for access/);
  });

  for (const [redirect_uri, ids, said] of [
    ['http://localhost:3000/cb', ['client-loopback', 'destination'], /go on to localhost/],
    ['http://127.0.0.1:3000/cb', ['client-loopback', 'destination'], /go on to 127\.0\.0\.1/],
    ['http://[::1]:3000/cb', ['client-loopback', 'destination'], /go on to \[::1\]/],
    ['com.example.app:/cb', ['destination'], /an application on your device/],
    ['https://b%C3%BCcher.example/cb', ['destination'], /go on to xn--bcher-kva\.example/],
    ['https://paypal.com.evil.example/cb', ['destination'], /go on to paypal\.com\.evil\.example/],
    ['https://paypal.com@evil.example/cb', ['destination'], /go on to evil\.example/],
  ] as const) {
    it(`RFC 8252 7, 8.3: at ${redirect_uri}, says what that is`, async () => {
      const { consent } = await pagesOf({ client_name: 'x', redirect_uris: [redirect_uri] }, { redirect_uri });
      assert.deepEqual(idsIn(consent), ids);
      assert.match(words(consent), said);
    });
  }

  it('RFC 7591 2: links to its policy and its terms, where they are pages of the web', async () => {
    const { consent } = await pagesOf({ policy_uri: 'https://a.example/p?"', tos_uri: 'http://a.example/t' });
    const rel = 'target="_blank" rel="noopener noreferrer nofollow"';
    assert.ok(consent.text.includes(`<a href="https://a.example/p?&#34;" ${rel}>Privacy policy</a>`));
    assert.ok(consent.text.includes(`<a href="http://a.example/t" ${rel}>Terms of service</a>`));
    for (const uri of [
      '',
      'javascript:alert(1)',
      ' javascript:alert(1)',
      'data:text/html,x',
      'ftp://a.example/',
      '//a',
    ]) {
      assert.deepEqual(linksOf(en, { client_id: 'a', policy_uri: uri, tos_uri: uri }), [], uri);
    }
  });
});

describe('the logo of a client', () => {
  const policyOf = (page: Shown): string => String(page.headers.get('content-security-policy'));

  it('is loaded from its origin and from no other, where that is allowed', async () => {
    const { login, consent } = await pagesOf({ logo_uri: 'https://cdn.example:8443/logo.png?a&b' });
    for (const page of [login, consent]) {
      assert.ok(
        page.text.includes('<img src="https://cdn.example:8443/logo.png?a&#38;b" alt="" width="48" height="48">'),
      );
      assert.match(policyOf(page), /; img-src 'self' https:\/\/cdn\.example:8443 data:;/);
    }
  });

  it('is not loaded from where no image comes, and cannot widen the policy', async () => {
    const headers = { 'content-security-policy': "default-src 'none'; img-src 'self' data:" };
    for (const logo_uri of [
      'javascript:alert(1)',
      'data:image/png;base64,AA',
      "https://a.example;script-src 'x'/",
      "https://a.example'/",
      'https://[::1]/a',
      'https:',
      '//a.example/logo.png',
    ]) {
      const client = { client_id: 'a', logo_uri };
      assert.doesNotMatch(introduced(site.server, client, en.login.lead).text, /<img/, logo_uri);
      assert.deepEqual(withImage(site.server, client, headers), headers, logo_uri);
    }
  });

  it('is not loaded without leave', async () => {
    const strict = await Site.start();
    await strict.deployment.createClient({ client_id: 'b', logo_uri: 'https://cdn.example/logo.png' });
    const page = await strict.loginPage(strict.visitor(), { client_id: 'b' });
    assert.doesNotMatch(page.text, /<img|cdn\.example/);
    assert.doesNotMatch(policyOf(page), /cdn\.example/);
    await strict.close();
  });
});

describe('what is asked for, in words', () => {
  const SCOPE = 'openid email profile read';

  it('is as the operator says it, else as we do, else a name', async () => {
    const { consent } = await pagesOf({ scope: `${SCOPE} other` }, { scope: `${SCOPE} other` });
    assert.match(consent.text, /Know who you are<small>.*Mail<\/span>.*Profil<\/span>/s);
    assert.match(consent.text, /Read &#60;everything&#62;<small>In one language\.<\/small>.*<code>other<\/code>/s);
  });

  it('is in the language of the person, as far as somebody said it', async () => {
    const { consent } = await pagesOf({ scope: SCOPE }, { scope: SCOPE, ui_locales: 'fr' });
    assert.match(consent.text, /Savoir qui vous êtes<small>.*Courriel<small>En deux\..*Profil<.*Read &#60;everything/s);
    const german = (await pagesOf({ scope: SCOPE }, { scope: SCOPE, ui_locales: 'de' })).consent;
    assert.match(german.text, /Mail<\/span>.*Profil<\/span>/s);
  });

  it('no scope finds a text that is not of a scope', async () => {
    const scope = 'constructor toString __proto__';
    const { consent } = await pagesOf({ scope }, { scope });
    assert.match(consent.text, /<code>constructor<\/code>.*<code>toString<\/code>.*<code>__proto__<\/code>/s);
  });

  for (const [metadata, scope, said] of [
    [{}, 'openid', /The access lasts 1 hour\. Do not/],
    [{}, 'openid offline_access', /1 hour\. The application can renew it without you, .* more than 30 days pass/],
    [{}, 'offline', /30 days/],
    [{ authorization_code_grant_access_token_lifespan: '90m' }, 'openid', /lasts 90 minutes\./],
    [{ authorization_code_grant_refresh_token_lifespan: '24h' }, 'offline', /more than 1 day pass/],
    [{ device_authorization_grant_access_token_lifespan: '5m' }, 'openid', /lasts 1 hour\./],
  ] as const) {
    it(`lasts as long as is said: ${scope} with ${JSON.stringify(metadata)}`, async () => {
      const { consent } = await pagesOf({ scope: 'openid offline_access offline', ...metadata }, { scope });
      assert.match(words(consent), said);
    });
  }
});
