import assert from 'node:assert/strict';
import { type Account, createAccount } from '../../src/account_experience/accounts.ts';
import { startSession } from '../../src/account_experience/session.ts';
import { deleteClient } from '../../src/store/clients.ts';
import { write } from '../../src/store/write.ts';
import { Visitor } from '../account_experience/visitor.ts';
import type { Browser } from '../e2e/browser.ts';
import { startDeployment } from '../e2e/deployment.ts';
import { CREDENTIALS, type Deployment, type Json, REDIRECT_URI, type Tokens } from '../e2e/flow.ts';
import { makeSigner, type Signer } from '../e2e/jose.ts';

export const API = 'https://api.example.com';
export const AFTER_LOGOUT = 'https://app.example.com/out';
export const NONCE = 'nonce-0123456789';
export const VERIFIER = 'a-code-verifier-that-is-long-enough-for-the-rule-0123456789';
export const CHALLENGE = 'DydzLJwtvBzDniXu5ir5ikdqBnWtQcpoTtoortvX-aE';
export const EMAIL = 'ada@example.com';
export const PASSWORD = 'correct horse battery staple';

const GRANT_TYPES = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'implicit',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
];

/** Limits that nobody reaches: a matrix of wrong values is nothing but wrong attempts. */
const CONFIG = {
  ttl: { login_consent_request: '24h', device_user_code: '24h', access_token: '24h' },
  oidc: {
    dynamic_client_registration: { enabled: true },
    subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a-salt-of-tests' } },
  },
  oauth2: { hashers: { pbkdf2: { iterations: 1 } }, device_authorization: { token_polling_interval: '0s' } },
  gatehouse: {
    throttle: {
      user_codes: { attempts: 1_000_000_000, attempts_per_address: 1_000_000_000 },
      client_secrets: { attempts: 1_000_000_000 },
      passwords: {
        attempts: 1_000_000_000,
        attempts_per_address: 1_000_000_000,
        attempts_per_account: 1_000_000_000,
      },
    },
  },
  urls: { self: { issuer: 'http://issuer.test/' } },
};

export type World = {
  readonly deployment: Deployment;
  readonly signer: Signer;
  readonly account: Account;
  /** A number that was not used before. */
  next(): number;
  /** A client of its own, with these members beside the usual ones. */
  client(values?: Json): Promise<{ readonly client_id: string; readonly registration_access_token: string }>;
  /** Deletes a client, so that its name is nobody's again. */
  forget(client_id: string): Promise<void>;
  /** The cookie of who has signed in on the account's pages, without the time that a password takes. */
  accountCookie(): Promise<readonly [name: string, value: string]>;
  tokens(parameters?: Record<string, string>): Promise<Tokens>;
  close(): Promise<void>;
};

/** A server with a client that may do everything. */
export async function createWorld(): Promise<World> {
  const { deployment, running, close } = await startDeployment({ storage: 'memory', config: CONFIG });
  let count = 0;
  const signer = await makeSigner('ES256', 'a-key');
  const client = async (values: Json = {}) => {
    const client_id = `client-${count++}`;
    const { status, body } = await deployment.admin('POST', '/admin/clients', { ...CLIENT, client_id, ...values });
    assert.equal(status, 201, JSON.stringify(body));
    return { client_id, registration_access_token: String(body.registration_access_token) };
  };
  await client({ client_id: 'app' });
  await client({ client_id: 'basic', token_endpoint_auth_method: 'client_secret_basic' });
  await client({
    client_id: 'signs',
    client_secret: undefined,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [signer.jwk] },
  });
  const account = await createAccount(running.server, { email: EMAIL, password: PASSWORD, name: 'Ada', claims: {} });
  return {
    deployment,
    signer,
    account,
    next: () => count++,
    client,
    forget: async (client_id) => void (await write(running.server, (tx) => deleteClient(tx, client_id))),
    accountCookie: async () => {
      const nothing = { method: 'GET', path: '', query: '', params: {}, headers: {}, remote_address: '' };
      const line = await startSession(running.server, { ...nothing, body: Buffer.of() }, account);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? assert.fail(line);
      return [name, value];
    },
    tokens: async (parameters = {}) => {
      const answer = await deployment.authorize({
        parameters,
        login: { remember: true },
        consent: { grant_scope: SCOPE.split(' ') },
      });
      const { status, body } = await deployment.exchange(answer.searchParams.get('code') ?? '');
      assert.equal(status, 200, JSON.stringify(body));
      return body as Tokens;
    },
    close,
  };
}

export const SCOPE = 'openid offline_access profile';

const CLIENT = {
  ...CREDENTIALS,
  redirect_uris: [REDIRECT_URI],
  post_logout_redirect_uris: [AFTER_LOGOUT],
  grant_types: GRANT_TYPES,
  response_types: ['code', 'code id_token token', 'id_token token'],
  scope: `${SCOPE} email read userinfo_credential_draft_00`,
  audience: [API],
  token_endpoint_auth_method: 'client_secret_post',
};

export const cookieHeader = ({ cookies }: Browser | Visitor): Record<string, string> =>
  cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

export const visitorOf = ({ deployment }: World): Visitor => new Visitor(deployment);
