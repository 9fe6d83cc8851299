import assert from 'node:assert/strict';
import { type Account, createAccount } from '../../src/account_experience/accounts.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { startServer } from '../../src/server.ts';
import { CREDENTIALS, Deployment, REDIRECT_URI } from '../e2e/flow.ts';
import { type Shown, Visitor } from './visitor.ts';

export const PASSWORD = 'correct horse battery staple';
export const EMAIL = 'ada@example.com';

/** A server whose pages are the built-in ones, with one account and one client. */
export class Site {
  readonly deployment: Deployment;
  readonly server: Awaited<ReturnType<typeof startServer>>['server'];
  readonly account: Account;
  readonly close: () => Promise<void>;
  /** Seconds that the server's clock is ahead. */
  ahead = 0;

  private constructor(deployment: Deployment, server: Site['server'], account: Account, close: () => Promise<void>) {
    this.deployment = deployment;
    this.server = server;
    this.account = account;
    this.close = close;
  }

  /** `more` replaces whole branches of the configuration. */
  static async start(more: JsonObject = {}): Promise<Site> {
    const clock: { site?: Site } = {};
    const now = () => Date.now() + (clock.site?.ahead ?? 0) * 1000;
    const { config } = loadConfig({ files: [], env: {}, flags: { dev: true }, forced: { ...CONFIG, ...more } });
    const { server, addresses, close } = await startServer(config, { listeners: ['public', 'admin'], now });
    const account = await createAccount(server, { email: EMAIL, password: PASSWORD, name: 'Ada', claims: CLAIMS });
    const site = new Site(new Deployment(addresses, config.urls.self.issuer, now), server, account, close);
    clock.site = site;
    await site.deployment.createClient({ client_name: 'Looms & <Sons>', audience: ['https://api.example.com'] });
    return site;
  }

  visitor = (): Visitor => new Visitor(this.deployment);

  /** The login page, for a request of the client. */
  loginPage(visitor: Visitor, parameters: Record<string, string> = {}): Promise<Shown> {
    return visitor.follow(this.deployment.authorizeUrl(parameters));
  }

  /** The consent page, or where the browser is when there is none. */
  async consentPage(visitor: Visitor, parameters: Record<string, string> = {}, remember = false): Promise<Shown> {
    const fields = { email: EMAIL, password: PASSWORD, ...(remember ? { remember: 'true' } : {}) };
    const answer = await visitor.press(await this.loginPage(visitor, parameters), 'accept', { fields });
    assert.equal(answer.status, 303, answer.text);
    return visitor.follow(answer.location);
  }

  /** One of the account's pages, after a login there. */
  async accountPage(visitor: Visitor, path = '', email = EMAIL): Promise<Shown> {
    const login = await visitor.follow(`/oauth2/fallbacks/account${path}`);
    const answer = await visitor.press(login, 'accept', { fields: { email, password: PASSWORD } });
    assert.equal(answer.status, 303, answer.text);
    return visitor.follow(answer.location);
  }

  /** What the client gets for the code that came back to it. */
  async tokens({ location }: Shown): Promise<Record<string, unknown>> {
    const code = new URL(location).searchParams.get('code') ?? assert.fail(location);
    const form = { ...CREDENTIALS, grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
    const { status, body } = await this.deployment.token(form);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }
}

const CONFIG = {
  dsn: 'memory',
  serve: { public: { host: '127.0.0.1', port: 0 }, admin: { host: '127.0.0.1', port: 0 } },
  secrets: { system: ['a-secret-that-only-tests-use'] },
  log: { level: 'error' },
  urls: { self: { issuer: 'http://issuer.test/' } },
};

const CLAIMS = { email_verified: true, locale: 'en-GB', phone_number: '+44 1', unknown: 'claim' };
