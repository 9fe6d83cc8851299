import { sql } from 'kysely';
import { parseDsn } from '../../src/config/dsn.ts';
import { type Database, openDatabase } from '../../src/store/db.ts';

/** The tables of Ory Hydra v26.2.0 as far as an import reads them, and some columns that it has no use for. */
const MEMBERS_IN_JSON = [
  'redirect_uris',
  'grant_types',
  'response_types',
  'audience',
  'allowed_cors_origins',
  'contacts',
  'request_uris',
  'post_logout_redirect_uris',
  'rotated_secrets',
];
const MEMBERS_IN_TEXT = [
  'client_name',
  'client_secret',
  'scope',
  'owner',
  'policy_uri',
  'tos_uri',
  'client_uri',
  'logo_uri',
  'sector_identifier_uri',
  'jwks',
  'jwks_uri',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'request_object_signing_alg',
  'userinfo_signed_response_alg',
  'subject_type',
  'frontchannel_logout_uri',
  'backchannel_logout_uri',
  'metadata',
  'registration_access_token_signature',
  'access_token_strategy',
];
const LIFESPANS = [
  'authorization_code_grant_access_token_lifespan',
  'authorization_code_grant_id_token_lifespan',
  'authorization_code_grant_refresh_token_lifespan',
  'client_credentials_grant_access_token_lifespan',
  'implicit_grant_access_token_lifespan',
  'implicit_grant_id_token_lifespan',
  'jwt_bearer_grant_access_token_lifespan',
  'password_grant_access_token_lifespan',
  'password_grant_refresh_token_lifespan',
  'refresh_token_grant_id_token_lifespan',
  'refresh_token_grant_access_token_lifespan',
  'refresh_token_grant_refresh_token_lifespan',
  'device_authorization_grant_id_token_lifespan',
  'device_authorization_grant_access_token_lifespan',
  'device_authorization_grant_refresh_token_lifespan',
];

const columns = (names: readonly string[], type: string): string => names.map((name) => `${name} ${type}`).join(', ');

const TOKEN = `signature varchar(255) primary key, nid UUID not null, request_id varchar(40), requested_at TIME, client_id varchar(255),
  scope text, granted_scope text, requested_audience text, granted_audience text, form_data text, session_data text,
  subject varchar(255), active boolean, challenge_id varchar(40), expires_at TIME`;

const TABLES: Readonly<Record<string, string>> = {
  networks: 'id UUID primary key, created_at TIME, updated_at TIME',
  hydra_client: `id varchar(255) not null, nid UUID not null, pk UUID, ${columns(MEMBERS_IN_TEXT, 'text')}, ${columns(MEMBERS_IN_JSON, 'JSON')},
    ${columns(LIFESPANS, 'bigint')}, client_secret_expires_at integer, frontchannel_logout_session_required boolean,
    backchannel_logout_session_required boolean, skip_consent boolean, skip_logout_consent boolean, created_at TIME, updated_at TIME,
    primary key (id, nid)`,
  hydra_jwk: `pk UUID primary key, nid UUID not null, sid varchar(255), kid varchar(255), version integer, keydata text, created_at TIME`,
  hydra_oauth2_flow: `login_challenge varchar(40) primary key, nid UUID not null, requested_scope JSON, requested_at_audience JSON, amr JSON,
    granted_scope JSON, granted_at_audience JSON, subject varchar(255), oidc_context JSON, client_id varchar(255), request_url text,
    login_session_id varchar(40), requested_at TIME, acr text, context JSON, consent_challenge_id varchar(40), consent_skip boolean,
    consent_remember boolean, consent_remember_for integer, consent_handled_at TIME, consent_error text, session_id_token JSON,
    session_access_token JSON, state smallint`,
  hydra_oauth2_authentication_session: `id varchar(40) primary key, nid UUID not null, authenticated_at TIME, subject varchar(255),
    remember boolean, identity_provider_session_id varchar(40), expires_at TIME`,
  hydra_oauth2_access: TOKEN,
  hydra_oauth2_refresh: `${TOKEN}, first_used_at TIME, access_token_signature varchar(255), used_times integer`,
  hydra_oauth2_obfuscated_authentication_session: `subject varchar(255) not null, client_id varchar(255) not null, nid UUID not null,
    subject_obfuscated varchar(255), primary key (subject, client_id, nid)`,
  hydra_oauth2_trusted_jwt_bearer_issuer: `id UUID primary key, nid UUID not null, issuer varchar(255), subject varchar(255),
    allow_any_subject boolean, scope text, key_set varchar(255), key_id varchar(255), created_at TIME, expires_at TIME`,
};

const TYPES: Readonly<Record<Database['dialect']['engine'], Readonly<Record<string, string>>>> = {
  sqlite: { UUID: 'char(36)', JSON: 'text', TIME: 'timestamp' },
  postgres: { UUID: 'uuid', JSON: 'jsonb', TIME: 'timestamp' },
  mysql: { UUID: 'char(36)', JSON: 'json', TIME: 'timestamp null' },
};

type Value = string | number | boolean | null | Date | readonly unknown[] | Readonly<Record<string, unknown>>;
export type HydraValues = Readonly<Record<string, Value>>;

export const NETWORK = '11111111-2222-4333-8444-555555555555';

/** A database with the tables of Hydra, for a test to fill. */
export class HydraTables {
  readonly #db: Database;

  private constructor(db: Database) {
    this.#db = db;
  }

  static async open(dsn: string): Promise<HydraTables> {
    return new HydraTables(await openDatabase(parseDsn(dsn)));
  }

  static async create(dsn: string): Promise<HydraTables> {
    const tables = await HydraTables.open(dsn);
    const db = tables.#db;
    const types = TYPES[db.dialect.engine];
    for (const [table, definition] of Object.entries(TABLES)) {
      const text = definition.replaceAll(/\b(UUID|JSON|TIME)\b/g, (name) => types[name] ?? name);
      await sql.raw(`create table ${table} (${text})`).execute(db.schema);
    }
    await tables.insert('networks', { id: NETWORK, created_at: new Date(1000), updated_at: new Date(1000) }, {});
    return tables;
  }

  /** Into the network of the tests, unless `common` says otherwise. */
  async insert(table: string, values: HydraValues, common: HydraValues = { nid: NETWORK }): Promise<void> {
    const entries = Object.entries({ ...values, ...common });
    await sql`insert into ${sql.table(table)} (${sql.join(entries.map(([name]) => sql.ref(name)))})
      values (${sql.join(entries.map(([, value]) => this.#stored(value)))})`.execute(this.#db.schema);
  }

  /** Lists and objects as JSON, and times as the driver of each engine writes them. */
  #stored(value: Value): unknown {
    const { engine } = this.#db.dialect;
    if (value instanceof Date) {
      const text = value.toISOString().replace('T', ' ').replace('Z', '');
      return engine === 'sqlite' ? `${text} +0000 UTC` : text;
    }
    if (typeof value === 'boolean') return engine === 'postgres' ? value : Number(value);
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}
