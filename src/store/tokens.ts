import type { Insertable, Selectable } from 'kysely';
import type { ClientRow } from './clients.ts';
import { HotQuery } from './hot_query.ts';
import type { Queries, TokenKind, TokensTable } from './tables.ts';

export type TokenRow = Selectable<TokensTable>;
export type NewToken = Insertable<TokensTable>;

type Hash = { readonly hash: Uint8Array };

const tokenOfHash = new HotQuery((db, { hash }: Hash) => db.selectFrom('tokens').selectAll().where('hash', '=', hash));

export const findToken = (db: Queries, hash: Uint8Array): Promise<TokenRow | undefined> =>
  tokenOfHash.first(db, { hash });

const tokenWithClient = new HotQuery((db, { hash }: Hash) =>
  db
    .selectFrom('tokens')
    .innerJoin('clients', 'clients.client_id', 'tokens.client_id')
    .selectAll('tokens')
    .select('clients.document')
    .where('hash', '=', hash),
);

/** Both in one statement, for endpoints whose answer depends on the client too. */
export const findTokenWithClient = (
  db: Queries,
  hash: Uint8Array,
): Promise<(TokenRow & Pick<ClientRow, 'document'>) | undefined> => tokenWithClient.first(db, { hash });

const COLUMNS = [
  'hash',
  'kind',
  'request_id',
  'client_id',
  'subject',
  'scope',
  'audience',
  'issued_at',
  'expires_at',
  'used_at',
  'uses',
  'partner',
  'successor',
  'session',
] as const satisfies readonly (keyof NewToken)[];

const insertionOf = (rows: number) =>
  new HotQuery((db, values: readonly unknown[]) => {
    const rowAt = (row: number) => COLUMNS.map((column, at) => [column, values[row * COLUMNS.length + at]]);
    return db
      .insertInto('tokens')
      .values(Array.from({ length: rows }, (_, row) => Object.fromEntries(rowAt(row)) as NewToken));
  });

/** By the number of rows: an answer brings three at most. */
const insertions = new Map<number, ReturnType<typeof insertionOf>>();

export async function insertTokens(tx: Queries, rows: readonly NewToken[]): Promise<true> {
  const insertion = insertions.get(rows.length) ?? insertionOf(rows.length);
  insertions.set(rows.length, insertion);
  await insertion.changes(
    tx,
    rows.flatMap((row) => COLUMNS.map((column) => row[column])),
  );
  return true;
}

/**
 * RFC 9700 section 4.14.2: a token that comes again is known for as long as it could have been used. One that never
 * expires is known for half a year: as long as any login lasts, and any grace. Seconds.
 */
export const USED_KEEP = 180 * 24 * 3600;

const spending = new HotQuery(
  (
    db,
    values: Hash & { readonly used_at: number; readonly kept_until: number; readonly successor: Uint8Array | null },
  ) =>
    db
      .updateTable('tokens')
      .set((row) => ({
        used_at: values.used_at,
        uses: 1,
        successor: values.successor,
        expires_at: row.fn.coalesce('expires_at', row.val(values.kept_until)),
      }))
      .where('hash', '=', values.hash)
      .where('used_at', 'is', null),
);

/**
 * Single use: true for exactly one caller, and only while the token exists. `successor` is what those who come again may
 * be given.
 */
export async function spendToken(
  tx: Queries,
  hash: Uint8Array,
  used_at: number,
  successor: Uint8Array | null = null,
): Promise<boolean> {
  return (await spending.changes(tx, { hash, used_at, kept_until: used_at + USED_KEEP, successor })) === 1n;
}

/** Use within a grace period: while the first one was after `since`, and there were fewer than `limit`. */
export async function reuseToken(
  tx: Queries,
  hash: Uint8Array,
  now: number,
  since: number,
  limit: number,
): Promise<boolean> {
  const result = await tx
    .updateTable('tokens')
    .set((row) => ({
      used_at: row.fn.coalesce('used_at', row.val(now)),
      uses: row('uses', '+', 1),
      expires_at: row.fn.coalesce('expires_at', row.val(now + USED_KEEP)),
    }))
    .where('hash', '=', hash)
    .where((is) => is.or([is('used_at', 'is', null), is.and([is('used_at', '>', since), is('uses', '<', limit)])]))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function deleteToken(tx: Queries, hash: Uint8Array): Promise<void> {
  await tx.deleteFrom('tokens').where('hash', '=', hash).execute();
}

/** Everything of one approval. */
export const deleteChain = (tx: Queries, request_id: string): Promise<void> => deleteChains(tx, [request_id]);

/**
 * Whoever issues tokens of a chain holds a row of it, and a delete that waits for that row does not see what was issued
 * meanwhile, on engines with many writers. So it looks again until nothing is left.
 */
export async function deleteChains(tx: Queries, request_ids: readonly string[]): Promise<void> {
  if (request_ids.length === 0) return;
  let deleted = 1n;
  while (deleted > 0n) {
    const result = await tx.deleteFrom('tokens').where('request_id', 'in', request_ids).executeTakeFirst();
    deleted = result.numDeletedRows;
  }
}

const deletionOfKind = new HotQuery((db, { request_id, kind }: Pick<TokenRow, 'request_id' | 'kind'>) =>
  db.deleteFrom('tokens').where('request_id', '=', request_id).where('kind', '=', kind),
);

export async function deleteChainTokens(tx: Queries, request_id: string, kind: TokenKind): Promise<void> {
  await deletionOfKind.changes(tx, { request_id, kind });
}

export async function deleteClientTokens(tx: Queries, client_id: string, kind: TokenKind): Promise<void> {
  await tx.deleteFrom('tokens').where('client_id', '=', client_id).where('kind', '=', kind).execute();
}
