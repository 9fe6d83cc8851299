import { randomUUID } from 'node:crypto';
import { encrypted, hashedSecret, jwt, opaque, rsaKey, SCHEMES, sessionData, sha384, type Token } from './formats.ts';
import { HydraTables, type HydraValues } from './tables.ts';

/** The newest first. */
export const SYSTEM_SECRETS = ['the-system-secret-of-hydra', 'an-older-system-secret-of-hydra'] as const;
export const COOKIE_SECRET = 'the-cookie-secret-of-hydra';

export const [HOUR, DAY] = [3600, 24 * 3600];

/** Whole seconds, so that every engine gives back what it got. */
export const START = Math.floor(Date.now() / 1000);

export const at = (seconds: number): Date => new Date((START + seconds) * 1000);
const rfc3339 = (seconds: number): string => at(seconds).toISOString();

export const KEYS = {
  old: rsaKey('old-id-token-key'),
  id_token: rsaKey('id-token-key'),
  access_token: rsaKey('access-token-key'),
  issuer: rsaKey('issuer-key'),
};

export const TOKENS = {
  access: opaque('ory_at_', SYSTEM_SECRETS[0]),
  refresh: opaque('ory_rt_', SYSTEM_SECRETS[0]),
  jwt: await jwt(KEYS.access_token, {
    iss: 'http://issuer.test/',
    sub: 'app',
    client_id: 'app',
    exp: START + HOUR,
    iat: START,
    jti: randomUUID(),
  }),
  /** Of a chain whose first refresh token was used at Hydra. */
  used: opaque('ory_rt_', SYSTEM_SECRETS[1]),
  rotated: opaque('ory_rt_', SYSTEM_SECRETS[0]),
  rotated_access: opaque('ory_at_', SYSTEM_SECRETS[0]),
  /** Of consents that are about to be revoked: one that is remembered, and one that was skipped because of it. */
  revocable: opaque('ory_rt_', SYSTEM_SECRETS[0]),
  skipped: opaque('ory_at_', SYSTEM_SECRETS[0]),
  /** Kept under its signature, as Hydra once did. */
  unhashed: opaque('ory_at_', SYSTEM_SECRETS[0]),
  expired: opaque('ory_at_', SYSTEM_SECRETS[0]),
  registration: opaque('ory_at_', SYSTEM_SECRETS[0]),
};

export const ID_TOKEN_HINT = await jwt(KEYS.old, {
  iss: 'http://issuer.test/',
  sub: 'user-1',
  aud: ['app'],
  exp: START - DAY,
  iat: START - 2 * DAY,
});

export const SESSIONS = { remembered: randomUUID(), without_time: randomUUID() };

const CLIENT: HydraValues = {
  pk: randomUUID(),
  client_name: '',
  client_secret: '',
  scope: 'openid offline_access read',
  owner: '',
  policy_uri: '',
  tos_uri: '',
  client_uri: '',
  logo_uri: '',
  sector_identifier_uri: '',
  jwks: '',
  jwks_uri: '',
  token_endpoint_auth_method: 'client_secret_post',
  token_endpoint_auth_signing_alg: '',
  request_object_signing_alg: '',
  userinfo_signed_response_alg: 'none',
  subject_type: 'public',
  frontchannel_logout_uri: '',
  backchannel_logout_uri: '',
  metadata: '{}',
  registration_access_token_signature: '',
  access_token_strategy: '',
  redirect_uris: ['https://app.example.com/cb'],
  grant_types: [
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
  ],
  response_types: ['code'],
  audience: [],
  allowed_cors_origins: [],
  contacts: [],
  request_uris: [],
  post_logout_redirect_uris: [],
  rotated_secrets: [],
  client_secret_expires_at: 0,
  frontchannel_logout_session_required: false,
  backchannel_logout_session_required: false,
  skip_consent: false,
  skip_logout_consent: null,
  created_at: at(-30 * DAY),
  updated_at: at(-2 * DAY),
};

async function fillClients(hydra: HydraTables): Promise<void> {
  await hydra.insert('hydra_client', {
    ...CLIENT,
    id: 'app',
    client_name: 'An app – ÄÖÜ',
    client_secret: hashedSecret('app-secret'),
    rotated_secrets: [hashedSecret('rotated-secret')],
    registration_access_token_signature: TOKENS.registration.signature,
    audience: ['https://api.example.com'],
    contacts: ['ops@example.com'],
    post_logout_redirect_uris: ['https://app.example.com/bye'],
    metadata: JSON.stringify({ tier: 'gold' }),
    jwks: JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-256', kid: 'one', use: 'sig', x: 'AA', y: 'AA' }] }),
    skip_logout_consent: true,
    authorization_code_grant_access_token_lifespan: 5_400_000_000_000,
    refresh_token_grant_refresh_token_lifespan: 180 * DAY * 1e9,
    password_grant_access_token_lifespan: 1_000_000_000,
  });
  for (const scheme of SCHEMES) {
    const client_secret = hashedSecret('app-secret', scheme);
    await hydra.insert('hydra_client', { ...CLIENT, id: `hashed-with-${scheme}`, client_secret });
  }
  await hydra.insert('hydra_client', { ...CLIENT, id: 'pairwise', subject_type: 'pairwise' });
  await hydra.insert('hydra_client', { ...CLIENT, id: 'broken', redirect_uris: { not: 'a list' } });
  await hydra.insert('hydra_client', { ...CLIENT, id: 'of-another-network' }, { nid: randomUUID() });
  await hydra.insert('hydra_oauth2_obfuscated_authentication_session', {
    subject: 'user-1',
    client_id: 'pairwise',
    subject_obfuscated: 'chosen-for-user-1',
  });
}

