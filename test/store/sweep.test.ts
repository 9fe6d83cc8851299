import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { idleRegistrations } from '../../src/client/idle_registrations.ts';
import { insertAccountSession } from '../../src/store/account_sessions.ts';
import { insertAccount } from '../../src/store/accounts.ts';
import { insertApiKey } from '../../src/store/api_keys.ts';
import { findClient, insertClient } from '../../src/store/clients.ts';
import { insertConsent, type NewConsent } from '../../src/store/consents.ts';
import type { Database } from '../../src/store/db.ts';
import { insertDeviceCode } from '../../src/store/device_codes.ts';
import { insertEndedLogin } from '../../src/store/ended_logins.ts';
import { insertFlowState } from '../../src/store/flow_states.ts';
import { findKey, insertKey } from '../../src/store/json_web_keys.ts';
import { extendSession, upsertSession } from '../../src/store/login_sessions.ts';
import { insertNotifications } from '../../src/store/logout_notifications.ts';
import { insertLogoutRequest } from '../../src/store/logout_requests.ts';
import { LEAST_KEEP } from '../../src/store/still_needed.ts';
import { countExpired, EVERYTHING, SWEPT, sweepBatch } from '../../src/store/sweep.ts';
import type { Queries, Tables } from '../../src/store/tables.ts';
import { countFailure } from '../../src/store/throttles.ts';
import { deleteChain, findToken, insertTokens, type NewToken, reuseToken, spendToken } from '../../src/store/tokens.ts';
import { insertTrust } from '../../src/store/trusted_jwt_issuers.ts';
import { insertUsedJti } from '../../src/store/used_jtis.ts';
import { write } from '../../src/store/write.ts';
import { ENGINES, type Opened, openFresh } from './engines.ts';
import { clientRow, consentRow, sessionRow, tokenRow } from './rows.ts';

const NOW = 10_000_000;
const DAY = 24 * 3600;
/** The youngest that goes, and the oldest that stays. */
const OVER = NOW - LEAST_KEEP;
const RECENT = OVER + 1;

const hash = (name: string): Buffer => createHash('sha256').update(name).digest();

type Insert = (tx: Queries, name: string, expires_at: number) => Promise<unknown>;

/** One row of each table that knows nothing but its time. */
const PLAIN: Readonly<Partial<Record<keyof Tables, Insert>>> = {
  flow_states: (tx, name, expires_at) =>
    insertFlowState(tx, { hash: hash(name), sealed: Buffer.from('sealed'), expires_at }),
  logout_requests: (tx, name, expires_at) =>
    insertLogoutRequest(tx, { hash: hash(name), state: 'done', expires_at, details: Buffer.from('sealed') }),
  logout_notifications: (tx, id, expires_at) =>
    insertNotifications(tx, [
      { id, client_id: 'app', uri: '', logout_token: Buffer.from(''), attempts: 0, due_at: NOW + DAY, expires_at },
    ]),
  account_sessions: async (tx, name, expires_at) => {
    const subject = `person-${name}`;
    await insertAccount(tx, { subject, email: name, password: '', claims: '{}', created_at: 0 });
    await insertAccountSession(tx, { hash: hash(name), subject, password_version: '', expires_at });
  },
  throttles: (tx, name, expires_at) => countFailure(tx, [hash(name)], 0, expires_at),
  ended_logins: (tx, name, expires_at) => insertEndedLogin(tx, { sid: name }, expires_at - 24 * 3600),
  used_jtis: (tx, name, expires_at) => insertUsedJti(tx, hash(name), expires_at),
  device_codes: (tx, name, expires_at) =>
    insertDeviceCode(tx, {
      hash: hash(name),
      user_code_hash: hash(`user code of ${name}`),
      client_id: 'app',
      scope: '',
      audience: '[]',
      expires_at,
      request_id: null,
      subject: '',
      session: null,
    }),
  login_sessions: (tx, sid, expires_at) => upsertSession(tx, sessionRow(sid, { expires_at })),
  tokens: (tx, name, expires_at) => insertTokens(tx, [tokenRow({ hash: hash(name), expires_at })]),
};

