import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type * as HydraClient from '@ory/hydra-client';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Browser } from '../e2e/browser.ts';
import { startDeployment } from '../e2e/deployment.ts';
import type { Deployment } from '../e2e/flow.ts';
import seed from '../openapi/seed_operations.json' with { type: 'json' };

type Public<Api> = Pick<Api, keyof Api>;
type Settings = NonNullable<ConstructorParameters<typeof HydraClient.Configuration>[0]>;
type Constructor<Api> = { new (configuration: HydraClient.Configuration): Public<Api>; readonly prototype: object };

/** What the packages have in common. */
export type Sdk = {
  readonly Configuration: new (settings: Settings) => HydraClient.Configuration;
  readonly OAuth2Api: Constructor<HydraClient.OAuth2Api>;
  readonly OidcApi: Constructor<HydraClient.OidcApi>;
  readonly JwkApi: Constructor<HydraClient.JwkApi>;
  readonly MetadataApi: Constructor<HydraClient.MetadataApi>;
  readonly WellknownApi: Constructor<HydraClient.WellknownApi>;
};

type OfClient = (parameters: { id: string }) => Promise<{ status: number; data: HydraClient.OAuth2Client }>;
/** In the bigger package alone. */
type Rotation = Readonly<Record<'rotateOAuth2ClientSecret' | 'deleteRotatedOAuth2ClientSecrets', OfClient>>;

const REDIRECT_URI = 'https://app.example.com/cb';
const SCOPE = 'openid offline_access read';
const CLIENT = {
  client_id: 'app',
  client_secret: 'app-secret',
  client_name: 'App',
  redirect_uris: [REDIRECT_URI],
  post_logout_redirect_uris: ['https://app.example.com/bye'],
  grant_types: [
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:device_code',
  ],
  response_types: ['code'],
  scope: SCOPE,
  token_endpoint_auth_method: 'client_secret_post',
};
/** These ask nothing that could be wrong, or answer alike whatever is asked. */
const WITHOUT_ERRORS = [
  'introspectOAuth2Token',
  'deleteJsonWebKey',
  'deleteJsonWebKeySet',

  'isAlive',
  'isReady',
  'getVersion',
  'discoverJsonWebKeys',
  'discoverOidcConfiguration',
  'listOAuth2Clients',
];

/**
 * Every operation that the package offers: what it is for, and an error that its user meets. With `withKey` the server
 * has one origin, and those are the settings by which the package sends an API key.
 */