async function fillKeys(hydra: HydraTables): Promise<void> {
  const insert = (sid: string, kid: string, keydata: string, age: number) =>
    hydra.insert('hydra_jwk', { pk: randomUUID(), sid, kid, version: 0, keydata, created_at: at(-age) });
  const [secret, old] = SYSTEM_SECRETS;
  await insert('hydra.openid.id-token', KEYS.id_token.kid, encrypted(secret, KEYS.id_token.jwk), 10 * DAY);
  await insert('hydra.openid.id-token', KEYS.old.kid, encrypted(old, KEYS.old.jwk), 20 * DAY);
  await insert('hydra.jwt.access-token', KEYS.access_token.kid, encrypted(secret, KEYS.access_token.jwk), DAY);
  await insert('https://issuer.example.com', KEYS.issuer.kid, encrypted(secret, publicOf(KEYS.issuer.jwk)), DAY);
  await insert('foreign', 'foreign', encrypted('a-secret-that-nobody-knows', KEYS.old.jwk), DAY);
  await insert('strange', 'strange', encrypted(secret, { kty: 'quantum' }), DAY);
  const trust = {
    issuer: 'https://issuer.example.com',
    scope: 'read|write',
    key_set: 'https://issuer.example.com',
    key_id: KEYS.issuer.kid,
    created_at: at(-DAY),
  };
  const insertTrust = (values: HydraValues) =>
    hydra.insert('hydra_oauth2_trusted_jwt_bearer_issuer', { ...trust, id: randomUUID(), ...values });
  await insertTrust({ subject: '', allow_any_subject: true, expires_at: at(DAY) });
  await insertTrust({ subject: 'somebody', allow_any_subject: false, expires_at: at(-HOUR) });
}

const publicOf = ({ kty, n, e, kid, use, alg }: (typeof KEYS.issuer)['jwk']) => ({ kty, n, e, kid, use, alg });

/** More than a page of sessions that are good for nothing else. */
export const CROWD = 450;

async function fillSessions(hydra: HydraTables): Promise<void> {
  const insert = (values: HydraValues) =>
    hydra.insert('hydra_oauth2_authentication_session', {
      id: randomUUID(),
      authenticated_at: at(-DAY),
      subject: 'user-1',
      remember: true,
      identity_provider_session_id: 'idp-session',
      expires_at: at(20 * DAY),
      ...values,
    });
  await insert({ id: SESSIONS.remembered });
  await insert({ id: SESSIONS.without_time, expires_at: null, authenticated_at: at(-90 * DAY) });
  await insert({ expires_at: at(-1) });
  await insert({ authenticated_at: null, subject: null });
  for (let count = 0; count < CROWD; count += 1) await insert({ subject: `user-${count}-of-many`, remember: false });
}

const token = (request_id: string, signature: string, session_data: string, values: HydraValues = {}): HydraValues => ({
  signature,
  request_id,
  challenge_id: request_id,
  requested_at: at(-HOUR / 2),
  client_id: 'app',
  scope: 'openid|offline_access|read',
  granted_scope: 'openid|offline_access',
  requested_audience: '',
  granted_audience: 'https://api.example.com',
  form_data: 'grant_type=authorization_code',
  session_data,
  subject: 'user-1',
  active: true,
  expires_at: at(HOUR),
  ...values,
});

const ofPerson = JSON.stringify(
  sessionData({
    subject: 'user-1',
    claims: {
      sub: 'user-1',
      nonce: 'nonce-of-the-client',
      auth_time: rfc3339(-HOUR),
      acr: 'urn:acr:2',
      amr: ['pwd', 'otp'],
      ext: { sid: SESSIONS.remembered, email: 'one@example.com' },
    },
    extra: { tenant: 'blue' },
    expires_at: { access_token: rfc3339(HOUR), refresh_token: rfc3339(30 * DAY) },
  }),
);

