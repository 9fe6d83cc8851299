import { createHash, randomBytes } from 'node:crypto';
import { type AuthorizationServer, seconds } from '../authorization_server.ts';
import { OAuthError } from '../oauth/error.ts';
import {
  findLogoutRequest,
  insertLogoutRequest,
  type LogoutRequestRow,
  setLogoutState,
} from '../store/logout_requests.ts';
import { write } from '../store/write.ts';

/** A logout that somebody asked for, on its way through the logout app. */
export type Logout = {
  readonly subject: string;
  readonly sid: string;
  /** Whose ID token was shown; undefined when the person came by themselves. */
  readonly client_id?: string;
  /** Path and query, as asked. */
  readonly request_url: string;
  /** Where the browser goes when it is over. */
  readonly redirect_to: string;
  /** Seconds. */
  readonly requested_at: number;
};

export type StoredLogout = Logout & Pick<LogoutRequestRow, 'hash' | 'state' | 'expires_at'>;

export const PURPOSE = 'logout_request';
const VERIFIER = 'logout_verifier';
/** Hydra: a request with an ID token does not expire; a day is enough of that. */
const LONGEST = 24 * 3600;

/** Returns the challenge. */
export async function askLogout(server: AuthorizationServer, logout: Logout): Promise<string> {
  const challenge = randomBytes(32).toString('base64url');
  const lifetime = logout.client_id === undefined ? server.config.ttl.login_consent_request : LONGEST;
  const row = {
    hash: hashOf(challenge),
    state: 'asked' as const,
    expires_at: Math.ceil(logout.requested_at + lifetime),
    details: server.keys.rows.sealJson(logout, PURPOSE),
  };
  await write(server, (tx) => insertLogoutRequest(tx, row));
  return challenge;
}

export async function findLogout(server: AuthorizationServer, challenge: string): Promise<StoredLogout | undefined> {
  const row = await findLogoutRequest(server.db.queries, hashOf(challenge));
  if (!row) return undefined;
  const { hash, state, expires_at } = row;
  return { ...server.keys.rows.openJson<Logout>(row.details, PURPOSE), hash, state, expires_at };
}

/** Returns the verifier. What was rejected may still be accepted. */
export async function acceptLogout(server: AuthorizationServer, { hash }: StoredLogout, challenge: string) {
  await write(server, (tx) => setLogoutState(tx, hash, 'accepted'));
  return server.keys.challenges.seal(Buffer.from(challenge), VERIFIER).toString('base64url');
}

export const rejectLogout = (server: AuthorizationServer, { hash }: StoredLogout): Promise<void> =>
  write(server, (tx) => setLogoutState(tx, hash, 'rejected'));

/** The logout that a verifier stands for. Throws for one that is not accepted, or not any more. */
export async function takeLogout(server: AuthorizationServer, verifier: string): Promise<StoredLogout> {
  const challenge = server.keys.challenges.open(Buffer.from(verifier, 'base64url'), VERIFIER)?.toString();
  const logout = challenge === undefined ? undefined : await findLogout(server, challenge);
  if (!logout || logout.state === 'asked' || logout.state === 'rejected') {
    throw new OAuthError('challenge_not_found', 'The logout verifier is not valid.');
  }
  if (logout.expires_at < seconds(server)) {
    throw new OAuthError('request_unauthorized', 'The logout request has expired; start again.');
  }
  return logout;
}

const hashOf = (challenge: string): Buffer => createHash('sha256').update(challenge).digest();