export function walk(sdk: Sdk, withKey?: (key: string) => Settings): void {
  let deployment: Deployment;
  let close: () => Promise<void>;
  let advance: (seconds: number) => void;
  const answered = new Map<string, Set<'success' | 'error'>>();

  before(async () => {
    ({ deployment, close, advance } = await startDeployment({
      storage: 'memory',
      config: {
        oidc: { dynamic_client_registration: { enabled: true } },
        gatehouse: { single_origin: withKey !== undefined },
      },
      listeners: withKey ? ['public'] : ['public', 'admin'],
    }));
  });
  after(() => close());

  /** An API whose calls are written down. */
  function noted<Api extends object>(api: Api): Api {
    return new Proxy(api, {
      get(target, name: string) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...parameters: unknown[]) => {
          const answer = (await member.apply(target, parameters)) as { status: number };
          const kinds = answered.get(name) ?? new Set();
          answered.set(name, kinds.add(answer.status < 400 ? 'success' : 'error'));
          return answer;
        };
      },
    });
  }

  const configured = (basePath: string, settings: Settings = {}) =>
    new sdk.Configuration({ ...settings, basePath, baseOptions: { ...settings.baseOptions, adapter: overFetch } });
  const atAdmin = () => configured(deployment.adminOrigin, withKey?.(deployment.apiKey ?? assert.fail()));
  const admin = () => noted(new sdk.OAuth2Api(atAdmin()));
  const front = (settings?: Settings) => noted(new sdk.OAuth2Api(configured(deployment.publicOrigin, settings)));
  const oidc = (settings?: Settings) => noted(new sdk.OidcApi(configured(deployment.publicOrigin, settings)));
  const jwk = () => noted(new sdk.JwkApi(atAdmin()));
  const asUser = (accessToken: string | undefined): Settings => ({ accessToken: accessToken ?? '' });

  type Answered<Data> = Promise<{ readonly status: number; readonly data: Data }>;

  async function ok<Data>(answer: Answered<Data>, expected = 200): Promise<Data> {
    const { status, data } = await answer;
    assert.equal(status, expected, JSON.stringify(data));
    return data;
  }

  async function refused(answer: Answered<unknown>, expected: number, error?: string): Promise<void> {
    const { status, data } = await answer;
    assert.equal(status, expected, JSON.stringify(data));
    if (error !== undefined) assert.equal((data as { error: string }).error, error);
  }

  const browserAt = () => new Browser(deployment.publicOrigin);
  const challengeOf = (location: URL, name: string): string =>
    location.searchParams.get(name) ?? assert.fail(`no ${name} in ${location}`);
  const loginChallengeOf = async (browser: Browser) =>
    challengeOf((await browser.get(deployment.authorizeUrl({ scope: SCOPE }))).location, 'login_challenge');

  async function consentChallengeOf(browser: Browser): Promise<string> {
    const loginChallenge = await loginChallengeOf(browser);
    const { redirect_to } = await ok(
      admin().acceptOAuth2LoginRequest({
        loginChallenge,
        acceptOAuth2LoginRequest: { subject: 'ada', remember: true, acr: 'gold', amr: ['pwd'], context: { tenant: 1 } },
      }),
    );
    return challengeOf((await browser.get(redirect_to)).location, 'consent_challenge');
  }

  /** Through login and consent to tokens, with the package alone. */
  async function tokensFor(browser: Browser): Promise<HydraClient.OAuth2TokenExchange> {
    const consentChallenge = await consentChallengeOf(browser);
    const { redirect_to } = await ok(
      admin().acceptOAuth2ConsentRequest({
        consentChallenge,
        acceptOAuth2ConsentRequest: {
          grant_scope: SCOPE.split(' '),
          remember: true,
          session: { id_token: { name: 'Ada' }, access_token: { plan: 'gold' } },
        },
      }),
    );
    const code = challengeOf((await browser.get(redirect_to)).location, 'code');
    // The package has no parameter for a secret in the form.
    const { status, body } = await deployment.exchange(code);
    assert.equal(status, 200);
    return body as HydraClient.OAuth2TokenExchange;
  }

  describe('clients', () => {
    it('are created, read, listed, changed and deleted', async () => {
      const created = await ok(admin().createOAuth2Client({ oAuth2Client: CLIENT }), 201);
      assert.equal(created.client_secret, CLIENT.client_secret);
      await refused(admin().createOAuth2Client({ oAuth2Client: CLIENT }), 409);
      await refused(
        admin().createOAuth2Client({ oAuth2Client: { redirect_uris: ['https://app.example.com/#fragment'] } }),
        400,
        'invalid_redirect_uri',
      );
      assert.equal((await ok(admin().getOAuth2Client({ id: 'app' }))).client_name, 'App');
      await refused(admin().getOAuth2Client({ id: 'nobody' }), 404);
      const listed = await ok(admin().listOAuth2Clients({ pageSize: 10, clientName: 'App' }));
      assert.deepEqual(
        listed.map(({ client_id }) => client_id),
        ['app'],
      );
      const replaced = await ok(
        admin().setOAuth2Client({ id: 'app', oAuth2Client: { ...CLIENT, client_name: 'Renamed', owner: 'ops' } }),
      );
      assert.deepEqual([replaced.client_name, replaced.owner], ['Renamed', 'ops']);
      await refused(admin().setOAuth2Client({ id: 'nobody', oAuth2Client: CLIENT }), 404);
      const patched = await ok(
        admin().patchOAuth2Client({ id: 'app', jsonPatch: [{ op: 'replace', path: '/client_name', value: 'App' }] }),
      );
      assert.equal(patched.client_name, 'App');
      await refused(
        admin().patchOAuth2Client({ id: 'app', jsonPatch: [{ op: 'replace', path: '/no/such/member', value: 1 }] }),
        400,
      );
      const lifespans = { client_credentials_grant_access_token_lifespan: '30m0s' };
      const limited = await ok(admin().setOAuth2ClientLifespans({ id: 'app', oAuth2ClientTokenLifespans: lifespans }));
      assert.equal(limited.client_credentials_grant_access_token_lifespan, '30m0s');
      await refused(admin().setOAuth2ClientLifespans({ id: 'nobody', oAuth2ClientTokenLifespans: lifespans }), 404);
      await ok(admin().createOAuth2Client({ oAuth2Client: { client_id: 'short-lived' } }), 201);
      await ok(admin().deleteOAuth2Client({ id: 'short-lived' }), 204);
      await refused(admin().deleteOAuth2Client({ id: 'short-lived' }), 404);
    });
  });

  describe('rotated secrets', () => {
    it('are made and ended by the package that knows them', async () => {
      const api: ReturnType<typeof admin> & Partial<Rotation> = admin();
      if (!api.rotateOAuth2ClientSecret || !api.deleteRotatedOAuth2ClientSecrets) return;
      const oAuth2Client = {
        client_id: 'rotating',
        grant_types: ['client_credentials'],
        client_secret: 'first-secret',
      };
      await ok(admin().createOAuth2Client({ oAuth2Client }), 201);
      const rotated = await ok(api.rotateOAuth2ClientSecret({ id: 'rotating' }));
      assert.notEqual(rotated.client_secret, 'first-secret');
      await ok(api.deleteRotatedOAuth2ClientSecrets({ id: 'rotating' }));
      await refused(api.rotateOAuth2ClientSecret({ id: 'nobody' }), 404);
      await refused(api.deleteRotatedOAuth2ClientSecrets({ id: 'nobody' }), 404);
    });
  });

  describe('login and consent', () => {
    it('are shown and accepted, and lead to tokens', async () => {
      const browser = browserAt();
      const loginChallenge = await loginChallengeOf(browser);
      const login = await ok(admin().getOAuth2LoginRequest({ loginChallenge }));
      assert.deepEqual([login.skip, login.client.client_id, login.requested_scope], [false, 'app', SCOPE.split(' ')]);
      const consentChallenge = await consentChallengeOf(browserAt());
      const consent = await ok(admin().getOAuth2ConsentRequest({ consentChallenge }));
      assert.deepEqual([consent.subject, consent.acr, consent.context], ['ada', 'gold', { tenant: 1 }]);
      assert.ok((await tokensFor(browserAt())).refresh_token);
    });

    it('are rejected, and the client learns why', async () => {
      const atLogin = browserAt();
      const rejectOAuth2Request = { error: 'login_failed', error_description: 'Not today.', status_code: 403 };
      const toClient = await ok(
        admin().rejectOAuth2LoginRequest({ loginChallenge: await loginChallengeOf(atLogin), rejectOAuth2Request }),
      );
      assert.equal((await atLogin.get(toClient.redirect_to)).location.searchParams.get('error'), 'login_failed');
      const atConsent = browserAt();
      const consentChallenge = await consentChallengeOf(atConsent);
      const denied = await ok(
        admin().rejectOAuth2ConsentRequest({ consentChallenge, rejectOAuth2Request: { error: 'access_denied' } }),
      );
      assert.equal((await atConsent.get(denied.redirect_to)).location.searchParams.get('error'), 'access_denied');
    });

    it('refuse challenges that are not theirs, and answers that say nothing', async () => {
      await refused(admin().getOAuth2LoginRequest({ loginChallenge: 'x' }), 404);
      await refused(admin().getOAuth2ConsentRequest({ consentChallenge: 'x' }), 404);
      await refused(
        admin().acceptOAuth2LoginRequest({ loginChallenge: 'x', acceptOAuth2LoginRequest: { subject: '' } }),
        400,
        'invalid_request',
      );
      await refused(admin().rejectOAuth2LoginRequest({ loginChallenge: 'x', rejectOAuth2Request: {} }), 404);
      await refused(admin().acceptOAuth2ConsentRequest({ consentChallenge: 'x', acceptOAuth2ConsentRequest: {} }), 404);
      await refused(admin().rejectOAuth2ConsentRequest({ consentChallenge: 'x', rejectOAuth2Request: {} }), 404);
    });

    it('leave sessions that are listed and revoked', async () => {
      await tokensFor(browserAt());
      const sessions = await ok(admin().listOAuth2ConsentSessions({ subject: 'ada', pageSize: 5 }));
      assert.equal(sessions[0]?.consent_request?.client?.client_id, 'app');
      await refused(admin().listOAuth2ConsentSessions({ subject: '' }), 400, 'invalid_request');
      await ok(admin().revokeOAuth2ConsentSessions({ subject: 'ada', client: 'app' }), 204);
      await refused(admin().revokeOAuth2ConsentSessions({ subject: 'ada' }), 400, 'invalid_request');
      await ok(admin().revokeOAuth2LoginSessions({ subject: 'ada' }), 204);
      await refused(admin().revokeOAuth2LoginSessions({}), 400, 'invalid_request');
    });

    it('the authorization endpoint sends a browser on', async () => {
      const { status } = await front().oAuth2Authorize();
      assert.equal(status, 302);
    });
  });

  describe('logout', () => {
    const logoutChallengeOf = async (browser: Browser) => {
      const { id_token = '' } = await tokensFor(browser);
      const query = new URLSearchParams({ id_token_hint: id_token });
      return challengeOf((await browser.get(`/oauth2/sessions/logout?${query}`)).location, 'logout_challenge');
    };

    it('is shown, accepted and rejected', async () => {
      const browser = browserAt();
      const logoutChallenge = await logoutChallengeOf(browser);
      const request = await ok(admin().getOAuth2LogoutRequest({ logoutChallenge }));
      assert.deepEqual([request.subject, request.rp_initiated], ['ada', true]);
      const { redirect_to } = await ok(admin().acceptOAuth2LogoutRequest({ logoutChallenge }));
      assert.ok((await browser.get(redirect_to)).status < 400);
      await ok(admin().rejectOAuth2LogoutRequest({ logoutChallenge: await logoutChallengeOf(browserAt()) }), 204);
      for (const operation of [
        admin().getOAuth2LogoutRequest,
        admin().acceptOAuth2LogoutRequest,
        admin().rejectOAuth2LogoutRequest,
      ]) {
        await refused(operation({ logoutChallenge: 'nothing' }), 404);
      }
    });

    it('starts at the end session endpoint', async () => {
      assert.equal((await oidc().revokeOidcSession()).status, 302);
    });
  });

  describe('tokens', () => {
    it('are issued, refreshed, introspected, revoked and deleted', async () => {
      const { access_token = '', refresh_token = '' } = await tokensFor(browserAt());
      const introspected = await ok(admin().introspectOAuth2Token({ token: access_token, scope: 'read' }));
      assert.deepEqual([introspected.active, introspected.sub, introspected.ext], [true, 'ada', { plan: 'gold' }]);
      assert.equal((await ok(admin().introspectOAuth2Token({ token: 'nothing' }))).active, false);
      // The package knows no secret here, so its client is a public one.
      const publicClient = { ...CLIENT, client_id: 'public', token_endpoint_auth_method: 'none' };
      await ok(admin().createOAuth2Client({ oAuth2Client: publicClient }), 201);
      const user = await ok(oidc(asUser(access_token)).getOidcUserInfo());
      assert.equal(user.sub, 'ada');
      await refused(oidc(asUser('nothing')).getOidcUserInfo(), 401, 'request_unauthorized');
      await provePossession(access_token);
      await refused(
        front().oauth2TokenExchange({ grantType: 'refresh_token', clientId: 'public', refreshToken: refresh_token }),
        400,
        'invalid_grant',
      );
      const { clientId, code } = await codeOfPublicClient();
      const exchanged = await ok(
        front().oauth2TokenExchange({ grantType: 'authorization_code', clientId, code, redirectUri: REDIRECT_URI }),
      );
      assert.ok(exchanged.access_token);
      await ok(front().revokeOAuth2Token({ token: access_token, clientId: 'app', clientSecret: 'app-secret' }));
      assert.equal((await ok(admin().introspectOAuth2Token({ token: access_token }))).active, false);
      await refused(
        front().revokeOAuth2Token({ token: access_token, clientId: 'app', clientSecret: 'wrong' }),
        401,
        'invalid_client',
      );
      await ok(admin().deleteOAuth2Token({ clientId: 'public' }), 204);
      const gone = await ok(admin().introspectOAuth2Token({ token: exchanged.access_token ?? '' }));
      assert.equal(gone.active, false);
      await refused(admin().deleteOAuth2Token({ clientId: '' }), 400);
    });

    const provePossession = async (access_token: string) => {
      // The packages send no access token here by themselves.
      const headers = { Authorization: `Bearer ${access_token}` };
      const create = (jwt?: string) =>
        oidc({ baseOptions: { headers } }).createVerifiableCredential({
          createVerifiableCredentialRequestBody: {
            format: 'jwt_vc_json',
            types: ['VerifiableCredential', 'UserInfoCredential'],
            ...(jwt === undefined ? {} : { proof: { proof_type: 'jwt', jwt } }),
          },
        });
      await refused(create(), 400, 'missing_proof');
      const { c_nonce = '' } = (await create()).data as HydraClient.VerifiableCredentialPrimingResponse;
      const { privateKey, publicKey } = await generateKeyPair('ES256');
      const header = { alg: 'ES256', jwk: await exportJWK(publicKey) };
      const proof = await new SignJWT({ nonce: c_nonce }).setProtectedHeader(header).sign(privateKey);
      const { credential_draft_00 = '' } = await ok(create(proof));
      const { vc } = decodeJwt<{ vc: { credentialSubject: object } }>(credential_draft_00);
      assert.partialDeepStrictEqual(vc.credentialSubject, { sub: 'ada', name: 'Ada' });
    };

    const codeOfPublicClient = async () => {
      const answer = await deployment.authorize({
        parameters: { client_id: 'public' },
        consent: { grant_scope: ['openid'] },
      });
      return { clientId: 'public', code: challengeOf(answer, 'code') };
    };
  });

  describe('devices', () => {
    it('are let in by their code', async () => {
      const oauth = front({ username: 'app', password: 'app-secret' });
      const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, data: 'client_id=public' };
      await refused(oauth.oAuth2DeviceFlow(), 400);
      await ok(
        admin().setOAuth2Client({
          id: 'public',
          oAuth2Client: { ...CLIENT, client_id: 'public', token_endpoint_auth_method: 'none' },
        }),
      );
      const device = await ok(oauth.oAuth2DeviceFlow(form));
      assert.match(device.user_code ?? '', /^\S{8,}$/);
      const { location } = await browserAt().get('/oauth2/device/verify');
      const deviceChallenge = challengeOf(location, 'device_challenge');
      const { redirect_to } = await ok(
        admin().acceptUserCodeRequest({
          deviceChallenge,
          acceptDeviceUserCodeRequest: { user_code: device.user_code ?? '' },
        }),
      );
      assert.match(redirect_to, /\/oauth2\/device\/verify\?/);
      await refused(
        admin().acceptUserCodeRequest({ deviceChallenge, acceptDeviceUserCodeRequest: { user_code: 'XXXXXXXX' } }),
        400,
        'invalid_request',
      );
      assert.equal((await front().performOAuth2DeviceVerificationFlow()).status, 302);
    });
  });

  describe('trusted issuers', () => {
    it('are added, read, listed and deleted', async () => {
      const { publicKey } = await generateKeyPair('ES256');
      const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' } as HydraClient.JsonWebKey;
      const trust = {
        issuer: 'https://sts.example.com',
        subject: 'robot',
        scope: ['read'],
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
        jwk,
      };
      const { id = '' } = await ok(admin().trustOAuth2JwtGrantIssuer({ trustOAuth2JwtGrantIssuer: trust }), 201);
      await refused(
        admin().trustOAuth2JwtGrantIssuer({ trustOAuth2JwtGrantIssuer: { ...trust, allow_any_subject: true } }),
        400,
      );
      const read = await ok(admin().getTrustedOAuth2JwtGrantIssuer({ id }));
      assert.deepEqual(read.public_key, { set: 'https://sts.example.com', kid: 'k1' });
      const listed = await ok(admin().listTrustedOAuth2JwtGrantIssuers({ issuer: 'https://sts.example.com' }));
      assert.deepEqual(
        listed.map((one) => one.id),
        [id],
      );
      await refused(admin().listTrustedOAuth2JwtGrantIssuers({ pageToken: 'nothing' }), 400);
      await ok(admin().deleteTrustedOAuth2JwtGrantIssuer({ id }), 204);
      await refused(admin().getTrustedOAuth2JwtGrantIssuer({ id }), 404);
      await refused(admin().deleteTrustedOAuth2JwtGrantIssuer({ id }), 404);
    });
  });

  describe('keys', () => {
    it('are made, read, replaced and deleted, one by one and in sets', async () => {
      const request = { alg: 'ES256', use: 'sig', kid: 'k1' };
      const made = await ok(jwk().createJsonWebKeySet({ set: 'mine', createJsonWebKeySet: request }), 201);
      const [key] = made.keys ?? [];
      assert.ok(key);
      await refused(jwk().createJsonWebKeySet({ set: 'mine', createJsonWebKeySet: { ...request, alg: 'none' } }), 400);
      assert.equal((await ok(jwk().getJsonWebKeySet({ set: 'mine' }))).keys?.length, 1);
      assert.equal((await ok(jwk().getJsonWebKey({ set: 'mine', kid: 'k1' }))).keys?.[0]?.kid, 'k1');
      assert.equal((await ok(jwk().setJsonWebKey({ set: 'mine', kid: 'k1', jsonWebKey: key }))).kid, 'k1');
      await refused(jwk().setJsonWebKey({ set: 'mine', kid: 'k1', jsonWebKey: { ...key, kty: 'none' } }), 400);
      assert.equal(
        (await ok(jwk().setJsonWebKeySet({ set: 'other', jsonWebKeySet: { keys: [key] } }))).keys?.length,
        1,
      );
      await refused(jwk().setJsonWebKeySet({ set: 'other', jsonWebKeySet: { keys: [{ ...key, kty: 'none' }] } }), 400);
      await ok(jwk().deleteJsonWebKey({ set: 'mine', kid: 'k1' }), 204);
      await refused(jwk().getJsonWebKey({ set: 'mine', kid: 'k1' }), 404);
      await ok(jwk().deleteJsonWebKeySet({ set: 'other' }), 204);
      await refused(jwk().getJsonWebKeySet({ set: 'other' }), 404);
    });
  });

  describe('registration', () => {
    it('is done, read, changed and ended by the client itself', async () => {
      const oAuth2Client = { client_name: 'Self made', redirect_uris: [REDIRECT_URI], scope: 'openid' };
      const made = await ok(oidc().createOidcDynamicClient({ oAuth2Client }), 201);
      const id = made.client_id ?? '';
      await refused(oidc().createOidcDynamicClient({ oAuth2Client: { ...oAuth2Client, redirect_uris: ['/#'] } }), 400);
      const self = () => oidc(asUser(token));
      let token = made.registration_access_token;
      const stranger = oidc(asUser('nothing'));
      const read = await ok(self().getOidcDynamicClient({ id }));
      assert.equal(read.client_name, 'Self made');
      await refused(stranger.getOidcDynamicClient({ id }), 401);
      const changed = await ok(
        self().setOidcDynamicClient({ id, oAuth2Client: { ...oAuth2Client, client_name: 'Renamed' } }),
      );
      assert.equal(changed.client_name, 'Renamed');
      token = changed.registration_access_token ?? token;
      await refused(stranger.setOidcDynamicClient({ id, oAuth2Client }), 401);
      await refused(stranger.deleteOidcDynamicClient({ id }), 401);
      await ok(self().deleteOidcDynamicClient({ id }), 204);
    });
  });

  it('discovery, public keys, health and version are told', async () => {
    const discovered = await ok(oidc().discoverOidcConfiguration());
    assert.equal(discovered.issuer, deployment.issuer);
    const wellKnown = noted(new sdk.WellknownApi(configured(deployment.publicOrigin)));
    assert.ok((await ok(wellKnown.discoverJsonWebKeys())).keys?.length);
    // The bigger package tells the version alone.
    const metadata: Partial<Public<HydraClient.MetadataApi>> = noted(new sdk.MetadataApi(atAdmin()));
    if (metadata.isAlive) assert.equal((await ok(metadata.isAlive())).status, 'ok');
    if (metadata.isReady) assert.equal((await ok(metadata.isReady())).status, 'ok');
    assert.match((await ok(metadata.getVersion?.() ?? assert.fail())).version ?? '', /^v\d/);
  });

  it('a request that took too long says so', async () => {
    const loginChallenge = await loginChallengeOf(browserAt());
    advance(2 * 3600);
    await refused(
      admin().acceptOAuth2LoginRequest({ loginChallenge, acceptOAuth2LoginRequest: { subject: 'ada' } }),
      401,
      'request_unauthorized',
    );
  });

  it('nothing that the package offers was left out', () => {
    const offered = [sdk.OAuth2Api, sdk.OidcApi, sdk.JwkApi, sdk.MetadataApi, sdk.WellknownApi]
      .flatMap((api) => Object.getOwnPropertyNames(api.prototype))
      .filter((name) => name !== 'constructor');
    assert.ok(offered.length > 40);
    assert.deepEqual(
      offered.filter((name) => !answered.get(name)?.has('success')),
      [],
      'never succeeded',
    );
    const redirects = ['oAuth2Authorize', 'revokeOidcSession', 'performOAuth2DeviceVerificationFlow'];
    assert.deepEqual(
      offered.filter((name) => ![...WITHOUT_ERRORS, ...redirects].includes(name) && !answered.get(name)?.has('error')),
      [],
      'never refused',
    );
    assert.deepEqual(
      Object.keys(seed).filter((name) => !answered.get(name)?.has('success')),
      [],
      'operations of the seed that never succeeded',
    );
  });
}

type AxiosRequest = {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string | false | undefined>;
  readonly data?: string;
};

/** The packages' requests go through `fetch`, whose answers are held against openapi.json, and follow no redirect. */
async function overFetch(config: AxiosRequest) {
  const { url, method, headers, data } = config;
  const response = await fetch(url, {
    method: method.toUpperCase(),
    // What axios would not send, it marks so.
    headers: Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    redirect: 'manual',
    ...(data === undefined ? {} : { body: data }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
  return { status: response.status, data: isJson ? JSON.parse(text) : text, headers: {}, config };
}
