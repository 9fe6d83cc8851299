import type { AuthorizationServer } from '../authorization_server.ts';
import { lifespanOf } from '../client/lifespans.ts';
import type { MintedToken } from '../keys/opaque_token.ts';
import type { TokenKind } from '../store/tables.ts';
import type { NewToken } from '../store/tokens.ts';
import type { MintedAccessToken } from './access_token.ts';
import type { Authorization } from './authorization.ts';
import type { CodeSession } from './code.ts';
import { halfHash } from './id_token.ts';
import { sealSession } from './session.ts';

type Minted = {
  readonly code: MintedToken | undefined;
  readonly access: MintedAccessToken | undefined;
  readonly refresh: MintedToken | undefined;
};

/** What the database has to know of one answer. */
export function rowsOf(
  server: AuthorizationServer,
  authorization: Authorization,
  { code, access, refresh }: Minted,
  issued_at: number,
): NewToken[] {
  const row = rowOf(authorization, issued_at);
  const rows: NewToken[] = [];
  if (code) {
    const expires_at = Math.ceil(issued_at + server.config.ttl.auth_code);
    const session = sealSession(server, codeSession(authorization, code));
    rows.push(row('authorization_code', code.hash, expires_at, session));
  }
  if (access) {
    const session = sealSession(server, authorization.session);
    rows.push(row('access_token', access.hash, access.expires_at, session));
    if (refresh) {
      const expires_at = refreshExpiry(server, authorization, issued_at);
      rows.push(row('refresh_token', refresh.hash, expires_at, session, access.hash));
    }
  }
  return rows;
}

/** The rows of one answer differ in five columns. */
function rowOf({ request_id, client, subject, scope, audience }: Authorization, issued_at: number) {
  const common = {
    request_id,
    client_id: client.client_id,
    subject,
    scope: scope.join(' '),
    audience: JSON.stringify(audience),
    issued_at,
    used_at: null,
    uses: 0,
    successor: null,
  };
  return (
    kind: TokenKind,
    hash: Uint8Array,
    expires_at: number | null,
    session: Uint8Array,
    partner: Uint8Array | null = null,
  ): NewToken => ({ ...common, kind, hash, expires_at, session, partner });
}

/** Hydra: the ID token that comes later for a code of the hybrid flow has its `c_hash` too. */
function codeSession({ session, front_channel, mayIdentify }: Authorization, { token }: MintedToken): CodeSession {
  const isHybrid = front_channel?.access_token || mayIdentify;
  return { ...session, ...front_channel?.code, ...(isHybrid && { c_hash: halfHash(token) }) };
}

function refreshExpiry(
  server: AuthorizationServer,
  { client, grant_type }: Authorization,
  issued_at: number,
): number | null {
  const lifespan = lifespanOf(server.config, client, grant_type, 'refresh_token');
  return lifespan === undefined ? null : Math.round(issued_at + lifespan);
}
