import { randomInt } from 'node:crypto';
import type { ConsentRow } from '../../src/store/consents.ts';
import type { Database } from '../../src/store/db.ts';
import type { TokenRow } from '../../src/store/tokens.ts';

export type Token = Pick<TokenRow, 'id' | 'hash' | 'request_id' | 'client_id'>;
export type Consent = Pick<ConsentRow, 'client_id' | 'subject'> & { readonly login_session_id: string };

/** Rows from anywhere in the tables, each once. */
export type Rows = { readonly tokens: Token[]; readonly consents: Consent[] };

export async function drawRows({ queries }: Database, count: number): Promise<Rows> {
  const { first = 0, last = 0 } =
    (await queries
      .selectFrom('tokens')
      .select(({ fn }) => [fn.min<number>('id').as('first'), fn.max<number>('id').as('last')])
      .executeTakeFirst()) ?? {};
  const tokens = new Map<number, Token>();
  const consents: Consent[] = [];
  while (tokens.size < count) {
    const token = await queries
      .selectFrom('tokens')
      .select(['id', 'hash', 'request_id', 'client_id'])
      .where('id', '>=', randomInt(Number(first), Number(last) + 1))
      .orderBy('id')
      .limit(1)
      .executeTakeFirstOrThrow();
    tokens.set(Number(token.id), token);
    const consent = await queries
      .selectFrom('consents')
      .select(['client_id', 'subject', 'login_session_id'])
      .where('flow_id', '>=', String(randomInt(1_000_000_000, 4_294_967_295)))
      .orderBy('flow_id')
      .limit(1)
      .executeTakeFirst();
    if (consent?.login_session_id) consents.push({ ...consent, login_session_id: consent.login_session_id });
  }
  return { tokens: [...tokens.values()], consents };
}
