import type { Config } from '../config/schema.ts';
import { listClientsThatContain } from '../store/clients.ts';
import type { Database } from '../store/db.ts';
import { type Client, clientOf } from './client.ts';
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

const PAGE = 500;

/** Seconds: the longest that a token of this kind lives, whatever client it is issued to, by whatever grant. */
export async function longestLifespan(config: Config, db: Database, token: TokenOfGrant): Promise<number> {
  const members = Object.values(PREFIX).map((prefix) => `${prefix}_${token}_lifespan` as keyof ClientMetadata);
  let longest = config.ttl[token];
  let after = '';
  for (;;) {
    // A client that has none of its own says null.
    const rows = await listClientsThatContain(db.queries, `_${token}_lifespan":"`, after, PAGE);
    for (const own of rows.map(clientOf).flatMap((client) => members.map((member) => client[member]))) {
      if (typeof own === 'string') longest = Math.max(longest, lifespanSeconds(own));
    }
    if (rows.length < PAGE) return longest;
    after = rows.at(-1)?.client_id ?? '';
  }
}
