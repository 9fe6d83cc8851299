import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { Client } from '../client/client.ts';
import { type Judgement, judgeSignature } from '../client/signature.ts';
import { readJwt, type UnverifiedJwt } from '../keys/jwt.ts';
import { OAuthError } from '../oauth/error.ts';
import { write } from '../store/write.ts';
import { audienceOfClaims, spendJti, textOf, timeOf, tokenEndpointNames } from './assertion.ts';
import type { Method } from './presented.ts';

/** RFC 7523 section 2.2. */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** OpenID Connect Core section 9, RFC 7523 section 3. */
export const private_key_jwt: Method = (_request, parameters) => {
  const type = parameters.get('client_assertion_type');
  if (type === '') return undefined;
  if (type !== ASSERTION_TYPE) throw new OAuthError('invalid_request', 'The client assertion type is not known.');
  const assertion = parameters.get('client_assertion');
  if (assertion === '') throw new OAuthError('invalid_request', "The parameter 'client_assertion' is missing.");
  const jwt = readJwt(assertion);
  if (!jwt) throw refused('is not a signed JSON Web Token');
  const client_id = parameters.get('client_id') || textOf(jwt.claims.sub);
  if (client_id === '') throw refused("has no 'sub'");
  return { client_id, verify: (server, client) => (client ? verify(server, client, jwt) : false) };
};

async function verify(server: AuthorizationServer, client: Client, jwt: UnverifiedJwt): Promise<boolean> {
  await checkSignature(server, client, jwt);
  const { client_id } = client;
  const { claims } = jwt;
  const exp = checkTimes(claims, seconds(server));
  if (claims.iss !== client_id) throw refused("does not name the client as its 'iss'");
  if (claims.sub !== client_id) throw refused("does not name the client as its 'sub'");
  const jti = textOf(claims.jti);
  if (jti === '') throw refused("has no 'jti'");
  if (!(await write(server, (tx) => spendJti(tx, client_id, jti, exp)))) throw new OAuthError('jti_known');
  const names = [...tokenEndpointNames(server.config), server.config.urls.self.issuer];
  if (!audienceOfClaims(claims).some((audience) => names.includes(audience))) {
    throw refused(`is not for this server: its 'aud' must be '${names[0]}'`);
  }
  return true;
}

/** RFC 7523 section 3, number 9: with a key of the client, and with the algorithm that it is registered for. */
async function checkSignature(server: AuthorizationServer, client: Client, jwt: UnverifiedJwt): Promise<void> {
  const alg = client.token_endpoint_auth_signing_alg || 'RS256';
  if (jwt.alg !== alg) throw refused(`is signed with '${jwt.alg}', but the client is registered for '${alg}'`);
  const judgement = await judge(server, client, jwt);
  if (judgement === 'no key') throw noKey(jwt);
  if (judgement === 'bad signature') throw refused('has a signature that no key of the client verifies');
}

async function judge(server: AuthorizationServer, client: Client, jwt: UnverifiedJwt): Promise<Judgement> {
  try {
    return await judgeSignature(server, client, jwt);
  } catch (error) {
    const debug = error instanceof Error ? error.message : String(error);
    throw new OAuthError('invalid_client', "The key set at the client's 'jwks_uri' could not be fetched.", { debug });
  }
}

const noKey = ({ alg, kid }: UnverifiedJwt): OAuthError =>
  new OAuthError(
    'invalid_request',
    `The client's key set has no key with the use 'sig'${kid === '' ? '' : `, the kid '${kid}'`} and a type for ${alg}.`,
  );

/** RFC 7523 section 3, numbers 4 to 6. */
function checkTimes({ exp, nbf, iat }: UnverifiedJwt['claims'], now: number): number {
  const end = timeOf(exp);
  if (end === undefined) throw refused("has no 'exp'");
  if (end <= now) throw refused('has expired');
  if ((timeOf(nbf) ?? 0) > now) throw refused('is not valid yet');
  if ((timeOf(iat) ?? 0) > now) throw refused('was issued in the future');
  return end;
}

const refused = (why: string): OAuthError => new OAuthError('invalid_client', `The client assertion ${why}.`);
