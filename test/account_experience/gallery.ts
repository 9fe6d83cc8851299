import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { createAccount } from '../../src/account_experience/accounts.ts';
import { startRunningServer } from '../running_server.ts';

export const EMAIL = 'ada@example.com';
export const PASSWORD = 'correct horse battery staple';

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 132 40"><rect width="40" height="40" rx="11" fill="#0f766e"/><path d="M9 20 20 10l11 10M13 18v12h14V18M20 30c-3.5 0-4.5-4.5 0-8 4.5 3.5 3.5 8 0 8z" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round" fill="none"/><text x="50" y="28" font-family="Liberation Sans, DejaVu Sans, sans-serif" font-size="22" font-weight="700" fill="#14938a" style="letter-spacing: -0.5px">Hearth</text></svg>`;

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const SCOPE = 'openid profile email offline_access photos:read';

type Running = Awaited<ReturnType<typeof startRunningServer>>;

/** A server with a brand, clients of every kind, and each state of each page. */
export class Gallery {
  readonly server: Running;
  readonly #registered: { readonly client_id: string };
  readonly #folder: string;

  private constructor(server: Running, registered: { client_id: string }, folder: string) {
    this.server = server;
    this.#registered = registered;
    this.#folder = folder;
  }

  static async open(env: Record<string, string> = {}): Promise<Gallery> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-gallery-'));
    const logo = join(folder, 'logo.svg');
    writeFileSync(logo, LOGO);
    const server = await startRunningServer({ ...BRAND, GATEHOUSE_ACCOUNT_EXPERIENCE_BRAND_LOGO: logo, ...env });
    await createAccount(server.server, { email: EMAIL, password: PASSWORD, name: 'Ada Lovelace' });
    await create(`${server.admin}/admin/clients`, PRINTS);
    await create(`${server.admin}/admin/clients`, TELEVISION);
    const registered = (await create(`${server.issuer}/oauth2/register`, TOOL)) as { client_id: string };
    return new Gallery(server, registered, folder);
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.#folder, { recursive: true });
  }

  url = (path: string): string => `${this.server.issuer}${path}`;

  login = (page: Page, parameters: Record<string, string> = {}) => page.goto(this.#authorize(parameters));

  async consent(page: Page, parameters: Record<string, string> = {}): Promise<void> {
    await this.login(page, parameters);
    await signIn(page);
    await page.waitForSelector('#consent-title');
  }

  /** Of a client that registered itself and has no name. */
  strangeConsent = (page: Page) =>
    this.consent(page, {
      client_id: this.#registered.client_id,
      redirect_uri: 'http://127.0.0.1:4999/',
      scope: 'openid',
    });

  async startDevice(): Promise<{ user_code: string; verification_uri: string; verification_uri_complete: string }> {
    const body = new URLSearchParams({ client_id: 'tv', scope: 'openid offline_access' });
    const answer = await fetch(this.url('/oauth2/device/auth'), { method: 'POST', body });
    return (await answer.json()) as Awaited<ReturnType<Gallery['startDevice']>>;
  }

  /** Ada grants something to the television. */
  async connectDevice(page: Page): Promise<void> {
    await page.goto((await this.startDevice()).verification_uri_complete);
    await page.click('#accept');
    await signIn(page);
    await page.waitForSelector('#consent-title');
    await page.click('#accept');
    await page.waitForSelector('#device-done-title');
  }

  /** Somebody who has not granted anything yet. */
  async person(email = `person-${randomUUID()}@example.com`): Promise<string> {
    await createAccount(this.server.server, { email, password: PASSWORD });
    return email;
  }

  /** One of the account's pages. */
  async account(page: Page, path: string, email?: string): Promise<void> {
    const address = email ?? (await this.person());
    await page.goto(this.url(`/oauth2/fallbacks/account${path}`));
    await signIn(page, PASSWORD, address);
    await page.waitForSelector('nav');
  }

  async logout(page: Page): Promise<void> {
    await this.login(page);
    await page.check('#remember');
    await signIn(page);
    await page.waitForSelector('#consent-title');
    await page.goto(this.url('/oauth2/sessions/logout'));
    await page.waitForSelector('#logout-title');
  }

  #authorize(parameters: Record<string, string>): string {
    const query = {
      client_id: 'prints',
      redirect_uri: 'https://prints.example.com/callback',
      response_type: 'code',
      scope: SCOPE,
      audience: 'https://api.example.com/photos',
      state: 'some-state-0123456789',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    };
    const asked = parameters.client_id ? { ...query, audience: '' } : query;
    return this.url(`/oauth2/auth?${new URLSearchParams({ ...asked, ...parameters })}`);
  }
}

export async function signIn(page: Page, password = PASSWORD, email = EMAIL): Promise<void> {
  await page.fill('#email', email);
  await page.fill('#password', password);
  await page.click('#accept');
}

export async function changePassword(page: Page, current: string, next: string, again = next): Promise<void> {
  await page.fill('#password', current);
  await page.fill('#new_password', next);
  await page.fill('#new_password_again', again);
  await page.click('#accept');
}

async function create(url: string, client: object): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(client) });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

