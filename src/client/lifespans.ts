import type { Config } from '../config/schema.ts';
import type { Client } from './client.ts';
import type { ClientMetadata } from './members.ts';
import { lifespanSeconds } from './metadata.ts';

type TokenOfGrant = 'access_token' | 'refresh_token' | 'id_token';

/** Names of the client's own lifespans by grant type; a token that a grant never issues has none. */
const PREFIX: Readonly<Record<string, string>> = {
  authorization_code: 'authorization_code_grant',
  refresh_token: 'refresh_token_grant',
  client_credentials: 'client_credentials_grant',
  implicit: 'implicit_grant',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'jwt_bearer_grant',
  'urn:ietf:params:oauth:grant-type:device_code': 'device_authorization_grant',
};

/** Seconds that a token of this grant lives; undefined for a refresh token that never expires. */
export function lifespanOf(
  config: Config,
  client: Client,
  grant_type: string,
  token: TokenOfGrant,
): number | undefined {
  const own = client[`${PREFIX[grant_type]}_${token}_lifespan` as keyof ClientMetadata];
  const lifespan = typeof own === 'string' ? lifespanSeconds(own) : config.ttl[token];
  return token === 'refresh_token' && lifespan < 0 ? undefined : lifespan;
}
