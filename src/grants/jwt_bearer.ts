import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { type Client, checkGrantType, isPublic, scopesOf } from '../client/client.ts';
import { audienceOfClaims, spendJti, textOf, timeOf, tokenEndpointNames } from '../client_auth/assertion.ts';
import { type Claims, isSignedBy, readJwt, type UnverifiedJwt } from '../keys/jwt.ts';
import { openJwk } from '../keys/signing_keys.ts';
import { orderedUuid } from '../lib/ordered_id.ts';
import { audienceOf, coversAudience } from '../oauth/audience.ts';
import { OAuthError } from '../oauth/error.ts';
import { spaceList } from '../oauth/parameters.ts';
import { checkScope } from '../oauth/scope.ts';
import { findKey } from '../store/json_web_keys.ts';
import { listUsableTrusts, type TrustRow } from '../store/trusted_jwt_issuers.ts';
import type { Grant } from '../token/grant.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** An assertion without `kid` is tried against this many keys. */
const MOST_KEYS = 100;

/** RFC 7523 sections 2.1 and 3: an issuer that an administrator trusts speaks for its subject. */
export const jwt_bearer: Grant = async (server, { client, parameters }) => {
  if (isPublic(client))
    throw new OAuthError('invalid_grant', `A public client cannot use the grant type '${GRANT_TYPE}'.`);
  checkGrantType(client, GRANT_TYPE);
  const assertion = parameters.get('assertion');
  if (assertion === '') throw new OAuthError('invalid_request', "The parameter 'assertion' is missing.");
  const jwt = readJwt(assertion);
  if (!jwt) throw refused('is not a signed JSON Web Token');
  const { claims } = jwt;
  const [iss, subject, jti] = [textOf(claims.iss), textOf(claims.sub), textOf(claims.jti)];
  if (iss === '') throw refused("has no 'iss'");
  if (subject === '') throw refused("has no 'sub'");

  const trust = await findTrustOf(server, jwt, iss, subject);
  const exp = checkClaims(server, claims);
  const scope = spaceList(parameters.get('scope'));
  checkScope(server.config.strategies.scope, scope, spaceList(trust.scope));
  const requested = audienceOf(parameters).filter((value) => coversAudience(client.audience, value));
  const asserted = server.config.oauth2.grant.jwt.omit_assertion_audience ? [] : audienceOfClaims(claims);
  return {
    client,
    grant_type: GRANT_TYPE,
    subject,
    scope: scope.length > 0 ? scope : defaultScope(server, client),
    audience: [...new Set([...requested, ...asserted])],
    request_id: orderedUuid(),
    session: {},
    mayIdentify: false,
    mayRefresh: false,
    ...(jti === '' ? {} : { spend: (tx) => spendJti(tx, iss, jti, exp), lost: () => Promise.reject(known()) }),
  };
};

const known = (): OAuthError => new OAuthError('jti_known');

/** The trust whose key signed this. Throws `invalid_grant`. */
async function findTrustOf(
  server: AuthorizationServer,
  jwt: UnverifiedJwt,
  iss: string,
  subject: string,
): Promise<TrustRow> {
  const trusts = await listUsableTrusts(server.db.queries, iss, subject, seconds(server), MOST_KEYS);
  const named = jwt.kid === '' ? trusts : trusts.filter(({ key_id }) => key_id === jwt.kid);
  if (named.length === 0) throw refused('is from an issuer that is not trusted with this key for this subject');
  for (const trust of named) if (await isSignedWithTrustedKey(server, jwt, trust)) return trust;
  throw refused('has a signature that no trusted key verifies');
}

async function isSignedWithTrustedKey(
  server: AuthorizationServer,
  jwt: UnverifiedJwt,
  { issuer, key_id }: TrustRow,
): Promise<boolean> {
  const key = await findKey(server.db.queries, issuer, key_id);
  return key !== undefined && isSignedBy(jwt, openJwk(server.keys.rows, key));
}

/** RFC 7523 section 3, numbers 3 to 7: returns `exp`. */
function checkClaims(server: AuthorizationServer, claims: Claims): number {
  const { jti_optional, iat_optional, max_ttl } = server.config.oauth2.grant.jwt;
  const names = tokenEndpointNames(server.config);
  if (!audienceOfClaims(claims).some((audience) => names.includes(audience))) {
    throw refused(`is not for this server: its 'aud' must be '${names[0]}'`);
  }
  const now = seconds(server);
  const [exp, nbf, iat] = [timeOf(claims.exp), timeOf(claims.nbf), timeOf(claims.iat)];
  if (exp === undefined) throw refused("has no 'exp'");
  if (exp <= now) throw refused('has expired');
  if (nbf !== undefined && nbf > now) throw refused('is not valid yet');
  if (iat === undefined && !iat_optional) throw refused("has no 'iat'");
  if (exp - (iat ?? now) > max_ttl) throw refused(`is valid for longer than the ${max_ttl} seconds that are allowed`);
  if (textOf(claims.jti) === '' && !jti_optional) throw refused("has no 'jti'");
  return exp;
}

/**
 * Hydra: whoever asks for nothing gets nothing, or with `default_grant_allowed_scope` all that the client may have; the
 * scope of the trust limits only what is asked for.
 */
const defaultScope = ({ config }: AuthorizationServer, client: Client): string[] =>
  config.oauth2.client_credentials.default_grant_allowed_scope ? scopesOf(client) : [];

const refused = (why: string): OAuthError => new OAuthError('invalid_grant', `The assertion ${why}.`);
