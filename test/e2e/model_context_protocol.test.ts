import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import {
  OAuthClientInformationFullSchema,
  type OAuthClientInformationMixed,
  type OAuthClientMetadata,
  type OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';
import { startRunningServer } from '../running_server.ts';
import { Deployment, type Json } from './flow.ts';

type Lifetime = { after(action: () => Promise<void>): void };

const REDIRECT_URI = 'http://127.0.0.1:33418/callback';
const SCOPE = 'openid offline_access';
const LOGIN_APP = 'https://apps.example.com';

const METADATA: OAuthClientMetadata = {
  redirect_uris: [REDIRECT_URI],
  client_name: 'An assistant',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  scope: SCOPE,
};

/** What an assistant remembers between the visits; `visited` is where it sent the person. */
class Assistant implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT_URI;
  readonly clientMetadata: OAuthClientMetadata;
  information: OAuthClientInformationMixed | undefined;
  issued: OAuthTokens | undefined;
  visited: URL | undefined;
  #verifier = '';

  constructor(clientMetadata: OAuthClientMetadata) {
    this.clientMetadata = clientMetadata;
  }

  state = () => 'state-of-the-assistant';
  clientInformation = () => this.information;
  saveClientInformation(information: OAuthClientInformationMixed): void {
    this.information = information;
  }
  tokens = () => this.issued;
  saveTokens(tokens: OAuthTokens): void {
    this.issued = tokens;
  }
  redirectToAuthorization(url: URL): void {
    this.visited = url;
  }
  codeVerifier = () => this.#verifier;
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }
}

async function start(t: Lifetime): Promise<Deployment> {
  const running = await startRunningServer({
    OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true',
    URLS_LOGIN: `${LOGIN_APP}/login`,
    URLS_CONSENT: `${LOGIN_APP}/consent`,
  });
  t.after(() => running.close());
  return new Deployment(running.addresses, running.issuer);
}

/** RFC 9728: a server of tools that says who issues its tokens. */
async function startToolServer(t: Lifetime, issuer: string): Promise<string> {
  const server = createServer((request, response) => {
    const resource = `http://${request.headers.host}/mcp`;
    const isMetadata = request.url === '/.well-known/oauth-protected-resource/mcp';
    response.writeHead(isMetadata ? 200 : 404, { 'content-type': 'application/json' });
    response.end(isMetadata ? JSON.stringify({ resource, authorization_servers: [issuer] }) : '{}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => new Promise((closed) => void server.close(() => closed())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

/** The person behind the assistant logs in and consents; the answer is what the assistant receives. */
async function letIn(deployment: Deployment, start: URL): Promise<URL> {
  const browser = deployment.browser();
  const challengeOf = (url: URL, name: string) => url.searchParams.get(name) ?? assert.fail(`no ${name} in ${url}`);
  const login = challengeOf((await browser.get(start)).location, 'login_challenge');
  const consent = challengeOf(
    (await browser.get(await deployment.acceptLogin(login, { subject: 'ada' }))).location,
    'consent_challenge',
  );
  return (await browser.get(await deployment.acceptConsent(consent))).location;
}

describe('@modelcontextprotocol/sdk', () => {
  for (const [what, method] of [
    ['a public client', 'none'],
    ['a client whose secret is in the form', 'client_secret_post'],
    ['a client whose secret is in the header', 'client_secret_basic'],
    ['a client that says nothing of authentication', undefined],
  ] as const) {
    it(`RFC 7591 3.2.1: registers ${what}, gets tokens and refreshes them`, async (t) => {
      const deployment = await start(t);
      const serverUrl = await startToolServer(t, deployment.issuer);
      const assistant = new Assistant({ ...METADATA, ...(method ? { token_endpoint_auth_method: method } : {}) });
      assert.equal(await auth(assistant, { serverUrl }), 'REDIRECT');
      assert.equal(typeof assistant.information?.client_secret, method === 'none' ? 'undefined' : 'string');
      const visited = assistant.visited ?? assert.fail();
      assert.equal(visited.searchParams.get('code_challenge_method'), 'S256');
      const answer = await letIn(deployment, visited);
      assert.equal(answer.searchParams.get('state'), assistant.state());
      const authorizationCode = answer.searchParams.get('code') ?? assert.fail(`${answer}`);
      assert.equal(await auth(assistant, { serverUrl, authorizationCode }), 'AUTHORIZED');
      const first = assistant.issued ?? assert.fail();
      const { active, sub, client_id } = await deployment.introspect(first.access_token);
      assert.deepEqual([active, sub, client_id], [true, 'ada', assistant.information?.client_id]);
      assert.equal(await auth(assistant, { serverUrl }), 'AUTHORIZED');
      assert.equal(await deployment.isActive(assistant.issued?.access_token), true);
      assert.equal(await deployment.isActive(first.access_token), false);
    });
  }

  it('RFC 7591 3.2.1: reads the answer to every sort of registration, and to what RFC 7592 does with it', async (t) => {
    const { publicOrigin, issuer } = await start(t);
    const call = async (method: string, url: string, body?: Json, token?: unknown): Promise<Json> => {
      const response = await fetch(url, {
        method,
        ...(body ? { body: JSON.stringify(body) } : {}),
        headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      });
      assert.ok(response.ok, `${response.status} ${await response.clone().text()}`);
      return (await response.json()) as Json;
    };
    const registrations: Json[] = [
      { redirect_uris: [REDIRECT_URI] },
      { redirect_uris: [REDIRECT_URI], client_uri: '', logo_uri: '', tos_uri: '', policy_uri: '', scope: '' },
      { redirect_uris: [REDIRECT_URI], grant_types: null, response_types: null, contacts: null, jwks: null },
      { redirect_uris: [REDIRECT_URI], grant_types: [], response_types: [], contacts: [], audience: [], jwks: {} },
      {
        ...METADATA,
        client_uri: 'https://a.example',
        contacts: ['ops@a.example'],
        post_logout_redirect_uris: [REDIRECT_URI],
        allowed_cors_origins: ['https://a.example'],
      },
    ];
    for (const metadata of registrations) {
      const made = await call('POST', `${publicOrigin}/oauth2/register`, metadata);
      assert.equal(made.registration_client_uri, `${issuer}/oauth2/register/${made.client_id}`);
      const uri = String(made.registration_client_uri);
      const read = await call('GET', uri, undefined, made.registration_access_token);
      const changed = await call('PUT', uri, metadata, made.registration_access_token);
      for (const [name, answer] of Object.entries({ made, read, changed })) {
        assert.doesNotThrow(
          () => OAuthClientInformationFullSchema.parse(answer),
          `${name} ${JSON.stringify(metadata)}`,
        );
        checkShape(answer);
        assert.equal(answer.registration_client_uri, uri, name);
      }
      assert.deepEqual(withoutSecrets(read), withoutSecrets(made));
    }
  });
});

/** Members that are lists in RFC 7591 and in the product. */
const LISTS = /^(.*_uris|grant_types|response_types|contacts|audience|allowed_cors_origins)$/;

/** A member is there with a value of its kind, or is not there. */
function checkShape(answer: Json): void {
  for (const [name, value] of Object.entries(answer)) {
    assert.ok(value !== null && value !== '', name);
    assert.equal(Array.isArray(value), LISTS.test(name), name);
  }
}

function withoutSecrets({ client_secret, registration_access_token, updated_at, ...shown }: Json): Json {
  return shown;
}
