import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { sql } from 'kysely';
import { accountOfPassword } from '../../src/account_experience/accounts.ts';
import { parseDsn } from '../../src/config/dsn.ts';
import { type Database, openDatabase } from '../../src/store/db.ts';
import { migrateDown, migrateUp, migrationStatus, planDown } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { startDeployment } from '../e2e/deployment.ts';
import { approve, poll } from '../e2e/device.ts';
import { CREDENTIALS, type Json } from '../e2e/flow.ts';
import { type Engine, SHARED_ENGINES } from '../store/engines.ts';

type TokenPair = { readonly access_token: string; readonly refresh_token: string };

/** What test/upgrade/record.ts prints. */
type Recording = {
  readonly known: {
    readonly cookies: Readonly<Record<string, string>>;
    readonly tokens: TokenPair & { readonly id_token: string };
    readonly used: TokenPair;
    readonly rotated: TokenPair;
    readonly revoked: TokenPair;
    readonly code: string;
    readonly waiting: Json;
    readonly approved: Json;
    readonly key: string;
    readonly account: { readonly email: string; readonly password: string };
    readonly registered: string;
    readonly registration_access_token: string;
  };
  readonly rows: Readonly<Record<string, readonly Readonly<Record<string, Cell>>[]>>;
  readonly statements: Readonly<Record<Database['dialect']['engine'], readonly string[]>>;
};

type Cell = string | number | null | { readonly base64: string };

const NAMES = Object.keys(migrations);

/** By the migration that was the last one then. */
const recordings = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.json'))
  .map((file): [last: string, Recording] => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(`${import.meta.dirname}/${file}`, 'utf8')),
  ]);

async function open(test: TestContext, engine: Engine): Promise<{ readonly db: Database; readonly dsn: string }> {
  const { dsn, drop } = await engine.create();
  const db = await openDatabase(parseDsn(dsn));
  test.after(async () => {
    await db.close();
    await drop();
  });
  await migrateUp(db);
  return { db, dsn };
}

/** Other tables refer to these. */
const FIRST = ['clients', 'login_sessions'];

/** Names no column but those of that version. */
async function insert({ schema }: Database, { rows }: Recording): Promise<void> {
  const tables = Object.entries(rows).toSorted(
    ([one], [other]) => Number(FIRST.includes(other)) - Number(FIRST.includes(one)),
  );
  for (const [table, records] of tables) {
    for (const row of records) {
      const values = Object.entries(row).map(([name, cell]) => [name, storedOf(cell)]);
      await schema
        .insertInto(table as 'tokens')
        .values(Object.fromEntries(values))
        .execute();
    }
  }
}

const storedOf = (cell: Cell): unknown =>
  typeof cell === 'object' && cell !== null ? Buffer.from(cell.base64, 'base64') : cell;

/** Whatever a client, a person or an administrator got from that version. */
async function checkAllWorks(test: TestContext, dsn: string, { known }: Recording): Promise<void> {
  const config = {
    oidc: { dynamic_client_registration: { enabled: true } },
    gatehouse: { admin: { api_keys: 'required' } },
  };
  const { deployment, running } = await startDeployment({ test, storage: 'file', dsn, config });
  const { tokens, used, rotated, revoked, code, waiting, approved } = known;
  const isActive = (list: readonly string[]) => Promise.all(list.map((token) => deployment.isActive(token)));

  assert.deepEqual(
    await isActive([tokens.access_token, tokens.refresh_token, rotated.access_token, rotated.refresh_token]),
    [true, true, true, true],
  );
  assert.deepEqual(await isActive([used.access_token, revoked.access_token]), [false, false]);
  assert.equal((await deployment.token({ ...CREDENTIALS, grant_type: 'client_credentials' })).status, 200);

  const refreshed = await deployment.refresh(tokens.refresh_token);
  assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
  assert.equal(await deployment.isActive(tokens.access_token), false);
  assert.equal((await deployment.refresh(used.refresh_token)).body.error, 'invalid_grant');
  assert.equal(await deployment.isActive(rotated.access_token), false, 'the chain of a token that comes again goes on');

  assert.equal((await deployment.exchange(code)).status, 200);
  assert.equal((await deployment.exchange(code)).body.error, 'invalid_grant');

  const browser = deployment.browser();
  for (const [name, value] of Object.entries(known.cookies)) browser.cookies.set(name, value);
  const parameters = { prompt: 'none', id_token_hint: tokens.id_token };
  const answer = await deployment.authorize({ browser, parameters });
  assert.ok(answer.searchParams.has('code'), String(answer));
  const { body: consents } = await deployment.admin('GET', '/admin/oauth2/auth/sessions/consent?subject=user-1');
  assert.ok((consents as unknown as Json[]).some(({ remember }) => remember === true));

  assert.equal((await poll(deployment, approved)).status, 200);
  await approve(deployment, waiting);
  assert.equal((await poll(deployment, waiting)).status, 200);

  const ask = (url: URL, token: string) => fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const registration = new URL(`/oauth2/register/${known.registered}`, deployment.publicOrigin);
  assert.equal((await ask(registration, known.registration_access_token)).status, 200);
  assert.equal((await ask(new URL('/admin/clients', deployment.adminOrigin), known.key)).status, 200);
  const { email, password } = known.account;
  assert.equal((await accountOfPassword(running.server, email, password))?.email, email);
}

it('there is a recording of the version before the last migration', () => {
  assert.ok(
    recordings.some(([last]) => last === NAMES.at(-2)),
    `make it with test/upgrade/record.ts: ${NAMES.at(-2)}`,
  );
});

for (const [last, recording] of recordings) {
  describe(`what servers wrote whose last migration was ${last}`, () => {
    for (const engine of SHARED_ENGINES) {
      it(`works after an upgrade (${engine.name})`, async (test) => {
        const { db, dsn } = await open(test, engine);
        const steps = NAMES.length - 1 - NAMES.indexOf(last);
        await migrateDown(db, planDown(await migrationStatus(db), steps));
        assert.equal((await migrationStatus(db)).applied.at(-1), last);
        await insert(db, recording);
        assert.equal((await migrateUp(db)).length, steps);
        await checkAllWorks(test, dsn, recording);
      });

      it(`can be written, and works, after the upgrade beside them (${engine.name})`, async (test) => {
        const { db, dsn } = await open(test, engine);
        await insert(db, recording);
        await checkAllWorks(test, dsn, recording);
      });

      it(`was said in statements that are understood after the upgrade (${engine.name})`, async (test) => {
        const { db } = await open(test, engine);
        const statements = recording.statements[db.dialect.engine];
        assert.ok(statements.length > 40);
        for (const statement of statements) await prepare(db, statement);
        await assert.rejects(prepare(db, 'select no_such_column from tokens'));
      });
    }
  });
}

/** The engine looks up every table and column, and runs nothing. */
async function prepare({ schema, dialect }: Database, statement: string): Promise<void> {
  const prepared = {
    sqlite: [`explain ${statement}`],
    postgres: [`prepare recorded as ${statement}`, 'deallocate recorded'],
    mysql: [`prepare recorded from '${statement.replaceAll("'", "''")}'`, 'deallocate prepare recorded'],
  };
  for (const command of prepared[dialect.engine]) await sql.raw(command).execute(schema);
}
