import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { lifespanOf } from '../client/lifespans.ts';
import { accessTokenStrategyOf } from '../client/subject.ts';
import { ACCESS_TOKEN_SET, ID_TOKEN_SET } from '../keys/signing_keys.ts';
import { type Parameters, spaceList } from '../oauth/parameters.ts';
import type { Authorization } from './authorization.ts';

/** Parameters of the token request that a hook may see: nothing that lets in. */
const PAYLOAD = ['grant_type', 'response_type', 'scope', 'client_id', 'assertion'];

/** What `oauth2.token_hook` is sent. */
export function tokenHookBody(server: AuthorizationServer, authorization: Authorization, parameters: Parameters) {
  const { client, grant_type } = authorization;
  return {
    session: sessionOf(server, authorization),
    request: {
      client_id: client.client_id,
      requested_scopes: requestedScopes(authorization, parameters),
      ...grantedTo(authorization),
      grant_types: [grant_type],
      payload: Object.fromEntries(
        PAYLOAD.filter((name) => parameters.has(name)).map((name) => [name, parameters.all(name)]),
      ),
    },
  };
}

/** Hydra: null where a client acts for itself and asks for none. */
function requestedScopes(authorization: Authorization, parameters: Parameters): readonly string[] | null {
  const { scope, session } = authorization;
  if (isPerson(authorization)) return session.approved_request?.scope ?? scope;
  const requested = spaceList(parameters.get('scope'));
  return requested.length > 0 ? requested : null;
}

/** What `oauth2.refresh_token_hook` is sent. Hydra: some of it twice. */
export function refreshHookBody(server: AuthorizationServer, authorization: Authorization) {
  const { client, subject, grant_type } = authorization;
  const granted = { client_id: client.client_id, ...grantedTo(authorization) };
  return {
    subject,
    session: sessionOf(server, authorization),
    requester: { ...granted, grant_types: [grant_type] },
    ...granted,
  };
}

const LATE = ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'];

/** Hydra: with these, what a person granted is looked up when the hook has been asked already. */
export const isGrantedLate = ({ grant_type }: Authorization): boolean => LATE.includes(grant_type);

const grantedTo = (authorization: Authorization) =>
  isGrantedLate(authorization)
    ? { granted_scopes: [], granted_audience: [] }
    : { granted_scopes: authorization.scope, granted_audience: authorization.audience };

const isPerson = ({ session }: Authorization): boolean => session.auth_time !== undefined;

/** Hydra: its session as it is, with members that only later get a value. */
function sessionOf(server: AuthorizationServer, authorization: Authorization) {
  const { config } = server;
  const { client, subject, session, request_id } = authorization;
  const isJwt = accessTokenStrategyOf(config, client) === 'jwt';
  return {
    id_token: {
      id_token_claims: idTokenClaims(server, authorization),
      headers: { extra: isPerson(authorization) ? { kid: server.keys.signing.signer(ID_TOKEN_SET).kid } : null },
      expires_at: expiryTimes(server, authorization),
      subject,
    },
    extra: session.access_token ?? {},
    kid: isJwt ? server.keys.signing.signer(ACCESS_TOKEN_SET).kid : '',
    client_id: client.client_id,
    consent_challenge: isPerson(authorization) ? request_id : '',
    exclude_not_before_claim: config.oauth2.exclude_not_before_claim,
    allowed_top_level_claims: config.oauth2.allowed_top_level_claims,
    mirror_top_level_claims: config.oauth2.mirror_top_level_claims,
  };
}

function idTokenClaims(server: AuthorizationServer, authorization: Authorization) {
  const { client, subject, session } = authorization;
  const { auth_time, approved_request, sid } = session;
  return {
    jti: '',
    iss: server.config.urls.self.issuer,
    sub: isPerson(authorization) ? (session.mapped_subject ?? subject) : '',
    aud: isPerson(authorization) ? [client.client_id] : null,
    nonce: session.nonce ?? '',
    exp: timeText(undefined),
    iat: timeText(approved_request?.approved_at ?? seconds(server)),
    rat: timeText(approved_request?.requested_at),
    auth_time: timeText(auth_time),
    at_hash: '',
    acr: session.acr ?? '',
    amr: session.amr ?? null,
    c_hash: authorization.c_hash ?? '',
    ext: isPerson(authorization) ? { ...session.id_token, ...(sid === undefined ? {} : { sid }) } : null,
  };
}

function expiryTimes({ config, now }: AuthorizationServer, authorization: Authorization) {
  const { client, grant_type, mayRefresh, session } = authorization;
  const after = (token: 'access_token' | 'refresh_token') => {
    const lifespan = lifespanOf(config, client, grant_type, token);
    return lifespan === undefined ? {} : { [token]: timeText(Math.round(now() / 1000 + lifespan)) };
  };
  const code_expires_at = session.approved_request?.code_expires_at;
  return {
    ...after('access_token'),
    ...(code_expires_at === undefined ? {} : { authorize_code: timeText(code_expires_at) }),
    ...(mayRefresh ? after('refresh_token') : {}),
  };
}

/** RFC 3339. Hydra: a time that is not known is the first day of the first year. */
const timeText = (time: number | undefined): string =>
  time === undefined ? '0001-01-01T00:00:00Z' : new Date(time * 1000).toISOString().replace('.000Z', 'Z');
