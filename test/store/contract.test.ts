import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import * as account_sessions from '../../src/store/account_sessions.ts';
import * as accounts from '../../src/store/accounts.ts';
import * as api_keys from '../../src/store/api_keys.ts';
import * as clients from '../../src/store/clients.ts';
import * as consents from '../../src/store/consents.ts';
import type { Database } from '../../src/store/db.ts';
import * as ended_logins from '../../src/store/ended_logins.ts';
import * as flow_states from '../../src/store/flow_states.ts';
import * as forced_subjects from '../../src/store/forced_subjects.ts';
import * as json_web_keys from '../../src/store/json_web_keys.ts';
import * as sessions from '../../src/store/login_sessions.ts';
import type { Queries } from '../../src/store/tables.ts';
import * as throttles from '../../src/store/throttles.ts';
import * as tokens from '../../src/store/tokens.ts';
import { write } from '../../src/store/write.ts';
import { ENGINES, type Opened, openFresh } from './engines.ts';
import { clientRow, consentRow, sessionRow, tokenRow } from './rows.ts';

for (const engine of ENGINES) {
  describe(`the store on ${engine.name}`, () => {
    let opened: Opened;
    let db: Database;
    beforeEach(async () => {
      opened = await openFresh(engine);
      db = opened.db;
      await write({ db }, (tx) => clients.insertClient(tx, clientRow('app')));
    });
    afterEach(() => opened.close());

    it('stores nothing for a client that was deleted meanwhile, and says that this is why', async () => {
      const orphan = (tx: Queries) => tokens.insertTokens(tx, [tokenRow({ client_id: 'gone' })]);
      await assert.rejects(write({ db }, orphan), { error: 'invalid_client', status: 401 });
      const race = Array.from({ length: 20 }, (_, at) =>
        at === 10
          ? write({ db }, (tx) => clients.deleteClient(tx, 'app'))
          : write({ db }, (tx) => tokens.insertTokens(tx, [tokenRow()])),
      );
      for (const outcome of await Promise.allSettled(race)) {
        if (outcome.status === 'rejected') assert.equal(outcome.reason.error, 'invalid_client');
      }
      assert.deepEqual(await db.queries.selectFrom('tokens').selectAll().execute(), []);
    });

    describe('clients', () => {
      it('refuses an id that is taken, and 50 at once get it one time', async () => {
        const race = Array.from({ length: 50 }, () =>
          write({ db }, (tx) => clients.insertClient(tx, clientRow('contested'))),
        );
        assert.equal((await Promise.all(race)).filter(Boolean).length, 1);
      });

      it('compares ids byte for byte', async () => {
        const ids = ['APP', 'äpp', 'app ', 'a\u0308pp', 'a/b', '%', '_', "o'brien", '日本'];
        for (const id of ids) {
          assert.equal(await write({ db }, (tx) => clients.insertClient(tx, clientRow(id))), true, id);
        }
        for (const id of ids) assert.equal((await clients.findClient(db.queries, id))?.client_id, id);
        assert.equal(await clients.findClient(db.queries, 'App'), undefined);
      });

      it('lists by id, filtered, from where a page ended', async () => {
        await write({ db }, async (tx) => {
          await clients.insertClient(tx, clientRow('b', { owner: 'acme', client_name: 'Twin' }));
          await clients.insertClient(tx, clientRow('c', { owner: 'acme', client_name: 'twin' }));
          await clients.insertClient(tx, clientRow('d', { owner: 'ACME', client_name: 'Twin' }));
        });
        const ids = async (...args: [clients.ClientFilter, string, number]) =>
          (await clients.listClients(db.queries, ...args)).map((row) => row.client_id);
        assert.deepEqual(await ids({}, '', 10), ['app', 'b', 'c', 'd']);
        assert.deepEqual(await ids({}, 'b', 1), ['c']);
        assert.deepEqual(await ids({ owner: 'acme' }, '', 10), ['b', 'c']);
        assert.deepEqual(await ids({ owner: 'acme', client_name: 'Twin' }, '', 10), ['b']);
      });

      it('replaces a row only while it is the one that was read, so that one of 50 changes at once wins', async () => {
        const read = (await clients.findClient(db.queries, 'app')) ?? assert.fail();
        const race = Array.from({ length: 50 }, (_, at) =>
          write({ db }, (tx) =>
            clients.replaceClient(tx, read, clientRow('app', { owner: 'new', document: `"${at}"` })),
          ),
        );
        assert.equal((await Promise.all(race)).filter(Boolean).length, 1);
        assert.equal((await clients.findClient(db.queries, 'app'))?.owner, 'new');
        assert.equal(
          await write({ db }, (tx) => clients.replaceClient(tx, clientRow('nobody'), clientRow('nobody'))),
          false,
        );
      });

      it('takes everything of a client away with it', async () => {
        const token = tokenRow();
        await write({ db }, async (tx) => {
          await tokens.insertTokens(tx, [token]);
          await consents.insertConsent(tx, consentRow('flow-1'));
          await forced_subjects.upsertForcedSubject(tx, { client_id: 'app', subject: 'user-1', identifier: 'x' });
        });
        assert.equal(await write({ db }, (tx) => clients.deleteClient(tx, 'app')), true);
        assert.equal(await tokens.findToken(db.queries, token.hash), undefined);
        assert.equal(await consents.findRememberedConsent(db.queries, 'user-1', 'app', 0), undefined);
        assert.equal(await forced_subjects.findForcedSubject(db.queries, 'app', 'user-1'), undefined);
        assert.equal(await write({ db }, (tx) => clients.deleteClient(tx, 'app')), false);
      });
    });

    describe('tokens', () => {
      it('finds a token by its hash, alone and with its client', async () => {
        const token = tokenRow({ audience: '["https://api.example"]', expires_at: null });
        await write({ db }, (tx) => tokens.insertTokens(tx, [token, tokenRow()]));
        const found = await tokens.findToken(db.queries, token.hash);
        assert.deepEqual(Buffer.from(found?.hash ?? []), token.hash);
        assert.equal(found?.audience, '["https://api.example"]');
        assert.equal(found?.expires_at, null);
        assert.equal(Buffer.from(found?.session ?? []).toString(), 'sealed');
        assert.equal((await tokens.findTokenWithClient(db.queries, token.hash))?.document, '{}');
        assert.equal(await tokens.findToken(db.queries, randomBytes(32)), undefined);
      });

      it('refuses the same hash twice', async () => {
        const token = tokenRow();
        await write({ db }, (tx) => tokens.insertTokens(tx, [token]));
        await assert.rejects(write({ db }, (tx) => tokens.insertTokens(tx, [token])));
      });

      it('lets one of 100 spend a token', async () => {
        const { hash, ...token } = tokenRow({ kind: 'authorization_code' });
        await write({ db }, (tx) => tokens.insertTokens(tx, [{ hash, ...token }]));
        const race = Array.from({ length: 100 }, () => write({ db }, (tx) => tokens.spendToken(tx, hash, 1_500)));
        assert.equal((await Promise.all(race)).filter(Boolean).length, 1);
        assert.equal((await tokens.findToken(db.queries, hash))?.used_at, 1_500);
      });

      it('lets a token be used again within its grace, as often as allowed, by whoever comes first', async () => {
        const { hash, ...token } = tokenRow({ kind: 'refresh_token' });
        await write({ db }, (tx) => tokens.insertTokens(tx, [{ hash, ...token }]));
        const use = (now: number) => write({ db }, (tx) => tokens.reuseToken(tx, hash, now, now - 60, 3));
        const race = await Promise.all(Array.from({ length: 20 }, () => use(1_500)));
        assert.equal(race.filter(Boolean).length, 3);
        assert.equal((await tokens.findToken(db.queries, hash))?.used_at, 1_500);
        const other = tokenRow({ kind: 'refresh_token' });
        await write({ db }, (tx) => tokens.insertTokens(tx, [other]));
        const late = (now: number) => write({ db }, (tx) => tokens.reuseToken(tx, other.hash, now, now - 60, 3));
        assert.deepEqual([await late(1_500), await late(1_559), await late(1_560)], [true, true, false]);
        await write({ db }, (tx) => tokens.deleteToken(tx, hash));
        assert.equal(await tokens.findToken(db.queries, hash), undefined);
      });

      it('gives a token back when the write that spent it fails', async () => {
        const { hash, ...token } = tokenRow();
        await write({ db }, (tx) => tokens.insertTokens(tx, [{ hash, ...token }]));
        const failing = write({ db }, async (tx) => {
          assert.equal(await tokens.spendToken(tx, hash, 1_500), true);
          throw new Error('no');
        });
        await assert.rejects(failing);
        assert.equal(await write({ db }, (tx) => tokens.spendToken(tx, hash, 1_600)), true);
      });

      it('spends nothing that was deleted', async () => {
        const { hash, ...token } = tokenRow();
        await write({ db }, (tx) => tokens.insertTokens(tx, [{ hash, ...token }]));
        await write({ db }, (tx) => tokens.deleteChain(tx, 'chain-1'));
        assert.equal(await write({ db }, (tx) => tokens.spendToken(tx, hash, 1_500)), false);
      });

      it('deletes a chain, or one kind of it, and nothing else', async () => {
        const access = tokenRow();
        const refresh = tokenRow({ kind: 'refresh_token' });
        const other = tokenRow({ request_id: 'chain-2' });
        await write({ db }, (tx) => tokens.insertTokens(tx, [access, refresh, other]));
        await write({ db }, (tx) => tokens.deleteChainTokens(tx, 'chain-1', 'access_token'));
        assert.equal(await tokens.findToken(db.queries, access.hash), undefined);
        assert.ok(await tokens.findToken(db.queries, refresh.hash));
        await write({ db }, (tx) => tokens.deleteChain(tx, 'chain-1'));
        assert.equal(await tokens.findToken(db.queries, refresh.hash), undefined);
        assert.ok(await tokens.findToken(db.queries, other.hash));
      });
    });

    describe('consents', () => {
      it('completes a flow once, whoever comes first of 100', async () => {
        const race = Array.from({ length: 100 }, (_, at) =>
          write({ db }, (tx) => consents.insertConsent(tx, consentRow('flow-1', { consent_request_id: `r-${at}` }))),
        );
        assert.equal((await Promise.all(race)).filter(Boolean).length, 1);
      });

      it('completes a flow once, also where the same consent comes 100 times and is known by two keys', async () => {
        for (let round = 0; round < 20; round++) {
          const row = consentRow(`flow-${round}`);
          const race = Array.from({ length: 100 }, () => write({ db }, (tx) => consents.insertConsent(tx, row)));
          assert.equal((await Promise.all(race)).filter(Boolean).length, 1);
        }
      });

      it('names the login session only while it exists', async () => {
        await write({ db }, async (tx) => {
          await sessions.upsertSession(tx, sessionRow('sid-1'));
          await consents.insertConsent(tx, consentRow('with', { login_session_id: 'sid-1' }));
          await consents.insertConsent(tx, consentRow('without', { login_session_id: 'gone' }));
        });
        const named = async (flow_id: string) =>
          (
            await db.queries
              .selectFrom('consents')
              .select('login_session_id')
              .where('flow_id', '=', flow_id)
              .executeTakeFirstOrThrow()
          ).login_session_id;
        assert.equal(await named('with'), 'sid-1');
        assert.equal(await named('without'), null);
        await write({ db }, (tx) => sessions.deleteSession(tx, 'sid-1'));
        assert.equal(await named('with'), null);
      });

      it('remembers the newest that was to be remembered, was not skipped, and has not run out', async () => {
        const find = async (now: number) =>
          (await consents.findRememberedConsent(db.queries, 'user-1', 'app', now))?.granted_scope;
        assert.equal(await find(1_500), undefined);
        await write({ db }, async (tx) => {
          await consents.insertConsent(tx, consentRow('old', { granted_scope: 'old', requested_at: 1_000 }));
          await consents.insertConsent(
            tx,
            consentRow('short', { granted_scope: 'short', requested_at: 1_100, remembered_until: 1_600 }),
          );
          await consents.insertConsent(tx, consentRow('skipped', { skip: 1, requested_at: 1_200 }));
          await consents.insertConsent(tx, consentRow('forgotten', { remember: 0, requested_at: 1_300 }));
          await consents.insertConsent(tx, consentRow('other', { subject: 'user-2', requested_at: 1_400 }));
        });
        assert.equal(await find(1_500), 'short');
        assert.equal(await find(1_600), 'old');
      });
    });

    describe('login sessions', () => {
      it('finds what is to be remembered, and only for its time', async () => {
        await write({ db }, async (tx) => {
          await sessions.upsertSession(tx, sessionRow('sid-1'));
          await sessions.upsertSession(tx, sessionRow('sid-2', { remember: 0 }));
        });
        assert.equal((await sessions.findRememberedSession(db.queries, 'sid-1', 1_999))?.subject, 'user-1');
        assert.equal(await sessions.findRememberedSession(db.queries, 'sid-1', 2_000), undefined);
        assert.equal(await sessions.findRememberedSession(db.queries, 'sid-2', 1_500), undefined);
      });

      it('lets the later login count, extends, and deletes', async () => {
        await write({ db }, async (tx) => {
          await sessions.upsertSession(tx, sessionRow('sid-1'));
          await sessions.upsertSession(tx, sessionRow('sid-1', { subject: 'user-2' }));
          await sessions.extendSession(tx, 'sid-1', 3_000);
        });
        const found = await sessions.findRememberedSession(db.queries, 'sid-1', 2_500);
        assert.equal(found?.subject, 'user-2');
        assert.equal(await write({ db }, (tx) => sessions.deleteSession(tx, 'sid-1')), true);
        assert.equal(await write({ db }, (tx) => sessions.deleteSession(tx, 'sid-1')), false);
      });
    });

    it('keeps the latest forced subject of a client and a person', async () => {
      const row = { client_id: 'app', subject: 'user-1', identifier: 'one' };
      await write({ db }, async (tx) => {
        await forced_subjects.upsertForcedSubject(tx, row);
        await forced_subjects.upsertForcedSubject(tx, { ...row, identifier: 'two' });
      });
      assert.equal(await forced_subjects.findForcedSubject(db.queries, 'app', 'user-1'), 'two');
      assert.equal(await forced_subjects.findForcedSubject(db.queries, 'app', 'USER-1'), undefined);
    });

    it('keeps flow states by the hash of their handle', async () => {
      const hash = randomBytes(32);
      const sealed = randomBytes(64_000);
      await write({ db }, (tx) => flow_states.insertFlowState(tx, { hash, sealed, expires_at: 2_000 }));
      assert.deepEqual(Buffer.from((await flow_states.findFlowState(db.queries, hash)) ?? []), sealed);
      assert.equal(await flow_states.findFlowState(db.queries, randomBytes(32)), undefined);
    });

    it('makes the first key of a set once, though 20 servers try', async () => {
      const race = Array.from({ length: 20 }, (_, at) =>
        write({ db }, (tx) =>
          json_web_keys.insertFirstKey(tx, { set_name: 's', kid: `k-${at}`, created_at: 1, jwk: Buffer.from('x') }),
        ),
      );
      await Promise.all(race);
      assert.equal((await json_web_keys.listKeys(db.queries, ['s'])).length, 1);
    });

    describe('API keys', () => {
      const row = (id: string, values: Partial<api_keys.ApiKeyRow> = {}): api_keys.ApiKeyRow => ({
        id,
        name: 'deploy',
        hash: randomBytes(32),
        scope: 'clients:write flows',
        created_at: 1_000,
        expires_at: null,
        revoked_at: null,
        ...values,
      });
      const insert = (key: api_keys.ApiKeyRow) => write({ db }, (tx) => api_keys.insertApiKey(tx, key));

      it('are found by their hash, until they expire or are revoked', async () => {
        const [forever, brief] = [row('forever'), row('brief', { expires_at: 2_000 })];
        for (const key of [forever, brief]) await insert(key);
        const scope = (hash: Uint8Array, now: number) => api_keys.findScopeOfKey(db.queries, hash, now);
        assert.equal(await scope(forever.hash, 9_999_999_999), 'clients:write flows');
        assert.deepEqual(
          [await scope(brief.hash, 1_999), await scope(brief.hash, 2_000)],
          ['clients:write flows', undefined],
        );
        assert.equal(await scope(randomBytes(32), 1_000), undefined);
        assert.equal(await write({ db }, (tx) => api_keys.revokeApiKey(tx, 'forever', 1_500)), true);
        assert.equal(await scope(forever.hash, 1_400), undefined);
      });

      it('are revoked once, and stay in the list, oldest first', async () => {
        await insert(row('b', { created_at: 2 }));
        await insert(row('c', { created_at: 1, expires_at: 9 }));
        await insert(row('a', { created_at: 2 }));
        const race = Array.from({ length: 20 }, () => write({ db }, (tx) => api_keys.revokeApiKey(tx, 'b', 7)));
        assert.equal((await Promise.all(race)).filter(Boolean).length, 1);
        assert.equal(await write({ db }, (tx) => api_keys.revokeApiKey(tx, 'B', 7)), false);
        assert.deepEqual(
          (await api_keys.listApiKeys(db.queries)).map((key) => [key.id, key.expires_at, key.revoked_at]),
          [
            ['c', 9, null],
            ['a', null, null],
            ['b', null, 7],
          ],
        );
      });

      it('have hashes of their own', async () => {
        const key = row('one');
        await insert(key);
        await assert.rejects(insert(row('two', { hash: key.hash })));
      });
    });

    it('knows which logins have ended, of one session and of a person', async () => {
      const end = (ended: ended_logins.Ended, now: number) =>
        write({ db }, (tx) => ended_logins.insertEndedLogin(tx, ended, now));
      const login = { sid: 'sid-1', subject: 'user-1', authenticated_at: 1_000 };
      const hasEnded = (values: Partial<ended_logins.Login> = {}) =>
        ended_logins.hasEnded(db.queries, { ...login, ...values });
      assert.equal(await hasEnded(), false);
      await end({ sid: 'SID-1' }, 2_000);
      await end({ subject: 'sid-1' }, 2_000);
      assert.equal(await hasEnded(), false);
      await Promise.all([end({ sid: 'sid-1' }, 2_000), end({ sid: 'sid-1' }, 2_000)]);
      assert.deepEqual([await hasEnded(), await hasEnded({ sid: 'sid-2' })], [true, false]);
      assert.equal(await hasEnded({ authenticated_at: 2_000 }), false);
      await end({ subject: 'user-1' }, 3_000);
      assert.deepEqual(
        [await hasEnded({ sid: 'sid-2' }), await hasEnded({ sid: 'sid-2', authenticated_at: 3_000 })],
        [true, false],
      );
      await end({ subject: 'user-1' }, 4_000);
      assert.equal(await hasEnded({ sid: 'sid-2', authenticated_at: 3_000 }), true);
    });

    describe('throttles', () => {
      const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
      const count = (keys: Buffer[], now: number) =>
        write({ db }, (tx) => throttles.countFailure(tx, keys, now, now + 60));
      const open = async (now: number) =>
        (await throttles.listThrottles(db.queries, [one, two], now)).map(({ failures, expires_at }) => [
          failures,
          expires_at,
        ]);

      it('counts every one of 100 failures at once, of two keys in whatever order', async () => {
        await Promise.all(Array.from({ length: 100 }, (_, at) => count(at % 2 ? [one, two] : [two, one], 1_000)));
        assert.deepEqual(await open(1_059), [
          [100, 1_060],
          [100, 1_060],
        ]);
      });

      it('begins a new window with the first failure after the last one', async () => {
        await count([one], 1_000);
        await count([one, two], 1_030);
        assert.deepEqual((await open(1_030)).sort(), [
          [1, 1_090],
          [2, 1_060],
        ]);
        assert.deepEqual(await open(1_060), [[1, 1_090]]);
        await count([one], 1_060);
        await count([one], 1_061);
        assert.deepEqual((await open(1_061)).sort(), [
          [1, 1_090],
          [2, 1_120],
        ]);
      });
    });

    it('keeps accounts by address, once each', async () => {
      const row = { subject: 's-1', email: 'a@example.com', password: 'x', claims: '{}', created_at: 1 };
      assert.equal(await write({ db }, (tx) => accounts.insertAccount(tx, row)), true);
      assert.equal(await write({ db }, (tx) => accounts.insertAccount(tx, { ...row, subject: 's-2' })), false);
      assert.equal((await accounts.findAccountByEmail(db.queries, 'a@example.com'))?.subject, 's-1');
      assert.equal((await accounts.findAccount(db.queries, 's-1'))?.email, 'a@example.com');
      assert.deepEqual(
        (await accounts.listAccounts(db.queries, '', 10)).map((account) => account.subject),
        ['s-1'],
      );
      assert.equal(await write({ db }, (tx) => accounts.deleteAccount(tx, 's-2', 2_000)), false);
      assert.equal(await write({ db }, (tx) => accounts.deleteAccount(tx, 's-1', 2_000)), true);
      assert.equal(await accounts.findAccountByEmail(db.queries, 'a@example.com'), undefined);
    });

    describe('the password of an account', () => {
      const row = { subject: 's-1', email: 'a@example.com', password: 'x', claims: '{}', created_at: 1 };
      const hashOf = async () => (await accounts.findAccount(db.queries, 's-1'))?.password;
      const isLoggedIn = async () => (await sessions.findRememberedSession(db.queries, 'sid-1', 0)) !== undefined;

      beforeEach(async () => {
        await write({ db }, (tx) => accounts.insertAccount(tx, row));
        await write({ db }, (tx) => sessions.upsertSession(tx, sessionRow('sid-1', { subject: 's-1' })));
      });

      it('gets another hash only while it is the one that was verified, and its person stays logged in', async () => {
        assert.equal(await write({ db }, (tx) => accounts.rehashPassword(tx, 's-1', 'y', 'z')), false);
        assert.equal(await write({ db }, (tx) => accounts.rehashPassword(tx, 's-1', 'X', 'z')), false);
        assert.equal(await hashOf(), 'x');
        assert.equal(await write({ db }, (tx) => accounts.rehashPassword(tx, 's-1', 'x', 'z')), true);
        assert.equal(await hashOf(), 'z');
        assert.equal(await isLoggedIn(), true);
      });

      it('is replaced once of two times, which ends the logins', async () => {
        assert.equal(await write({ db }, (tx) => accounts.replacePassword(tx, 's-1', 'y', 'z', 2_000)), false);
        assert.equal(await isLoggedIn(), true);
        const race = ['p', 'q'].map((next) =>
          write({ db }, (tx) => accounts.replacePassword(tx, 's-1', 'x', next, 2_000)),
        );
        const outcomes = await Promise.all(race);
        assert.deepEqual(outcomes.toSorted(), [false, true]);
        assert.equal(await hashOf(), outcomes[0] ? 'p' : 'q');
        assert.equal(await isLoggedIn(), false);
      });

      it('is reset whatever it was, which ends the logins too', async () => {
        assert.equal(await write({ db }, (tx) => accounts.resetPassword(tx, 's-2', 'z', 2_000)), false);
        assert.equal(await isLoggedIn(), true);
        assert.equal(await write({ db }, (tx) => accounts.resetPassword(tx, 's-1', 'z', 2_000)), true);
        assert.equal(await hashOf(), 'z');
        assert.equal(await isLoggedIn(), false);
      });

      it('goes with the account, its logins, its consents and what was issued because of them', async () => {
        const consent = consentRow('flow-1', { subject: 's-1', consent_request_id: 'request-1' });
        await write({ db }, (tx) => consents.insertConsent(tx, { ...consent, login_session_id: 'sid-1' }));
        await write({ db }, (tx) => tokens.insertTokens(tx, [tokenRow({ request_id: 'request-1' })]));
        assert.equal(await write({ db }, (tx) => accounts.deleteAccount(tx, 's-1', 2_000)), true);
        assert.equal(await isLoggedIn(), false);
        for (const table of ['consents', 'tokens'] as const) {
          assert.deepEqual(await db.queries.selectFrom(table).selectAll().execute(), [], table);
        }
      });
    });

    it('finds who is signed in on the account pages, until that ends', async () => {
      const account = { subject: 's-1', email: 'a@example.com', password: 'x', claims: '{}', created_at: 1 };
      const [first, second] = [randomBytes(32), randomBytes(32)];
      await write({ db }, async (tx) => {
        await accounts.insertAccount(tx, account);
        for (const hash of [first, second]) {
          const row = { hash, subject: 's-1', password_version: 'v', expires_at: 2_000 };
          await account_sessions.insertAccountSession(tx, row);
        }
      });
      const find = (hash: Buffer, now = 1_999) => account_sessions.findAccountSession(db.queries, hash, now);
      assert.deepEqual({ ...(await find(first)) }, { ...account, password_version: 'v' });
      assert.equal(await find(first, 2_000), undefined);
      assert.equal(await find(randomBytes(32)), undefined);
      await write({ db }, (tx) => account_sessions.deleteAccountSession(tx, first));
      assert.equal(await find(first), undefined);
      assert.equal((await find(second))?.subject, 's-1');
      await write({ db }, (tx) => accounts.deleteAccount(tx, 's-1', 2_000));
      assert.equal(await find(second), undefined);
    });

    it('lists to whom a person granted what, the latest first, and when a token was last issued for it', async () => {
      const consent = (name: string, values: Partial<consents.NewConsent> = {}) =>
        consentRow(name, { consent_request_id: name, ...values });
      await write({ db }, async (tx) => {
        for (const id of ['b', 'c', 'd']) await clients.insertClient(tx, clientRow(id, { document: `"${id}"` }));
        await consents.insertConsent(tx, consent('1', { granted_scope: 'openid' }));
        await consents.insertConsent(tx, consent('2', { granted_scope: 'email', requested_at: 3_000, skip: 1 }));
        await consents.insertConsent(
          tx,
          consent('3', { granted_scope: 'email', requested_at: 2_000, handled_at: 4_000 }),
        );
        await consents.insertConsent(tx, consent('4', { client_id: 'b', requested_at: 4_000, remembered_until: 1 }));
        await consents.insertConsent(tx, consent('5', { client_id: 'c', requested_at: 4_000 }));
        await consents.insertConsent(tx, consent('6', { client_id: 'd', subject: 'USER-1' }));
        await tokens.insertTokens(tx, [
          tokenRow({ request_id: '1', issued_at: 1_500 }),
          tokenRow({ request_id: '1', issued_at: 5_000, expires_at: null }),
          tokenRow({ request_id: '6', issued_at: 9_000 }),
        ]);
      });
      const list = (filter: consents.GrantFilter, limit = 10, offset = 0) =>
        consents.listGrantedClients(db.queries, filter, limit, offset);
      const subject = 'user-1';
      const all = (await list({ subject })).map((row) => ({ ...row }));
      assert.deepEqual(all, [
        { client_id: 'b', document: '"b"', first_requested_at: 4_000 },
        { client_id: 'c', document: '"c"', first_requested_at: 4_000 },
        { client_id: 'app', document: '{}', first_requested_at: 1_000 },
      ]);
      assert.deepEqual(
        (await list({ subject }, 1, 1)).map(({ client_id }) => client_id),
        ['c'],
      );
      assert.deepEqual(
        (await list({ subject, client_id: 'app' })).map(({ client_id }) => client_id),
        ['app'],
      );
      assert.deepEqual(await list({ subject, client_id: 'd' }), []);
      assert.deepEqual(await list({ subject: 'nobody' }), []);
      const scopes = await consents.listGrantedScopes(db.queries, subject, ['app', 'b', 'd']);
      const columns = scopes.map((row) => [row.client_id, row.granted_scope, row.last_handled_at, row.last_issued_at]);
      assert.deepEqual(columns.toSorted(), [
        ['app', 'email', 4_000, null],
        ['app', 'openid', 1_001, 5_000],
        ['b', 'openid', 1_001, null],
      ]);
    });
  });
}
