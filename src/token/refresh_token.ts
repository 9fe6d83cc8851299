import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import type { TokenRow } from '../store/tokens.ts';
import type { Issued, TokenResponse } from './authorization.ts';

export const PURPOSE = 'successor';

/** What a used refresh token was traded for, so that a client that missed the answer can have it again. */
export const sealSuccessor = (server: AuthorizationServer, response: Issued): Buffer =>
  server.keys.rows.sealJson(response, PURPOSE);

/** Undefined outside \`gatehouse.refresh_token.retry_window\`. The tokens are the same, their remaining life is not. */
export function successorOf(server: AuthorizationServer, row: TokenRow): TokenResponse | undefined {
  const { retry_window } = server.config.gatehouse.refresh_token;
  if (row.successor === null || row.used_at === null) return undefined;
  const age = seconds(server) - row.used_at;
  if (age >= retry_window) return undefined;
  const response = server.keys.rows.openJson<TokenResponse>(row.successor, PURPOSE);
  const { expires_in, c_nonce_expires_in_draft_00: nonce_expires_in } = response;
  return {
    ...response,
    expires_in: Math.max(0, expires_in - age),
    ...(nonce_expires_in === undefined ? {} : { c_nonce_expires_in_draft_00: Math.max(0, nonce_expires_in - age) }),
  };
}

/** What the smallest integer column of all engines holds. */
const MOST_USES = 2 ** 31 - 1;

/** Hydra: how a used refresh token may be used again, where \`rotation_grace_period\` allows that at all. */
export function graceOf(server: AuthorizationServer): { readonly since: number; readonly limit: number } | undefined {
  const { rotation_grace_period, rotation_grace_reuse_count } = server.config.oauth2.grant.refresh_token;
  if (rotation_grace_period <= 0) return undefined;
  return {
    since: seconds(server) - rotation_grace_period,
    limit: Math.min(rotation_grace_reuse_count > 0 ? rotation_grace_reuse_count : MOST_USES, MOST_USES),
  };
}

/** Whether it may be redeemed: never before, or within the grace. */
export function isRedeemable(server: AuthorizationServer, { used_at, uses }: TokenRow): boolean {
  if (used_at === null) return true;
  const grace = graceOf(server);
  return grace !== undefined && used_at > grace.since && uses < grace.limit;
}
