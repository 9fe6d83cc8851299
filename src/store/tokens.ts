import type { Insertable, Selectable } from 'kysely';
import type { ClientRow } from './clients.ts';
import type { Queries } from './db.ts';
import type { TokenKind, TokensTable } from './tables.ts';

export type TokenRow = Selectable<TokensTable>;
export type NewToken = Insertable<TokensTable>;

export function findToken(db: Queries, hash: Uint8Array): Promise<TokenRow | undefined> {
  return db.selectFrom('tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
}

/** Both in one statement, for endpoints whose answer depends on the client too. */
export function findTokenWithClient(
  db: Queries,
  hash: Uint8Array,
): Promise<(TokenRow & Pick<ClientRow, 'document'>) | undefined> {
  return db
    .selectFrom('tokens')
    .innerJoin('clients', 'clients.client_id', 'tokens.client_id')
    .selectAll('tokens')
    .select('clients.document')
    .where('hash', '=', hash)
    .executeTakeFirst();
}

export async function insertTokens(tx: Queries, rows: NewToken[]): Promise<void> {
  await tx.insertInto('tokens').values(rows).execute();
}

/** Single use: true for exactly one caller, and only while the token exists. */
export async function spendToken(tx: Queries, hash: Uint8Array, used_at: number): Promise<boolean> {
  const result = await tx
    .updateTable('tokens')
    .set({ used_at })
    .where('hash', '=', hash)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Everything of one approval. */
export async function deleteChain(tx: Queries, request_id: string): Promise<void> {
  await tx.deleteFrom('tokens').where('request_id', '=', request_id).execute();
}

export async function deleteChainTokens(tx: Queries, request_id: string, kind: TokenKind): Promise<void> {
  await tx.deleteFrom('tokens').where('request_id', '=', request_id).where('kind', '=', kind).execute();
}

export async function deleteClientTokens(tx: Queries, client_id: string, kind: TokenKind): Promise<void> {
  await tx.deleteFrom('tokens').where('client_id', '=', client_id).where('kind', '=', kind).execute();
}