const BRAND = {
  OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true',
  GATEHOUSE_ACCOUNT_EXPERIENCE_BRAND_NAME: 'Hearth',
  GATEHOUSE_ACCOUNT_EXPERIENCE_BRAND_ACCENT_COLOR: '#0f766e',
  GATEHOUSE_ACCOUNT_EXPERIENCE_BRAND_TERMS_URL: 'https://hearth.example/terms',
  GATEHOUSE_ACCOUNT_EXPERIENCE_BRAND_PRIVACY_URL: 'https://hearth.example/privacy',
  GATEHOUSE_ACCOUNT_EXPERIENCE_BRAND_SUPPORT: 'mailto:help@hearth.example',
  GATEHOUSE_ACCOUNT_EXPERIENCE_SCOPES: JSON.stringify({
    'photos:read': {
      en: { title: 'See your photos', text: 'All albums, and who is in them. It cannot change or delete any.' },
      de: { title: 'Ihre Fotos sehen', text: 'Alle Alben und wer darauf ist. Ändern oder löschen kann sie nichts.' },
      fr: { title: 'Voir vos photos', text: 'Tous les albums et qui y figure, sans rien modifier ni supprimer.' },
    },
  }),
};

const PRINTS = {
  client_id: 'prints',
  client_name: 'Paper Prints',
  client_secret: 'a-secret-of-tests',
  redirect_uris: ['https://prints.example.com/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  scope: SCOPE,
  audience: ['https://api.example.com/photos'],
  policy_uri: 'https://prints.example.com/privacy',
  tos_uri: 'https://prints.example.com/terms',
};

const TELEVISION = {
  client_id: 'tv',
  client_name: 'Living room television',
  grant_types: [DEVICE_GRANT, 'refresh_token'],
  scope: 'openid offline_access',
  token_endpoint_auth_method: 'none',
};

const TOOL = {
  redirect_uris: ['http://127.0.0.1/'],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  scope: 'openid',
  token_endpoint_auth_method: 'none',
};

type Visit = (gallery: Gallery, page: Page) => Promise<unknown>;

const fallback =
  (path: string): Visit =>
  (gallery, page) =>
    page.goto(gallery.url(`/oauth2/fallbacks/${path}`));

/** Every page in every state that it can be in. */
export const STATES: Readonly<Record<string, Visit>> = {
  login: (gallery, page) => gallery.login(page),
  'login, after a wrong password': async (gallery, page) => {
    await gallery.login(page);
    await signIn(page, 'wrong');
    await page.waitForSelector('#login-error');
  },
  'login, after too many wrong passwords': async (gallery, page) => {
    await gallery.login(page);
    for (let status = 0; status !== 429; ) {
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await signIn(page, 'wrong', 'nobody@example.com');
      status = (await answered).status();
      await page.waitForLoadState();
    }
  },
  'login, with nothing asked': fallback('login'),
  consent: (gallery, page) => gallery.consent(page),
  'consent, of a stranger': (gallery, page) => gallery.strangeConsent(page),
  'consent, to nothing': (gallery, page) => gallery.consent(page, { scope: '', audience: '' }),
  logout: (gallery, page) => gallery.logout(page),
  'logout, refused': async (gallery, page) => {
    await gallery.logout(page);
    await page.click('#reject');
    await page.waitForSelector('#stayed-title');
  },
  'signed out': async (gallery, page) => {
    await gallery.logout(page);
    await page.click('#accept');
    await page.waitForURL('**/logout/callback');
  },
  device: async (gallery, page) => {
    await page.goto((await gallery.startDevice()).verification_uri);
    await page.waitForSelector('#device-title');
  },
  'device, after a wrong code': async (gallery, page) => {
    await page.goto((await gallery.startDevice()).verification_uri);
    await page.fill('#user_code', 'WRONG');
    await page.click('#accept');
    await page.waitForSelector('#device-error');
  },
  'device, by a link, with its QR code': async (gallery, page) => {
    await page.goto((await gallery.startDevice()).verification_uri_complete);
    await page.click('summary');
    await page.evaluate("document.querySelector('#qr').decode()");
  },
  'device, done': (gallery, page) => gallery.connectDevice(page),
  'device, denied': async (gallery, page) => {
    await page.goto((await gallery.startDevice()).verification_uri_complete);
    await page.click('#accept');
    await signIn(page);
    await page.click('#reject');
    await page.waitForSelector('#error-title');
  },
  'account, before the login': fallback('account'),
  account: (gallery, page) => gallery.account(page, ''),
  'applications, none': (gallery, page) => gallery.account(page, '/applications'),
  applications: async (gallery, page) => {
    await gallery.connectDevice(page);
    await gallery.account(page, '/applications', EMAIL);
    await page.click('summary');
  },
  'applications, after one was removed': async (gallery, page) => {
    await gallery.connectDevice(page);
    await gallery.account(page, '/applications', EMAIL);
    await page.click('summary');
    await page.click('details button');
    await page.waitForSelector('#removed');
  },
  'change password': (gallery, page) => gallery.account(page, '/password'),
  'change password, refused': async (gallery, page) => {
    await gallery.account(page, '/password');
    await changePassword(page, PASSWORD, 'short');
    await page.waitForSelector('#password-error');
  },
  'change password, done': async (gallery, page) => {
    await gallery.account(page, '/password');
    await changePassword(page, PASSWORD, 'another horse, another battery');
    await page.waitForSelector('#changed');
  },
  error: fallback(
    'error?error=invalid_request&error_description=The+parameter+%27redirect_uri%27+is+none+of+those+registered+for+the+client.',
  ),
  'a link that does not work': fallback('consent?consent_challenge=unknown'),
  'a form that came too late': async (gallery, page) => {
    await gallery.login(page);
    await page.context().clearCookies();
    await signIn(page);
    await page.waitForSelector('#problem-title');
  },
};
