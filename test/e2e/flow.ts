import assert from 'node:assert/strict';
import type { RunningServer } from '../../src/server.ts';
import { Browser } from './browser.ts';

export type Json = Record<string, unknown>;

export type Tokens = {
  access_token: string;
  refresh_token: string;
  id_token: string;
  expires_in: number;
  scope: string;
};

type Addresses = RunningServer['addresses'];

/** What a test drives: the two listeners, and the login and consent apps played over the admin API. */
export class Deployment {
  readonly #addresses: readonly Addresses[];
  readonly issuer: string;
  /** For the admin API, where it wants one. */
  readonly apiKey: string | undefined;
  readonly #now: () => number;

  /** Of one server, or of several that share a database. */
  constructor(
    addresses: Addresses | readonly Addresses[],
    issuer: string,
    now: () => number = Date.now,
    apiKey: string | undefined = undefined,
  ) {
    this.#addresses = Array.isArray(addresses) ? addresses : [addresses as Addresses];
    this.apiKey = apiKey;
    this.issuer = issuer;
    this.#now = now;
  }

  /** What the server's clock shows. */
  now(): Date {
    return new Date(this.#now());
  }

  /** Of any of the servers: another one each time. */
  get publicOrigin(): string {
    return this.#any().public ?? '';
  }

  get adminOrigin(): string {
    const { admin, public: open = '' } = this.#any();
    return admin ?? open;
  }

  #any(): Addresses {
    return this.#addresses[Math.floor(Math.random() * this.#addresses.length)] ?? assert.fail();
  }

  get #credentials(): Record<string, string> {
    return this.apiKey === undefined ? {} : { authorization: `Bearer ${this.apiKey}` };
  }

  browser(): Browser {
    return new Browser(() => this.publicOrigin);
  }

  async admin(method: string, path: string, body?: unknown): Promise<{ status: number; headers: Headers; body: Json }> {
    const response = await fetch(new URL(path, this.adminOrigin), {
      method,
      headers: this.#credentials,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  }

  async token(form: Record<string, string>): Promise<{ status: number; headers: Headers; body: Json }> {
    const response = await fetch(new URL('/oauth2/token', this.publicOrigin), {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
  }

  async introspect(token: unknown): Promise<Json> {
    const response = await fetch(new URL('/admin/oauth2/introspect', this.adminOrigin), {
      method: 'POST',
      headers: this.#credentials,
      body: new URLSearchParams({ token: String(token) }),
    });
    assert.equal(response.status, 200);
    return (await response.json()) as Json;
  }

  async isActive(token: unknown): Promise<boolean> {
    return (await this.introspect(token)).active === true;
  }

  /** A confidential client that may do everything. */
  async createClient(values: Json = {}): Promise<void> {
    const { status } = await this.admin('POST', '/admin/clients', { ...CLIENT, ...values });
    assert.equal(status, 201);
  }

  authorizeUrl(parameters: Record<string, string> = {}): string {
    return `/oauth2/auth?${new URLSearchParams({ ...REQUEST, ...parameters })}`;
  }

  async acceptLogin(login_challenge: string, body: Json = {}): Promise<string> {
    const path = `/admin/oauth2/auth/requests/login/accept?${new URLSearchParams({ login_challenge })}`;
    const answer = await this.admin('PUT', path, { subject: 'user-1', ...body });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return String(answer.body.redirect_to);
  }

  async acceptConsent(consent_challenge: string, body: Json = {}): Promise<string> {
    const path = `/admin/oauth2/auth/requests/consent/accept?${new URLSearchParams({ consent_challenge })}`;
    const answer = await this.admin('PUT', path, { grant_scope: ['openid', 'offline_access'], ...body });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return String(answer.body.redirect_to);
  }

  /** From the client's link to the answer that goes back to it. */
  async authorize(
    options: { browser?: Browser; parameters?: Record<string, string>; login?: Json; consent?: Json } = {},
  ): Promise<URL> {
    const browser = options.browser ?? this.browser();
    const first = await browser.get(this.authorizeUrl(options.parameters));
    const login_challenge = first.location.searchParams.get('login_challenge');
    if (!login_challenge) return first.location;
    const second = await browser.get(await this.acceptLogin(login_challenge, options.login));
    const consent_challenge = second.location.searchParams.get('consent_challenge');
    if (!consent_challenge) return second.location;
    return (await browser.get(await this.acceptConsent(consent_challenge, options.consent))).location;
  }

  async code(parameters: Record<string, string> = {}): Promise<string> {
    const answer = await this.authorize({ parameters });
    return answer.searchParams.get('code') ?? assert.fail(String(answer));
  }

  exchange(code: string, form: Record<string, string> = {}) {
    return this.token({ ...CREDENTIALS, grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, ...form });
  }

  refresh(refresh_token: unknown, form: Record<string, string> = {}) {
    return this.token({ ...CREDENTIALS, grant_type: 'refresh_token', refresh_token: String(refresh_token), ...form });
  }

  async revoke(token: unknown): Promise<{ status: number; body: Json }> {
    const response = await fetch(new URL('/oauth2/revoke', this.publicOrigin), {
      method: 'POST',
      body: new URLSearchParams({ ...CREDENTIALS, token: String(token) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  }

  /** A whole first login, to tokens. */
  async login(): Promise<Tokens> {
    const { status, body } = await this.exchange(await this.code());
    assert.equal(status, 200, JSON.stringify(body));
    return body as Tokens;
  }
}

export const REDIRECT_URI = 'https://app.example.com/cb';

export const CREDENTIALS = { client_id: 'app', client_secret: 'app-secret' };

const CLIENT = {
  ...CREDENTIALS,
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  response_types: ['code'],
  scope: 'openid offline_access profile email read',
  token_endpoint_auth_method: 'client_secret_post',
};

const REQUEST = {
  client_id: 'app',
  response_type: 'code',
  scope: 'openid offline_access',
  redirect_uri: REDIRECT_URI,
  state: 'state-0123456789',
};
