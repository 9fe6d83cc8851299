import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { accountOfEmail, accountOfPassword, createAccount } from '../../src/account_experience/accounts.ts';
import { type ImportTally, importAccounts, LONGEST_LINE } from '../../src/account_experience/import_accounts.ts';
import { linesOf } from '../../src/lib/lines.ts';
import { upsertSession } from '../../src/store/login_sessions.ts';
import { write } from '../../src/store/write.ts';
import { ENGINES, type Opened, openFresh } from '../store/engines.ts';
import { sessionRow } from '../store/rows.ts';

const PASSWORD = 'correct horse battery staple';
const password_hash = 'pbkdf2_sha256$1000$sodiumchloride$cOF+pvw5DigyYSeO05cC8eVphEkPrJDEsm5kPU+QIb8=';
const bcrypt = '$2y$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS';

for (const engine of ENGINES) {
  describe(`importing accounts on ${engine.name}`, () => {
    let opened: Opened;
    let server: { db: Opened['db']; now: () => number };
    before(async () => {
      opened = await openFresh(engine);
      server = { db: opened.db, now: () => 1_700_000_000_000 };
    });
    after(() => opened.close());

    async function load(lines: readonly (string | Uint8Array | object)[], update = false) {
      const refusals: [number, string][] = [];
      const tallies: ImportTally[] = [];
      const bytes = lines.map((line) =>
        typeof line === 'string' ? Buffer.from(line) : line instanceof Uint8Array ? line : json(line),
      );
      const tally = await importAccounts(server, linesOf(inPieces(bytes), LONGEST_LINE), {
        update,
        refused: (number, reason) => refusals.push([number, reason]),
        progress: (now) => tallies.push({ ...now }),
      });
      return { tally, refusals, tallies };
    }

    it('keeps address, claims, subject and hash, so that people log in with the password they have', async () => {
      const { tally, refusals } = await load([
        { email: ' Ada@example.com', password_hash, name: 'Ada', email_verified: true, subject: 'auth|1' },
        '',
        ' \t\r',
        { email: 'bob@example.com', password_hash: bcrypt, team: ['looms'] },
      ]);
      assert.deepEqual(tally, { lines: 2, created: 2, updated: 0, already_there: 0, refused: 0 });
      assert.deepEqual(refusals, []);
      const ada = await accountOfPassword(server, 'ada@example.com', PASSWORD);
      assert.deepEqual(
        [ada?.subject, ada?.claims, ada?.created_at],
        ['auth|1', { name: 'Ada', email_verified: true }, 1_700_000_000],
      );
      const bob = await accountOfPassword(server, 'bob@example.com', PASSWORD);
      assert.deepEqual(bob?.claims, { team: ['looms'] });
    });

    it('says of each line that it leaves out why, and takes the others', async () => {
      const line = { email: 'left.out@example.com', password_hash };
      const { tally, refusals } = await load([
        '{"email": "half@example.com", "password_hash": "',
        '[]',
        'null',
        Buffer.from([0x22, 0xff, 0x22]),
        '{"email":"a\\u0000@example.com"}',
        { password_hash },
        { ...line, email: 7 },
        { ...line, email: 'nobody' },
        { email: line.email },
        { ...line, password_hash: PASSWORD },
        { ...line, password_hash: 7 },
        { ...line, password_hash: bcrypt.replace('$05$', '$31$') },
        { ...line, subject: '' },
        { ...line, subject: 'x'.repeat(41) },
        { ...line, subject: null },
        { ...line, email_verified: 1 },
        { ...line, password: PASSWORD },
        `{"more": "${'x'.repeat(LONGEST_LINE)}"}`,
        { ...line, subject: 'auth|1' },
        { email: 'ada@example.com', password_hash, subject: 'auth|2' },
        { email: 'taken@example.com', password_hash },
      ]);
      assert.deepEqual(tally, { lines: 21, created: 1, updated: 0, already_there: 0, refused: 20 });
      const sorted = refusals.toSorted(([a], [b]) => a - b);
      assert.deepEqual(
        sorted.map(([number]) => number),
        Array.from({ length: 20 }, (_, at) => at + 1),
      );
      for (const [at, reason] of [
        /not valid JSON/,
        /not a JSON object/,
        /not a JSON object/,
        /not valid UTF-8/,
        /NUL/,
        /'email'/,
        /'email'/,
        /'email'/,
        /'password_hash' is missing/,
        /'password_hash' is not one of/,
        /'password_hash' is missing/,
        /too long at a login/,
        /'subject'/,
        /'subject'/,
        /'subject'/,
        /'email_verified'/,
        /'password' is no claim/,
        /more than 65536 bytes/,
        /of this subject, with another address/,
        /of this address, with another subject/,
      ].entries()) {
        assert.match(sorted[at]?.[1] ?? '', reason);
      }
      const said = JSON.stringify(refusals);
      for (const secret of [PASSWORD, password_hash, 'nobody']) assert.ok(!said.includes(secret), said);
      await assert.rejects(accountOfEmail(server, line.email));
    });

    it('a second time changes nothing, also where the first one ended in the middle', async () => {
      const lines = Array.from({ length: 20 }, (_, at) => ({ email: `again${at}@example.com`, password_hash }));
      assert.equal((await load(lines.slice(0, 10))).tally.created, 10);
      const { tally } = await load([...lines, ...lines]);
      assert.deepEqual(tally, { lines: 40, created: 10, updated: 0, already_there: 30, refused: 0 });
    });

    it('overwrites where that is asked for, and ends the logins of those whose hash is another', async () => {
      const people = ['same', 'other'].map((name) => ({ email: `${name}@example.com`, password_hash, name }));
      await load(people);
      const subjects = await Promise.all(
        people.map(async ({ email }) => (await accountOfEmail(server, email)).subject),
      );
      for (const subject of subjects) {
        await write(server, (tx) => upsertSession(tx, sessionRow(subject, { subject })));
      }
      const changed = [
        { ...people[0], name: 'Same' },
        { ...people[1], password_hash: bcrypt },
      ];
      const { tally } = await load(changed, true);
      assert.deepEqual(tally, { lines: 2, created: 0, updated: 2, already_there: 0, refused: 0 });
      assert.deepEqual((await accountOfEmail(server, 'same@example.com')).claims, { name: 'Same' });
      assert.deepEqual(
        (await Promise.all(people.map(({ email }) => accountOfEmail(server, email)))).map(({ subject }) => subject),
        subjects,
      );
      const sids = (await server.db.queries.selectFrom('login_sessions').select('sid').execute()).map(({ sid }) => sid);
      assert.deepEqual(sids, [subjects[0]]);
    });

    it('goes on in batches, and leaves what was created by hand meanwhile', async () => {
      await createAccount(server, { email: 'person700@example.com', password: PASSWORD });
      const { tally, tallies } = await load(
        Array.from({ length: 1100 }, (_, at) => ({ email: `person${at}@example.com`, password_hash })),
      );
      assert.deepEqual(tally, { lines: 1100, created: 1099, updated: 0, already_there: 1, refused: 0 });
      assert.deepEqual(
        tallies.map(({ lines }) => lines),
        [500, 1000, 1100],
      );
      assert.ok(await accountOfPassword(server, 'person700@example.com', PASSWORD));
    });
  });
}

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

/** As a pipe might give them: cut anywhere, the last line without its end. */
async function* inPieces(lines: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const all = Buffer.concat(lines.flatMap((line, at) => (at === 0 ? [line] : [Buffer.from('\n'), line])));
  for (let at = 0; at < all.length; at += 1009) yield all.subarray(at, at + 1009);
}