for (const engine of ENGINES) {
  describe(`sweeping on ${engine.name}`, () => {
    let opened: Opened;
    let db: Database;
    beforeEach(async () => {
      opened = await openFresh(engine);
      db = opened.db;
      await write({ db }, (tx) => insertClient(tx, clientRow('app')));
    });
    afterEach(() => opened.close());

    const order = (now = NOW, limit = 3) => ({ now, keep: 0, limit });
    const sweepAll = async (now = NOW): Promise<number> => {
      let total = 0;
      for (const table of EVERYTHING) {
        for (let found = 3; found === 3; ) {
          const batch = await sweepBatch(db, table, order(now));
          found = batch.found;
          total += batch.deleted;
        }
      }
      return total;
    };
    const count = async (table: keyof Tables): Promise<number> => {
      const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db.queries);
      return Number(rows[0]?.n);
    };

    it('deletes what expired half an hour ago, in batches, and nothing else', async () => {
      for (const [name, insert] of Object.entries(PLAIN) as [keyof Tables, Insert][]) {
        await write({ db }, async (tx) => {
          for (let at = 0; at < 7; at++) await insert(tx, `over-${at}`, OVER - at);
          await insert(tx, 'recent', RECENT);
          await insert(tx, 'live', NOW + 1);
        });
        const table = EVERYTHING.find((entry) => entry.name === name) ?? assert.fail();
        assert.equal(await countExpired(db, table, order(NOW, 100)), 7, name);
        assert.equal(await countExpired(db, table, { now: NOW, keep: LEAST_KEEP + 3, limit: 100 }), 4, name);
        assert.deepEqual(await sweepBatch(db, table, order()), { found: 3, deleted: 3 }, name);
        assert.equal(await sweepAll(), 4, name);
        assert.equal(await count(name), 2, name);
        assert.equal(await sweepAll(NOW + LEAST_KEEP), 1, name);
        assert.equal(await sweepAll(NOW + LEAST_KEEP + 1), 1, name);
      }
    });

    it('covers every table whose rows expire', async () => {
      const tables = await db.schema.introspection.getTables();
      const expiring = tables.filter(({ columns }) => columns.some((column) => column.name === 'expires_at'));
      const swept = [...EVERYTHING, ...SWEPT.grants].map(({ name }) => name);
      assert.deepEqual(
        expiring.map(({ name }) => name).filter((name) => name !== 'leases' && !swept.includes(name as keyof Tables)),
        [],
      );
    });

    it('leaves a row alone that is given more time between the look and the delete', async () => {
      await write({ db }, (tx) => upsertSession(tx, sessionRow('sid-1', { expires_at: OVER })));
      const later: Database = {
        ...db,
        writes: {
          idle: () => db.writes.idle(),
          async add(body) {
            await write({ db }, (tx) => extendSession(tx, 'sid-1', NOW + DAY));
            return db.writes.add(body);
          },
        },
      };
      const [sessions] = SWEPT.approvals;
      assert.deepEqual(await sweepBatch(later, sessions, order()), { found: 1, deleted: 0 });
      assert.equal(await count('login_sessions'), 1);
    });

    describe('tokens', () => {
      const insert = (...rows: NewToken[]) => write({ db }, (tx) => insertTokens(tx, rows));
      const code = (values: Partial<NewToken> = {}) =>
        tokenRow({ kind: 'authorization_code', expires_at: OVER, used_at: OVER - 60, uses: 1, ...values });
      const isThere = async (row: { hash: Uint8Array }) => (await findToken(db.queries, row.hash)) !== undefined;

      it('keeps those that never expire', async () => {
        const endless = tokenRow({ kind: 'refresh_token', expires_at: null });
        await insert(endless);
        assert.equal(await sweepAll(NOW * 100), 0);
        assert.equal(await isThere(endless), true);
      });

      it('RFC 6749 4.1.2: keeps a used code for as long as its chain lives, however often that is prolonged', async () => {
        const used = code();
        const unused = code({ used_at: null, request_id: 'chain-2' });
        await insert(used, unused, tokenRow({ expires_at: NOW + DAY }), tokenRow({ expires_at: NOW + DAY / 2 }));
        assert.equal(await countExpired(db, SWEPT.tokens[2], order(NOW, 100)), 1);
        assert.equal(await sweepAll(), 1);
        assert.deepEqual([await isThere(used), await isThere(unused)], [true, false]);
        assert.equal((await findToken(db.queries, used.hash))?.expires_at, NOW + DAY);
        assert.equal((await findToken(db.queries, used.hash))?.used_at, OVER - 60);
        await insert(tokenRow({ kind: 'refresh_token', expires_at: null }));
        assert.equal(await sweepAll(NOW + DAY + LEAST_KEEP), 2);
        assert.equal(await isThere(used), true);
        await write({ db }, (tx) => deleteChain(tx, 'chain-1'));
        assert.equal(await isThere(used), false);
      });

      it('gives up a used code whose chain is dead, also where only other codes are left', async () => {
        const [first, second] = [code(), code({ request_id: 'chain-2' })];
        await insert(
          first,
          second,
          code({ expires_at: NOW + DAY }),
          tokenRow({ request_id: 'chain-2', expires_at: NOW - LEAST_KEEP }),
        );
        assert.equal(await sweepAll(), 3);
      });

      it('postpones a batch of used codes and still gets to the end', async () => {
        const chains = Array.from({ length: 10 }, (_, at) => `chain-${at}`);
        await insert(
          ...chains.flatMap((request_id, at) => [
            code({ request_id }),
            tokenRow({ request_id, expires_at: at % 2 ? NOW + at : OVER - 1 }),
          ]),
        );
        assert.equal(await sweepAll(), 10);
        assert.equal(await count('tokens'), 10);
      });

      it('RFC 9700 4.14.2: knows a used refresh token until it would have expired, or for half a year', async () => {
        const mortal = tokenRow({ kind: 'refresh_token', expires_at: NOW + DAY });
        const endless = tokenRow({ kind: 'refresh_token', expires_at: null });
        const graceful = tokenRow({ kind: 'refresh_token', expires_at: null });
        await insert(mortal, endless, graceful);
        await write({ db }, async (tx) => {
          await spendToken(tx, mortal.hash, NOW);
          await spendToken(tx, endless.hash, NOW);
          await reuseToken(tx, graceful.hash, NOW, NOW - 60, 3);
          await reuseToken(tx, graceful.hash, NOW + 1, NOW - 60, 3);
        });
        const times = async () =>
          Promise.all(
            [mortal, endless, graceful].map(async ({ hash }) => (await findToken(db.queries, hash))?.expires_at),
          );
        assert.deepEqual(await times(), [NOW + DAY, NOW + 180 * DAY, NOW + 180 * DAY]);
        assert.equal(await sweepAll(NOW + DAY), 0);
        assert.equal(await sweepAll(NOW + 180 * DAY), 1);
        assert.equal(await sweepAll(NOW + 181 * DAY), 2);
      });
    });

    describe('consents', () => {
      const [sessions, consents] = SWEPT.approvals;
      const insert = (...rows: NewConsent[]) =>
        write({ db }, async (tx) => {
          for (const row of rows) await insertConsent(tx, row);
        });
      const skipped = (flow_id: string, values: Partial<NewConsent> = {}) =>
        consentRow(flow_id, { skip: 1, expires_at: OVER, ...values });

      it('keeps what a person was asked, for ever', async () => {
        await insert(consentRow('asked'), skipped('skipped'));
        assert.equal(await sweepAll(NOW * 100), 1);
        assert.equal(await count('consents'), 1);
      });

      it('keeps one as long as something can be revoked or ended by it: token, code, device, session', async () => {
        const used = { used_at: NOW, uses: 1 };
        await write({ db }, async (tx) => {
          await upsertSession(tx, sessionRow('sid-1', { expires_at: NOW + 400 }));
          await insertTokens(tx, [
            tokenRow({ request_id: 'request-of-token', expires_at: NOW + 100 }),
            tokenRow({ request_id: 'request-of-code', expires_at: NOW + 200, kind: 'authorization_code' }),
            tokenRow({ request_id: 'request-of-used', expires_at: NOW + 100, kind: 'authorization_code', ...used }),
          ]);
          await insertDeviceCode(tx, {
            hash: hash('device'),
            user_code_hash: hash('user code'),
            client_id: 'app',
            scope: '',
            audience: '[]',
            expires_at: NOW + 300,
            request_id: 'request-of-device',
            subject: 'user-1',
            session: Buffer.from('sealed'),
          });
        });
        await insert(
          skipped('token'),
          skipped('code'),
          skipped('device'),
          skipped('session', { login_session_id: 'sid-1' }),
          skipped('used'),
        );
        assert.equal(await countExpired(db, consents, order(NOW, 100)), 1);
        assert.deepEqual(await sweepBatch(db, consents, order(NOW, 100)), { found: 5, deleted: 1 });
        assert.deepEqual(await sweepBatch(db, consents, order(NOW, 100)), { found: 0, deleted: 0 });
        const end = NOW + 400 + LEAST_KEEP;
        assert.deepEqual(await sweepBatch(db, consents, order(end, 100)), { found: 4, deleted: 3 });
        assert.deepEqual(await sweepBatch(db, sessions, order(end, 100)), { found: 1, deleted: 1 });
        assert.equal(await sweepAll(end + LEAST_KEEP), 5);
        assert.equal(await count('consents'), 0);
      });
    });

    it('keeps API keys for 90 days after they expired, and those that were revoked or never expire', async () => {
      const key = (id: string, expires_at: number | null, revoked_at: number | null = null) => ({
        id,
        name: id,
        hash: randomBytes(32),
        scope: 'read',
        created_at: 0,
        expires_at,
        revoked_at,
      });
      await write({ db }, async (tx) => {
        await insertApiKey(tx, key('long over', NOW - 90 * DAY));
        await insertApiKey(tx, key('over', NOW - 90 * DAY + 1));
        await insertApiKey(tx, key('revoked', null, 1));
        await insertApiKey(tx, key('endless', null));
      });
      assert.equal(await sweepAll(), 1);
      assert.equal(await count('api_keys'), 3);
    });

    it('leaves expired trusts to the janitor, who takes their keys too unless others need them', async () => {
      const trust = (id: string, key_id: string, expires_at: number) => ({
        id,
        issuer: 'https://issuer.example',
        subject: id,
        key_id,
        scope: '',
        created_at: 0,
        expires_at,
      });
      await write({ db }, async (tx) => {
        for (const kid of ['one', 'two']) {
          const row = { set_name: 'https://issuer.example', kid, created_at: 0, jwk: Buffer.from('sealed') };
          await insertKey(tx, row);
        }
        await insertTrust(tx, trust('a', 'one', OVER));
        await insertTrust(tx, trust('b', 'two', OVER));
        await insertTrust(tx, trust('c', 'two', NOW));
      });
      assert.equal(await sweepAll(), 0);
      assert.deepEqual(await sweepBatch(db, SWEPT.grants[0], order()), { found: 2, deleted: 2 });
      assert.equal(await findKey(db.queries, 'https://issuer.example', 'one'), undefined);
      assert.ok(await findKey(db.queries, 'https://issuer.example', 'two'));
    });

    it('RFC 7591: gives up registrations that nobody used for the time that was configured', async () => {
      const registration = (client_id: string, values: object = {}) => {
        const updated_at = new Date((NOW - 10 * DAY) * 1000).toISOString();
        const document = { client_id, client_name: '', owner: '', is_dynamic: true, updated_at, ...values };
        return clientRow(client_id, { document: JSON.stringify(document) });
      };
      const fresh = { updated_at: new Date((NOW - 10 * DAY + 1) * 1000).toISOString() };
      await write({ db }, async (tx) => {
        await insertClient(tx, registration('idle'));
        await insertClient(tx, registration('also-idle'));
        await insertClient(tx, registration('fresh', fresh));
        await insertClient(tx, registration('by-hand', { is_dynamic: false }));
        await insertClient(tx, registration('machine', { grant_types: ['client_credentials'] }));
        for (const client_id of ['with-token', 'with-consent', 'with-device']) {
          await insertClient(tx, registration(client_id));
        }
        await insertTokens(tx, [tokenRow({ client_id: 'with-token' })]);
        await insertConsent(tx, consentRow('flow-1', { client_id: 'with-consent' }));
        await PLAIN.device_codes?.(tx, 'device', NOW);
        await tx.updateTable('device_codes').set({ client_id: 'with-device' }).execute();
        await tx.deleteFrom('clients').where('client_id', '=', 'app').execute();
      });
      const chore = idleRegistrations(db, 10 * DAY);
      let deleted = 0;
      for (let found = 3; found === 3; ) {
        const batch = await chore.batch(order());
        found = batch.found;
        deleted += batch.deleted;
      }
      assert.equal(deleted, 2);
      assert.equal(await findClient(db.queries, 'idle'), undefined);
      assert.equal(await count('clients'), 6);
      assert.deepEqual(await chore.batch(order()), { found: 0, deleted: 0 });
      assert.deepEqual(await chore.batch(order(NOW + 1)), { found: 0, deleted: 0 });
      assert.equal((await chore.batch(order(NOW + DAY))).found, 3);
    });
  });
}