async function fillTokens(hydra: HydraTables): Promise<void> {
  const access = (id: string, { signature }: Token, data: string, values?: HydraValues) =>
    hydra.insert('hydra_oauth2_access', token(id, sha384(signature), data, values));
  const refresh = (id: string, { signature }: Token, partner: Token | null, values?: HydraValues) =>
    hydra.insert(
      'hydra_oauth2_refresh',
      token(id, signature, ofPerson, {
        expires_at: at(30 * DAY),
        access_token_signature: partner && sha384(partner.signature),
        first_used_at: null,
        used_times: null,
        ...values,
      }),
    );
  const ofClient = { challenge_id: null, subject: 'app', granted_scope: 'read', granted_audience: '' };
  const encryptedSession = encrypted(SYSTEM_SECRETS[1], sessionData({ subject: 'app' }));

  await access('consent-remembered', TOKENS.access, ofPerson);
  await refresh('consent-remembered', TOKENS.refresh, TOKENS.access);
  await access('request-of-a-client', TOKENS.jwt, encryptedSession, ofClient);
  await refresh('consent-used', TOKENS.used, null, { active: false, expires_at: at(-60) });
  await refresh('consent-used', TOKENS.rotated, TOKENS.rotated_access);
  await access('consent-used', TOKENS.rotated_access, ofPerson);
  await refresh('consent-revocable', TOKENS.revocable, null);
  await access('consent-skipped', TOKENS.skipped, ofPerson);
  await hydra.insert('hydra_oauth2_access', token('unhashed', TOKENS.unhashed.signature, encryptedSession, ofClient));
  const over = sessionData({ subject: 'app', expires_at: { access_token: rfc3339(-1) } });
  await access('request-expired', TOKENS.expired, JSON.stringify(over), ofClient);
  await access('request-malformed', opaque('ory_at_', 'x'), '{"id_token":', ofClient);
  await access('request-ancient', opaque('ory_at_', 'x'), '{"idToken":{}}', ofClient);
  await access('request-broken', opaque('ory_at_', 'x'), ofPerson, { client_id: 'broken' });
}

async function fillConsents(hydra: HydraTables): Promise<void> {
  const insert = (name: string, values: HydraValues = {}) =>
    hydra.insert('hydra_oauth2_flow', {
      login_challenge: `login-${name}`,
      requested_scope: ['openid', 'offline_access'],
      requested_at_audience: [],
      amr: ['pwd', 'otp'],
      granted_scope: ['openid', 'offline_access'],
      granted_at_audience: ['https://api.example.com'],
      subject: 'user-1',
      oidc_context: {},
      client_id: 'app',
      request_url:
        'http://issuer.test/oauth2/auth?client_id=app&response_type=code&scope=openid+offline_access&login_hint=one',
      login_session_id: SESSIONS.remembered,
      requested_at: at(-HOUR),
      acr: 'urn:acr:2',
      context: { from: 'the login app' },
      consent_challenge_id: `consent-${name}`,
      consent_skip: false,
      consent_remember: true,
      consent_remember_for: 0,
      consent_handled_at: at(-HOUR + 5),
      consent_error: '{}',
      session_id_token: { email: 'one@example.com' },
      session_access_token: { tenant: 'blue' },
      state: null,
      ...values,
    });
  await insert('remembered');
  await insert('used', { consent_remember: false, requested_at: at(-2 * HOUR) });
  await insert('revocable', { subject: 'user-2', login_session_id: null, consent_remember_for: DAY });
  await insert('skipped', { subject: 'user-2', login_session_id: null, consent_skip: true });
  await insert('from-request-object', {
    subject: 'user-3',
    request_url: 'http://issuer.test/oauth2/auth?request=e30&client_id=app',
  });
  await insert('over', { login_session_id: null, consent_remember_for: 60 });
  await insert('unfinished', { state: 4 });
  await insert('rejected', { state: 6, consent_error: { error: 'access_denied' } });
  await insert('broken', { client_id: 'broken' });
  await insert('strange', { granted_scope: { not: 'a list' } });
}

/** Everything that a deployment of Hydra may hold. */
export async function fillHydra(dsn: string): Promise<void> {
  const hydra = await HydraTables.create(dsn);
  try {
    await fillClients(hydra);
    await fillKeys(hydra);
    await fillSessions(hydra);
    await fillTokens(hydra);
    await fillConsents(hydra);
  } finally {
    await hydra.close();
  }
}

/** Found, imported, already there, skipped. */
export const EXPECTED: Readonly<Record<string, readonly [found: number, imported: number, skipped: number]>> = {
  hydra_client: [3 + SCHEMES.length, 2 + SCHEMES.length, 1],
  hydra_jwk: [6, 4, 2],
  hydra_oauth2_trusted_jwt_bearer_issuer: [2, 1, 1],
  hydra_oauth2_authentication_session: [CROWD + 4, CROWD + 2, 2],
  hydra_oauth2_obfuscated_authentication_session: [1, 1, 0],
  hydra_oauth2_access: [9, 5, 4],
  hydra_oauth2_refresh: [4, 4, 0],
  hydra_oauth2_flow: [10, 5, 5],
};
