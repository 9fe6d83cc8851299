import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { Configuration, OAuth2Api } from '@ory/hydra-client';
import * as oauth from 'oauth4webapi';
import { startRunningServer } from '../running_server.ts';
import { Browser } from './browser.ts';

const REDIRECT_URI = 'https://app.example.com/callback';
const LOGIN_APP = 'https://login.example.com';
const SCOPE = ['openid', 'offline_access', 'photos.read'];
const INSECURE = { [oauth.allowInsecureRequests]: true };

let running: Awaited<ReturnType<typeof startRunningServer>>;
let admin: OAuth2Api;
before(async () => {
  running = await startRunningServer({ URLS_LOGIN: `${LOGIN_APP}/login`, URLS_CONSENT: `${LOGIN_APP}/consent` });
  admin = new OAuth2Api(new Configuration({ basePath: running.admin }));
});
after(() => running.close());

/** A login app made with the reference's SDK: who comes is let in as this subject, and all that is asked for is granted. */
async function letIn(browser: Browser, start: URL, subject: string): Promise<URL> {
  const atLogin = (await browser.get(start)).location;
  assert.equal(atLogin.origin + atLogin.pathname, `${LOGIN_APP}/login`);
  const loginChallenge = atLogin.searchParams.get('login_challenge') ?? '';
  const login = (await admin.getOAuth2LoginRequest({ loginChallenge })).data;
  assert.deepEqual([login.skip, login.requested_scope], [false, SCOPE]);
  const acceptOAuth2LoginRequest = { subject, remember: true, remember_for: 3600, amr: ['hwk'], acr: 'silver' };
  const afterLogin = (await admin.acceptOAuth2LoginRequest({ loginChallenge, acceptOAuth2LoginRequest })).data
    .redirect_to;

  const atConsent = (await browser.get(afterLogin)).location;
  assert.equal(atConsent.origin + atConsent.pathname, `${LOGIN_APP}/consent`);
  const consentChallenge = atConsent.searchParams.get('consent_challenge') ?? '';
  const consent = (await admin.getOAuth2ConsentRequest({ consentChallenge })).data;
  assert.equal(consent.subject, subject);
  const acceptOAuth2ConsentRequest = {
    grant_scope: consent.requested_scope ?? [],
    session: { id_token: { name: 'Ada Example' }, access_token: { plan: 'gold' } },
  };
  const afterConsent = (await admin.acceptOAuth2ConsentRequest({ consentChallenge, acceptOAuth2ConsentRequest })).data
    .redirect_to;
  return (await browser.get(afterConsent)).location;
}

it('oauth4webapi and @ory/hydra-client go through the whole code flow without a page', async () => {
  const { data: registered } = await admin.createOAuth2Client({
    oAuth2Client: {
      client_name: 'Headless',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: SCOPE.join(' '),
    },
  });
  const issuer = new URL(running.issuer);
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, INSECURE));
  const client: oauth.Client = { client_id: registered.client_id ?? '' };
  const secret = oauth.ClientSecretBasic(registered.client_secret ?? '');

  const [verifier, state, nonce] = [
    oauth.generateRandomCodeVerifier(),
    oauth.generateRandomState(),
    oauth.generateRandomNonce(),
  ];
  const start = new URL(as.authorization_endpoint ?? '');
  start.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: SCOPE.join(' '),
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  const callback = await letIn(new Browser(running.issuer), start, 'ada');
  assert.equal(callback.origin + callback.pathname, REDIRECT_URI);

  const answer = oauth.validateAuthResponse(as, client, callback, state);
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    secret,
    answer,
    REDIRECT_URI,
    verifier,
    INSECURE,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(as, response, INSECURE);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  assert.deepEqual([claims?.sub, claims?.name, claims?.acr, claims?.amr], ['ada', 'Ada Example', 'silver', ['hwk']]);

  const userinfo = await oauth.processUserInfoResponse(
    as,
    client,
    'ada',
    await oauth.userInfoRequest(as, client, tokens.access_token, INSECURE),
  );
  assert.equal(userinfo.name, 'Ada Example');

  const { data: introspected } = await admin.introspectOAuth2Token({ token: tokens.access_token });
  assert.deepEqual(
    [introspected.active, introspected.sub, introspected.client_id, introspected.scope, introspected.ext],
    [true, 'ada', client.client_id, SCOPE.join(' '), { plan: 'gold' }],
  );

  const renewed = await oauth.processRefreshTokenResponse(
    as,
    client,
    await oauth.refreshTokenGrantRequest(as, client, secret, tokens.refresh_token ?? '', INSECURE),
  );
  assert.notEqual(renewed.access_token, tokens.access_token);
  assert.notEqual(renewed.refresh_token, tokens.refresh_token);
  const isActive = async (token = '') => (await admin.introspectOAuth2Token({ token })).data.active;
  assert.deepEqual(
    [await isActive(tokens.access_token), await isActive(tokens.refresh_token), await isActive(renewed.access_token)],
    [false, false, true],
  );
});

it('a client of the SDK gets a token of its own', async () => {
  await admin.createOAuth2Client({
    oAuth2Client: {
      client_id: 'robot',
      client_secret: 'robot-secret',
      grant_types: ['client_credentials'],
      scope: 'sweep',
    },
  });
  const issuer = new URL(running.issuer);
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, INSECURE));
  const client: oauth.Client = { client_id: 'robot' };
  const response = await oauth.clientCredentialsGrantRequest(
    as,
    client,
    oauth.ClientSecretBasic('robot-secret'),
    { scope: 'sweep' },
    INSECURE,
  );
  const { access_token, scope } = await oauth.processClientCredentialsResponse(as, client, response);
  assert.equal(scope, 'sweep');
  assert.equal((await admin.introspectOAuth2Token({ token: access_token })).data.client_id, 'robot');
});
