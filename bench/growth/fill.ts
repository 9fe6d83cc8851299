import { sql } from 'kysely';
import { parseDsn } from '../../src/config/dsn.ts';
import { type Database, openDatabase } from '../../src/store/db.ts';
import { Progress } from '../report/progress.ts';
import type { Size } from './size.ts';
import { WORDS, type Words } from './words.ts';

/** Rows that one statement makes. */
const BATCH = 50_000;

/** Half a month of what people do, and a hundredth of the tokens has expired. Seconds. */
const LIFE = 15 * 24 * 3600;

const CLIENT = JSON.stringify({
  redirect_uris: ['https://app.example.com/callback', 'https://app.example.com/silent'],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  response_types: ['code'],
  scope: 'openid offline_access profile email read write',
  token_endpoint_auth_method: 'client_secret_basic',
  metadata: { team: 'payments', contact: 'payments@example.com' },
  secret_hashes: [`$hmac-sha256$${'a'.repeat(22)}$${'a'.repeat(43)}`],
});

type Columns = Readonly<Record<string, string>>;

/** Side by side in the index, as identifiers are that begin with the time. */
const timedId = ({ text }: Words, number: string): string =>
  text(`1000000000000 + ${number}`, "'-7000-8000-000000000000'");

/** Scattered over the index, as random identifiers are. */
const id = ({ text }: Words, number: string): string =>
  text(`(${number}) * 2654435761 % 4294967296`, "'-0000-4000-8000-'", number);

const person = (words: Words, number: string): string => words.text("'user-'", id(words, number));

/** The number of a row is `i`. What belongs to another table is spread over all of it. */
const TABLES: Readonly<Record<keyof Size, (words: Words, size: Size, now: number) => Columns>> = {
  clients: (words) => ({
    client_id: id(words, 'i'),
    client_name: words.text("'Client '", 'i'),
    owner: "''",
    document: `'${CLIENT}'`,
  }),
  login_sessions: (words, _size, now) => ({
    sid: id(words, 'i'),
    subject: person(words, 'i'),
    authenticated_at: `${now}`,
    expires_at: `${now + LIFE} + i % 100000`,
    remember: '1',
    identity_provider_session_id: "''",
  }),
  consents: (words, size, now) => ({
    flow_id: id(words, 'i'),
    consent_request_id: id(words, '2 * i'),
    client_id: id(words, `i % ${size.clients}`),
    subject: person(words, `i % ${size.login_sessions}`),
    login_session_id: id(words, `i % ${size.login_sessions}`),
    granted_scope: "'openid offline_access profile'",
    granted_audience: "'[]'",
    requested_at: `${now} + i % 1000`,
    handled_at: `${now} + i % 1000`,
    skip: '0',
    remember: '1',
    remember_for: '0',
    remembered_until: 'null',
    expires_at: `${now + LIFE} + i % 100000`,
    details: words.bytes(256, 'i'),
  }),
  tokens: (words, size, now) => ({
    hash: words.hash('i'),
    kind: "case when i % 2 = 0 then 'refresh_token' else 'access_token' end",
    request_id: timedId(words, 'i - i % 2'),
    client_id: id(words, `i % ${size.clients}`),
    subject: person(words, `i % ${size.login_sessions}`),
    scope: "'openid offline_access profile'",
    audience: "'[]'",
    issued_at: `${now}`,
    expires_at: `case when i % 100 = 1 then ${now - LIFE} + i % 100000 else ${now + LIFE} + i % 100000 end`,
    used_at: 'null',
    uses: '0',
    partner: 'null',
    successor: 'null',
    session: words.bytes(192, 'i'),
  }),
};

/** Those that others refer to first. */
const ORDER = ['clients', 'login_sessions', 'consents', 'tokens'] as const;

/** Adds to a database of `before` what is missing to `after`, made by the engine itself. */
export async function fill(dsn: string, before: Size, after: Size, now: number): Promise<void> {
  const db = await openDatabase(parseDsn(dsn));
  const words = WORDS[db.dialect.engine];
  try {
    for (const statement of words.prepare) await execute(db, statement);
    for (const table of ORDER) {
      const columns = TABLES[table](words, after, now);
      await withoutIndexes(db, words.indexes(table), () => fillTable(db, table, columns, before[table], after[table]));
    }
    for (const statement of words.finish) await execute(db, statement);
  } finally {
    await db.close();
  }
}

async function fillTable(
  db: Database,
  table: keyof Size,
  columns: Columns,
  before: number,
  after: number,
): Promise<void> {
  const [names, values] = [Object.keys(columns).join(', '), Object.values(columns).join(', ')];
  const progress = new Progress(`rows of ${table}`, after - before);
  for (let from = before; progress.take(BATCH); from += BATCH) {
    const range = WORDS[db.dialect.engine].numbers(from, Math.min(from + BATCH, after) - 1);
    await execute(db, `insert into ${table} (${names}) select ${values} from ${range}`);
  }
  progress.end();
}

type Index = { readonly name: string; readonly definition: string };

async function withoutIndexes(db: Database, listing: string | undefined, work: () => Promise<void>): Promise<void> {
  const { rows } = listing === undefined ? { rows: [] } : await sql.raw<Index>(listing).execute(db.schema);
  for (const { name } of rows) await execute(db, `drop index ${name}`);
  await work();
  for (const { definition } of rows) await execute(db, definition);
}

const execute = (db: Database, statement: string): Promise<unknown> => sql.raw(statement).execute(db.schema);
