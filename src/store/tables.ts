import type { Generated, Kysely } from 'kysely';

/**
 * The tables as TypeScript sees them. Wire names are kept, times are whole seconds since 1970, booleans are 0 or 1,
 * and what has to be read back in clear text is sealed (keys/seal.ts) before it comes here.
 */
export type Tables = {
  clients: ClientsTable;
  tokens: TokensTable;
  consents: ConsentsTable;
  login_sessions: LoginSessionsTable;
  forced_subjects: ForcedSubjectsTable;
  flow_states: FlowStatesTable;
  json_web_keys: JsonWebKeysTable;
  accounts: AccountsTable;
  account_sessions: AccountSessionsTable;
  api_keys: ApiKeysTable;
  device_codes: DeviceCodesTable;
  trusted_jwt_issuers: TrustedJwtIssuersTable;
  used_jtis: UsedJtisTable;
  logout_requests: LogoutRequestsTable;
  logout_notifications: LogoutNotificationsTable;
  throttles: ThrottlesTable;
  ended_logins: EndedLoginsTable;
  leases: LeasesTable;
  imports: ImportsTable;
};

/** What the functions of this folder take: the database, or the write that they are part of. */
export type Queries = Kysely<Tables>;

export type ClientsTable = {
  client_id: string;
  client_name: string;
  owner: string;
  /** The members of the wire and the hashes of the secrets, as JSON. */
  document: string;
};

/** Everything that is found by the hash of what its bearer presents. */
export type TokensTable = {
  id: Generated<number>;
  hash: Uint8Array;
  kind: TokenKind;
  /** The approval that this belongs to; what shares it is revoked together. */
  request_id: string;
  client_id: string;
  subject: string;
  /** Separated by spaces. */
  scope: string;
  /** A JSON array. */
  audience: string;
  issued_at: number;
  /** Null: never. */
  expires_at: number | null;
  /** When it was first redeemed; null while it has not been. */
  used_at: number | null;
  /** How often it was redeemed. */
  uses: number;
  /** Of a refresh token: the hash of the access token that was issued with it. */
  partner: Uint8Array | null;
  /** Of a refresh token that was used: the sealed answer, for those who missed it. */
  successor: Uint8Array | null;
  /** Sealed. */
  session: Uint8Array;
};

export type TokenKind = 'authorization_code' | 'access_token' | 'refresh_token';

/** One row an authorization that was completed: its key is what makes a consent verifier single-use. */
export type ConsentsTable = {
  flow_id: string;
  consent_request_id: string;
  client_id: string;
  subject: string;
  login_session_id: string | null;
  /** Separated by spaces. */
  granted_scope: string;
  /** A JSON array. */
  granted_audience: string;
  requested_at: number;
  handled_at: number;
  skip: number;
  remember: number;
  remember_for: number;
  /** Until when it may be the reason to skip; null: for ever. */
  remembered_until: number | null;
  /** From when on nobody asks for it any more, unless what it granted is still in use; null: never. */
  expires_at: number | null;
  /** Sealed: session, context, and what the consent request said. */
  details: Uint8Array;
};

export type LoginSessionsTable = {
  sid: string;
  subject: string;
  authenticated_at: number;
  expires_at: number;
  remember: number;
  identity_provider_session_id: string;
};

/** Pairwise identifiers that the login app chose (`force_subject_identifier`). */
export type ForcedSubjectsTable = {
  client_id: string;
  subject: string;
  identifier: string;
};

/** Sealed flow states that are too long for a URL. */
export type FlowStatesTable = {
  hash: Uint8Array;
  sealed: Uint8Array;
  expires_at: number;
};

export type JsonWebKeysTable = {
  id: Generated<number>;
  set_name: string;
  kid: string;
  created_at: number;
  /** Sealed JSON of the private key. */
  jwk: Uint8Array;
};

/** RFC 8628: devices that wait, until they redeem what a person approved. */
export type DeviceCodesTable = {
  hash: Uint8Array;
  user_code_hash: Uint8Array;
  client_id: string;
  /** Separated by spaces: what was asked for, then what was granted. */
  scope: string;
  /** A JSON array, likewise. */
  audience: string;
  expires_at: number;
  /** Null until a person has approved or denied it. */
  request_id: string | null;
  subject: string;
  /** Sealed; null unless it was approved. */
  session: Uint8Array | null;
};

/** RFC 7523 section 2.1: who may assert whom. The key stands in the set that is named after the issuer. */
export type TrustedJwtIssuersTable = {
  id: string;
  issuer: string;
  /** Empty: anybody. */
  subject: string;
  key_id: string;
  /** Separated by spaces. */
  scope: string;
  created_at: number;
  expires_at: number;
};

/** RFC 7523 section 3: assertions that were presented, by the hash of issuer and `jti`. */
export type UsedJtisTable = {
  hash: Uint8Array;
  expires_at: number;
};

/** Logouts on their way through the logout app. Found by the hash of their challenge. */
export type LogoutRequestsTable = {
  hash: Uint8Array;
  state: 'asked' | 'accepted' | 'rejected' | 'done';
  expires_at: number;
  /** Sealed. */
  details: Uint8Array;
};

/** Back-channel logout tokens that their clients have not acknowledged yet. */
export type LogoutNotificationsTable = {
  id: string;
  client_id: string;
  uri: string;
  /** Sealed: what the token says of the session. */
  logout_token: Uint8Array;
  attempts: number;
  /** Not to be sent before: after a failure, and while somebody is sending it. */
  due_at: number;
  expires_at: number;
};

/** What went wrong too often lately: by the hash of whatever is counted, a window from its first failure on. */
export type ThrottlesTable = {
  key_hash: Uint8Array;
  failures: number;
  /** The end of the window. What comes later begins a new one. */
  expires_at: number;
};

/** Login sessions that have ended, and people all of whose logins have, by the hash of `sid` or `subject`. */
export type EndedLoginsTable = {
  hash: Uint8Array;
  ended_at: number;
  expires_at: number;
};

/** What one server does at a time (store/leases.ts). */
export type LeasesTable = {
  name: string;
  holder: string;
  /** Milliseconds since 1970. */
  expires_at: number;
};

/** People of the account experience. */
export type AccountsTable = {
  subject: string;
  email: string;
  /** A PHC string. */
  password: string;
  /** Claims of the person, as JSON. */
  claims: string;
  created_at: number;
};

/** Who is signed in on the account experience's own pages. Found by the hash of what the cookie holds. */
export type AccountSessionsTable = {
  hash: Uint8Array;
  subject: string;
  /** What `accounts.password` was at the login, as a hash. */
  password_version: string;
  expires_at: number;
};

/** Who may use the admin API. A key that was revoked stays, so that its name can still be found. */
export type ApiKeysTable = {
  id: string;
  name: string;
  hash: Uint8Array;
  /** Separated by spaces. */
  scope: string;
  created_at: number;
  /** Null: never. */
  expires_at: number | null;
  revoked_at: number | null;
};

/** Databases that were imported to the end. */
export type ImportsTable = {
  /** The network of the reference's. */
  source: string;
  finished_at: number;
};
