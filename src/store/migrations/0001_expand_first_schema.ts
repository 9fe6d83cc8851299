import type { Kysely } from 'kysely';
import type { Dialect } from '../dialects/dialect.ts';
import { tableMaker } from './table.ts';

/** Identifiers compare byte for byte, and rows of a client leave with it. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { name, text, hash, bytes, serial, asSerial } = dialect.columns;
  const createTable = tableMaker(db, dialect);

  await createTable('clients')
    .addColumn('client_id', name(255), (column) => column.primaryKey())
    .addColumn('client_name', text, (column) => column.notNull())
    .addColumn('owner', text, (column) => column.notNull())
    .addColumn('document', text, (column) => column.notNull())
    .execute();

  await createTable('tokens')
    .addColumn('id', serial, asSerial)
    .addColumn('hash', hash, (column) => column.notNull())
    .addColumn('kind', name(20), (column) => column.notNull())
    .addColumn('request_id', name(40), (column) => column.notNull())
    .addColumn('client_id', name(255), (column) => column.notNull().references('clients.client_id').onDelete('cascade'))
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('scope', text, (column) => column.notNull())
    .addColumn('audience', text, (column) => column.notNull())
    .addColumn('issued_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('used_at', 'bigint')
    .addColumn('uses', 'integer', (column) => column.notNull())
    .addColumn('partner', hash)
    .addColumn('successor', bytes)
    .addColumn('session', bytes, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('tokens_hash').on('tokens').column('hash').unique().execute();
  await db.schema.createIndex('tokens_request').on('tokens').column('request_id').execute();
  await db.schema.createIndex('tokens_client').on('tokens').columns(['client_id', 'kind']).execute();
  await db.schema.createIndex('tokens_expiry').on('tokens').column('expires_at').execute();

  await createTable('login_sessions')
    .addColumn('sid', name(40), (column) => column.primaryKey())
    .addColumn('subject', name(255), (column) => column.notNull())
    .addColumn('authenticated_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('remember', 'integer', (column) => column.notNull())
    .addColumn('identity_provider_session_id', name(255), (column) => column.notNull())
    .execute();
  await db.schema.createIndex('login_sessions_subject').on('login_sessions').column('subject').execute();
  await db.schema.createIndex('login_sessions_expiry').on('login_sessions').column('expires_at').execute();

  await createTable('consents')
    .addColumn('flow_id', name(40), (column) => column.primaryKey())
    .addColumn('consent_request_id', name(40), (column) => column.notNull().unique())
    .addColumn('client_id', name(255), (column) => column.notNull().references('clients.client_id').onDelete('cascade'))
    .addColumn('subject', name(255), (column) => column.notNull())
    .addColumn('login_session_id', name(40), (column) => column.references('login_sessions.sid').onDelete('set null'))
    .addColumn('granted_scope', text, (column) => column.notNull())
    .addColumn('granted_audience', text, (column) => column.notNull())
    .addColumn('requested_at', 'bigint', (column) => column.notNull())
    .addColumn('handled_at', 'bigint', (column) => column.notNull())
    .addColumn('skip', 'integer', (column) => column.notNull())
    .addColumn('remember', 'integer', (column) => column.notNull())
    .addColumn('remember_for', 'bigint', (column) => column.notNull())
    .addColumn('remembered_until', 'bigint')
    .addColumn('details', bytes, (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('consents_subject')
    .on('consents')
    .columns(['subject', 'client_id', 'requested_at'])
    .execute();
  await db.schema.createIndex('consents_list').on('consents').columns(['subject', 'flow_id']).execute();
  await db.schema.createIndex('consents_client').on('consents').column('client_id').execute();
  await db.schema.createIndex('consents_login_session').on('consents').column('login_session_id').execute();

  await createTable('forced_subjects')
    .addColumn('client_id', name(255), (column) => column.notNull().references('clients.client_id').onDelete('cascade'))
    .addColumn('subject', name(255), (column) => column.notNull())
    .addColumn('identifier', name(255), (column) => column.notNull())
    .addPrimaryKeyConstraint('forced_subjects_key', ['client_id', 'subject'])
    .execute();

  await createTable('flow_states')
    .addColumn('hash', hash, (column) => column.primaryKey())
    .addColumn('sealed', bytes, (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('flow_states_expiry').on('flow_states').column('expires_at').execute();

  await createTable('json_web_keys')
    .addColumn('id', serial, asSerial)
    .addColumn('set_name', name(255), (column) => column.notNull())
    .addColumn('kid', name(255), (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('jwk', bytes, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('json_web_keys_kid').on('json_web_keys').columns(['set_name', 'kid']).unique().execute();

  await createTable('device_codes')
    .addColumn('hash', hash, (column) => column.primaryKey())
    .addColumn('user_code_hash', hash, (column) => column.notNull().unique())
    .addColumn('client_id', name(255), (column) => column.notNull().references('clients.client_id').onDelete('cascade'))
    .addColumn('scope', text, (column) => column.notNull())
    .addColumn('audience', text, (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('request_id', name(40))
    .addColumn('subject', name(255), (column) => column.notNull())
    .addColumn('session', bytes)
    .execute();
  await db.schema.createIndex('device_codes_client').on('device_codes').column('client_id').execute();
  await db.schema.createIndex('device_codes_request').on('device_codes').column('request_id').execute();
  await db.schema.createIndex('device_codes_expiry').on('device_codes').column('expires_at').execute();

  await createTable('trusted_jwt_issuers')
    .addColumn('id', name(40), (column) => column.primaryKey())
    .addColumn('issuer', name(255), (column) => column.notNull())
    .addColumn('subject', name(255), (column) => column.notNull())
    .addColumn('key_id', name(255), (column) => column.notNull())
    .addColumn('scope', text, (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('trusted_jwt_issuers_subject')
    .on('trusted_jwt_issuers')
    .columns(['issuer', 'subject', 'key_id'])
    .unique()
    .execute();
  await db.schema.createIndex('trusted_jwt_issuers_expiry').on('trusted_jwt_issuers').column('expires_at').execute();

  await createTable('used_jtis')
    .addColumn('hash', hash, (column) => column.primaryKey())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('used_jtis_expiry').on('used_jtis').column('expires_at').execute();

  await createTable('logout_requests')
    .addColumn('hash', hash, (column) => column.primaryKey())
    .addColumn('state', name(10), (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('details', bytes, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('logout_requests_expiry').on('logout_requests').column('expires_at').execute();

  await createTable('logout_notifications')
    .addColumn('id', name(40), (column) => column.primaryKey())
    .addColumn('client_id', name(255), (column) => column.notNull())
    .addColumn('uri', text, (column) => column.notNull())
    .addColumn('logout_token', bytes, (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('due_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('logout_notifications_due').on('logout_notifications').column('due_at').execute();

  await createTable('accounts')
    .addColumn('subject', name(40), (column) => column.primaryKey())
    .addColumn('email', name(255), (column) => column.notNull().unique())
    .addColumn('password', text, (column) => column.notNull())
    .addColumn('claims', text, (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of [
    'accounts',
    'used_jtis',
    'trusted_jwt_issuers',
    'device_codes',
    'logout_notifications',
    'logout_requests',
    'json_web_keys',
    'flow_states',
    'forced_subjects',
    'consents',
    'login_sessions',
    'tokens',
    'clients',
  ]) {
    await db.schema.dropTable(table).execute();
  }
}
