/**
 * Every migration, in order. The name says what it does to servers that run beside it: `expand` only adds and is safe
 * under the previous version; `contract` removes what the previous version still used.
 */
import type { Kysely } from 'kysely';
import type { Dialect } from '../dialects/dialect.ts';
import * as first_schema from './0001_expand_first_schema.ts';
import * as api_keys from './0002_expand_api_keys.ts';
import * as throttles from './0003_expand_throttles.ts';
import * as sweeping from './0004_expand_sweeping.ts';
import * as imports from './0006_expand_imports.ts';
import * as account_sessions from './0008_expand_account_sessions.ts';
import * as ended_logins from './0009_expand_ended_logins.ts';

export type Migration = {
  up(db: Kysely<unknown>, dialect: Dialect): Promise<void>;
  down(db: Kysely<unknown>, dialect: Dialect): Promise<void>;
};

export const migrations: Readonly<Record<string, Migration>> = {
  '0001_expand_first_schema': first_schema,
  '0002_expand_api_keys': api_keys,
  '0003_expand_throttles': throttles,
  '0004_expand_sweeping': sweeping,
  '0006_expand_imports': imports,
  '0008_expand_account_sessions': account_sessions,
  '0009_expand_ended_logins': ended_logins,
};
